/**
 * @file What one isolate does with its events: admission, an instance, an answer in every case.
 */

import { answer, died, endpointOf, Failure, overloaded } from "./failure.mjs";
import { DEADLINE_MS } from "./limits.mjs";
import { Pool } from "./pool.mjs";
import { readRequest } from "./request.mjs";

/** Kinds of refusals that are counted apart. */
const MAX_REFUSED = 32;

/** The service of one isolate. */
export class Service {
  #limits;
  #pool;
  #logins = 0; // admitted and not yet answered
  #sweeping = false;
  #refused = new Map(); // "kind endpoint" -> answers made here that the module does not know of

  /**
   * @param {{maxInstances: number, maxQueue: number, loginConcurrency: number}} limits bounds of the isolate
   * @param {function(object): object} start makes an instance for bindings
   */
  constructor(limits, start) {
    this.#limits = limits;
    this.#pool = new Pool(limits, start);
  }

  /**
   * Answers a request. It never rejects.
   * @param {Request} request the request
   * @param {object} env bindings
   * @param {ExecutionContext} ctx of the event
   * @returns {Promise<Response>} the answer
   */
  async fetch(request, env, ctx) {
    const began = Date.now();
    const login = isLogin(request);
    if (login && this.#logins >= this.#limits.loginConcurrency) {
      return this.#refuse(request, overloaded("Too many logins at once, try again"), began);
    }
    if (login) this.#logins++;
    const response = this.#serve(request, env, ctx).catch((error) => this.#refuse(request, failureOf(error), began));
    const answered = response.finally(() => {
      if (login) this.#logins--;
    });
    ctx.waitUntil(answered); // a client that goes away must not strand an instance
    return answered;
  }

  #refuse(request, failure, began) {
    const what = `${failure.kind} ${endpointOf(new URL(request.url).pathname)}`;
    if (this.#refused.has(what) || this.#refused.size < MAX_REFUSED) {
      this.#refused.set(what, (this.#refused.get(what) ?? 0) + 1);
    }
    return answer(request, failure, began);
  }

  /** What was refused since the module was last told, for its counts of errors. */
  #takeRefused() {
    const refused = Array.from(this.#refused, ([what, count]) => {
      const [kind, endpoint] = what.split(" ");
      return { kind, endpoint, count };
    });
    this.#refused.clear();
    return refused;
  }

  async #serve(request, env, ctx) {
    const { head, body } = await readRequest(request);
    const instance = await this.#pool.acquire(env);
    if (this.#refused.size > 0) head.refused = this.#takeRefused();
    return this.#use(instance, ctx, () => instance.serve(head, body, env, ctx));
  }

  /** Runs something on an instance that was acquired, and gives the instance back when all of it is done. */
  #use(instance, ctx, run) {
    const deadline = setTimeout(() => instance.die(new Error("no end in time")), DEADLINE_MS);
    const { response, settled } = run();
    const done = Promise.allSettled([response, settled]).then(() => {
      clearTimeout(deadline);
      this.#pool.release(instance);
    });
    ctx.waitUntil(done);
    return response;
  }

  /**
   * Does the scheduled work, unless the isolate is at it already.
   * @param {{cron: string, scheduledTime: number}} event the event
   * @param {object} env bindings
   * @param {ExecutionContext} ctx of the event
   * @returns {Promise<void>} rejects when the work could not be done, for the platform to count
   */
  async scheduled(event, env, ctx) {
    if (this.#sweeping) return;
    this.#sweeping = true;
    try {
      const instance = await this.#pool.acquire(env);
      await this.#use(instance, ctx, () => instance.sweep(event, env, ctx));
    } finally {
      this.#sweeping = false;
    }
  }
}

function isLogin(request) {
  return request.method === "POST" && new URL(request.url).pathname === "/api/auth/login";
}

function failureOf(error) {
  return error instanceof Failure ? error : died(error);
}
