/**
 * @file What one isolate does with requests and scheduled events: admit them, find an instance, answer whatever happens.
 */

import { Gate } from "./admission.mjs";
import { endpointOf, Failure, overloaded, refuse } from "./failure.mjs";
import { Death, Instance } from "./instance.mjs";
import { Pool } from "./pool.mjs";
import { headText, NO_BODY, readBody } from "./request.mjs";
import * as settings from "./settings.mjs";
import { startSpan } from "./trace.mjs";

/** Longest a request may be about: after this its loans and passes count as lost. */
const LEASE_MS = settings.QUEUE_TIMEOUT_MS + settings.REQUEST_DEADLINE_MS + settings.SETTLE_DEADLINE_MS;

const LOGIN = "/api/auth/login";

/** The public page of a circuit, and joining it. */
const CIRCUIT_PAGE = /^\/api\/circuits\/[^/]+\/public(\/join)?$/;

/**
 * Tells whether a request has the password of a circuit compared, which takes as long as a login and passes its gate.
 * @param {Headers} headers header fields of an incoming request
 * @param {string} path its decoded path
 * @param {Uint8Array|null} body its body
 * @returns {boolean}
 */
function comparesPassword(headers, path, body) {
  const page = CIRCUIT_PAGE.exec(path);
  if (!page) return false;
  if (page[1]) return body !== null && new TextDecoder().decode(body).includes("access_password");
  return headers.has("X-Circuit-Password");
}

/** One isolate. */
export class Isolate {
  #program;
  #pool;
  #logins;
  #bodies;
  #version = "";
  #refused = new Map(); // "kind endpoint" -> refusals that the module has not been told of
  #sweeping = new Gate(1, settings.QUEUE_TIMEOUT_MS + settings.SWEEP_DEADLINE_MS);

  /**
   * @param {{Go: function, module: WebAssembly.Module}} program the class Go of wasm_exec.js, and the compiled module
   * @param {object} env vars and bindings
   */
  constructor(program, env) {
    const bounds = settings.boundsOf(env);
    this.#program = { ...program, config: settings.configOf(env) };
    this.#pool = new Pool({ max: bounds.maxInstances, maxWaiting: bounds.maxQueue, waitMs: settings.QUEUE_TIMEOUT_MS });
    this.#logins = new Gate(bounds.loginConcurrency, LEASE_MS);
    this.#bodies = new Gate(settings.BODY_BUDGET_BYTES, LEASE_MS);
  }

  /**
   * Answers a request.
   * @param {Request} request an incoming request
   * @param {object} env vars and bindings
   * @param {object} ctx execution context of the request
   * @returns {Promise<Response>} always a response, never a rejection
   */
  async fetch(request, env, ctx) {
    const { method, url, headers } = request; // each time that they are asked for, the platform makes them
    const path = pathOf(url);
    const about = {
      span: startSpan(headers),
      method,
      get endpoint() {
        return endpointOf(path); // most requests are answered, and recorded, by Go
      },
      cold: false,
      version: this.#version,
    };
    // The platform keeps the request going until this ends, even when the client has gone away.
    let done;
    ctx.waitUntil(new Promise((resolve) => (done = resolve)));
    const cleanup = [done];
    const leave = () => {
      while (cleanup.length > 0) cleanup.pop()();
    };
    try {
      if (this.#pool.full) throw overloaded();
      const { body, oversize, release } = request.body ? await readBody(request, this.#bodies) : NO_BODY;
      cleanup.push(release);
      if ((path === LOGIN && method === "POST") || comparesPassword(headers, path, body)) {
        const pass = this.#logins.enter();
        if (!pass) throw overloaded();
        cleanup.push(pass);
      }
      const { place, instance } = await this.#enter(env, request, about);
      cleanup.push(() => this.#exit(place, instance));
      const refused = this.#refused.size > 0 ? this.#takeRefused() : undefined;
      const response = await instance.serve(headText({ method, url, headers }, { arrived: about.span.start, cold: about.cold, oversize, refused }), body);
      instance.limit(settings.SETTLE_DEADLINE_MS);
      instance.settled().catch((e) => this.#mourn(e, about)).then(leave);
      return response;
    } catch (e) {
      const failure = this.#failureOf(e, about);
      this.#count(failure, about);
      const response = refuse(failure, about);
      leave();
      return response;
    }
  }

  /** The module counts errors for admins; what it never saw, it hears of with the next request. */
  #count(failure, about) {
    const what = failure.kind + " " + about.endpoint;
    if (this.#refused.has(what) || this.#refused.size < settings.MAX_REFUSED) {
      this.#refused.set(what, (this.#refused.get(what) || 0) + 1);
    }
  }

  #takeRefused() {
    const refused = Array.from(this.#refused, ([what, count]) => {
      const [kind, endpoint] = what.split(" ");
      return { kind, endpoint, count };
    });
    this.#refused.clear();
    return refused;
  }

  /**
   * Runs the scheduled work, unless it is running already.
   * @param {{cron: string, scheduledTime: number}} event what triggered it
   * @param {object} env vars and bindings
   * @param {object} ctx execution context of the event
   * @returns {Promise<void>} never a rejection
   */
  async scheduled(event, env, ctx) {
    const pass = this.#sweeping.enter();
    if (!pass) return;
    const about = { span: startSpan(null), method: "", endpoint: "scheduled", cold: false, version: this.#version };
    let held;
    try {
      held = await this.#enter(env, null, about, settings.SWEEP_DEADLINE_MS);
      await held.instance.sweep();
    } catch (e) {
      this.#mourn(e, about);
    } finally {
      if (held) this.#exit(held.place, held.instance);
      pass();
    }
  }

  /** Waits for a place and begins a turn of its instance, which is started when there is none. */
  async #enter(env, request, about, deadlineMs = settings.REQUEST_DEADLINE_MS) {
    const place = await this.#pool.take(deadlineMs + settings.SETTLE_DEADLINE_MS, request);
    about.cold = place.instance === null;
    const instance = place.instance || new Instance(this.#program);
    place.instance = instance;
    try {
      instance.begin(env, deadlineMs);
      if (about.cold) await instance.start();
      this.#version = about.version = instance.version;
      return { place, instance };
    } catch (e) {
      this.#exit(place, instance);
      throw e;
    }
  }

  #exit(place, instance) {
    instance.end();
    if (instance.dead) place.instance = null;
    this.#pool.give(place);
  }

  #failureOf(e, about) {
    if (e instanceof Failure) return e;
    if (e && e.name === "AbortError") return new Failure(499, "other", "The client went away");
    this.#mourn(e, about);
    return new Failure(500, "internal_error", "Internal error");
  }

  /** Records what the client is not told: why an instance was lost, or background work not done. */
  #mourn(e, about) {
    console.log({
      level: "error",
      event: e instanceof Death ? "instance_lost" : "background_error",
      trace_id: about.span.traceId,
      span_id: about.span.spanId,
      endpoint: about.endpoint,
      error_kind: e instanceof Failure ? e.kind : "internal_error",
      message: String((e && e.message) || e),
      time: new Date().toISOString(),
    });
  }
}

/** The path as Go matches it: what stands between the host and the query, percent-decoded. */
function pathOf(url) {
  const begin = url.indexOf("/", url.indexOf("://") + 3);
  const end = url.indexOf("?", begin);
  const path = begin < 0 ? "/" : url.slice(begin, end < 0 ? url.length : end);
  try {
    return path.includes("%") ? decodeURIComponent(path) : path;
  } catch (e) {
    return path;
  }
}
