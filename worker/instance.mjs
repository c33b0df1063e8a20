/**
 * @file One instance of the Go module. It serves one request at a time, so nothing of one request is ever seen by
 * another, and no I/O of one event is touched by another.
 */

import { ask, wordOf } from "./host.mjs";

/** What syumai's entry point gets: the real request is in the context. */
const BARE = { url: "http://instance/", method: "GET", headers: new Headers(), body: null };

/** A running Go program. */
export class Instance {
  #context;
  #settle = () => {};
  #fail = () => {};
  #turn = 0; // counts what was served, so that a late reply is known as late
  #death; // why it ended

  /**
   * Starts the program; it has run up to its wait for requests when this returns.
   * @param {WebAssembly.Module} module the module
   * @param {object} env bindings; those that are texts are the module's variables
   * @throws {Error} when the program does not become ready
   */
  constructor(module, env) {
    this.#context = {
      env,
      ctx: null,
      binding: {},
      config: JSON.stringify(Object.fromEntries(Object.entries(env).filter(([, value]) => typeof value === "string"))),
      request: null,
      host: {
        log: (json) => console.log(JSON.parse(json)),
        call: (id, kind, target, payload) => void this.#call(id, kind, target, payload),
        settled: () => this.#settle(),
      },
    };
    this.#start(module);
  }

  #start(module) {
    const go = new globalThis.Go();
    let ready = false;
    go.exit = (code) => this.die(new Error(`the program ended with code ${code}`));
    const program = new WebAssembly.Instance(module, { ...go.importObject, workers: { ready: () => (ready = true) } });
    globalThis.context = this.#context; // read while the program starts, which is synchronous
    try {
      go.run(program).catch((error) => this.die(error));
    } finally {
      delete globalThis.context;
    }
    if (!ready) throw this.#death ?? new Error("the program did not become ready");
  }

  /** Whether the program has ended. */
  get dead() {
    return this.#death !== undefined;
  }

  /** Whether it has served nothing yet. */
  get cold() {
    return this.#turn === 0;
  }

  /**
   * Serves a request. Only one thing may be served at a time.
   * @param {object} head of `readRequest`
   * @param {Uint8Array|null} body its body
   * @param {object} env bindings
   * @param {ExecutionContext} ctx of the event
   * @returns {{response: Promise<Response>, settled: Promise<void>}} settled once the work after the response is done;
   *   both reject when the program ends
   */
  serve(head, body, env, ctx) {
    const request = { head: JSON.stringify({ ...head, cold: this.cold }), body };
    return this.#run(env, ctx, request, (binding) => binding.handleRequest(BARE));
  }

  /**
   * Does the scheduled work.
   * @param {{cron: string, scheduledTime: number}} event the event
   * @param {object} env bindings
   * @param {ExecutionContext} ctx of the event
   * @returns {{response: Promise<void>, settled: Promise<void>}} as of `serve`
   */
  sweep(event, env, ctx) {
    return this.#run(env, ctx, null, (binding) => binding.runScheduler(event));
  }

  #run(env, ctx, request, begin) {
    this.#turn++;
    Object.assign(this.#context, { env, ctx, request });
    const death = new Promise((_, reject) => (this.#fail = reject));
    const settled = new Promise((resolve) => (this.#settle = resolve));
    death.catch(() => {});
    let answer;
    try {
      answer = begin(this.#context.binding);
    } catch (error) {
      this.die(error);
    }
    return { response: Promise.race([death, answer ?? death]), settled: Promise.race([death, settled]) };
  }

  /**
   * Ends the instance: what it serves is rejected.
   * @param {unknown} cause why
   */
  die(cause) {
    this.#death ??= cause ?? new Error("unknown cause");
    this.#fail(this.#death);
  }

  async #call(id, kind, target, payload) {
    const turn = this.#turn;
    let failure = "";
    let text;
    try {
      text = await ask(this.#context.env, kind, target, payload);
    } catch (error) {
      failure = wordOf(error);
      text = String(error && error.message);
    }
    if (this.dead || turn !== this.#turn) return; // nobody waits, and another event may be running
    try {
      this.#context.binding.reply(id, failure, text);
    } catch (error) {
      this.die(error); // a trap inside the program
    }
  }
}
