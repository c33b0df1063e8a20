/**
 * @file An isolate under test: its clock, what it logged, and requests with execution contexts of their own.
 */

import assert from "node:assert/strict";

import { Isolate } from "../isolate.mjs";
import { FakeClock, settle } from "./clock.mjs";
import { serving } from "./go.mjs";

/**
 * Starts an isolate.
 * @param {import("node:test").TestContext} t the test
 * @param {function(object, object): Promise<Response>} handler what the program does, see serving()
 * @param {object} [env] vars and bindings
 * @returns {object} clock, records (what was logged), send(path, init) -> {response, background}, sweep(event)
 */
export function isolateOf(t, handler, env = {}) {
  return isolateOfProgram(t, serving(handler), env);
}

/** As isolateOf, for a program with a start of its own. */
export function isolateOfProgram(t, program, env = {}) {
  const clock = new FakeClock();
  clock.install(t);
  const records = [];
  t.mock.method(console, "log", (record) => records.push(record));
  const isolate = new Isolate(program, env);
  const context = () => {
    const background = [];
    return { background, ctx: { waitUntil: (promise) => background.push(promise) } };
  };
  return {
    clock,
    records,
    isolate,
    env,
    send(path, init) {
      const { background, ctx } = context();
      const response = isolate.fetch(new Request("https://example.org" + path, init), env, ctx);
      return { response, background: Promise.all(background) };
    },
    async get(path, init) {
      return (await this.send(path, init)).response;
    },
    sweep: (event = { cron: "* * * * *", scheduledTime: 1 }) => isolate.scheduled(event, env, context().ctx),
  };
}

/**
 * Something that a test opens when it wants.
 * @returns {{opened: Promise<*>, open: function(*): Promise<void>}} open also waits until its effects have settled
 */
export function latch() {
  let resolve;
  const opened = new Promise((r) => (resolve = r));
  return { opened, open: (value) => (resolve(value), settle()) };
}

/**
 * Checks an error response.
 * @param {Promise<Response>} response the response
 * @param {number} status its status
 * @returns {Promise<{answer: Response, body: object}>} the response and its JSON, whose trace id is that of the header
 */
export async function rejecting(response, status) {
  const answer = await response;
  const body = await answer.json();
  assert.equal(answer.status, status);
  assert.equal(body.trace_id, answer.headers.get("X-Trace-Id"));
  return { answer, body };
}

/** A plain response, as a handler gives it. */
export const ok = () => new Response("ok");

/** A login request. */
export const LOGIN = { method: "POST", body: "{}" };
