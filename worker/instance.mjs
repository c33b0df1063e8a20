/**
 * @file One running instance of the Go module: its start, the requests it serves one after the other, its death.
 *
 * An instance is not bound to a request, but everything it does is done within one: timers, calls and promises belong to
 * the request that made them. So an instance works only between `begin` and `end`, and whatever arrives for an earlier
 * turn is dropped before it reaches Go.
 */

import { answer } from "./bridge/host.mjs";
import { responseOf } from "./response.mjs";
import { SETTLE_DEADLINE_MS } from "./settings.mjs";
import { adoptTimers } from "./timers.mjs";

/** What ends a turn without a result: the program exited or trapped, or it was given up. */
export class Death extends Error {}

/** An instance of the Go module. */
export class Instance {
  #program;
  #timers;
  #context;
  #turn = 0;
  #fail = () => undefined;
  #settle = () => undefined;
  #respond = () => undefined;
  #settled;
  #doom;
  #deadline; // its timer
  #allowed; // ms
  #due; // Unix ms
  #looks; // Unix ms: when the timer is due
  #death; // why it can never serve again

  /**
   * @param {{Go: function, module: WebAssembly.Module, config: string}} program the class Go of wasm_exec.js, the
   *   compiled module, and vars and secrets as JSON
   */
  constructor(program) {
    this.#program = program;
    this.#context = {
      env: undefined,
      ctx: undefined,
      binding: {},
      config: program.config,
      head: "",
      body: null,
      host: {
        log: (json) => this.#log(json),
        call: (text) => this.#call(text),
        respond: (text, bytes) => this.#respond(text, bytes),
        settled: () => this.#settle(),
      },
    };
  }

  /** Whether it can never serve again. */
  get dead() {
    return this.#death !== undefined;
  }

  /** Version of the program, as it says; "" before it runs. */
  get version() {
    return this.#context.binding.version || "";
  }

  /**
   * Begins a turn: from here on everything happens within the current request or event.
   * @param {object} env bindings
   * @param {object} ctx its execution context
   * @param {number} deadlineMs after which the instance is given up, unless `end` comes first
   */
  begin(env, ctx, deadlineMs) {
    this.#turn++;
    this.#context.env = env;
    this.#context.ctx = ctx;
    this.#settled = new Promise((resolve) => (this.#settle = resolve));
    this.#doom = new Promise((resolve, reject) => (this.#fail = reject));
    this.#doom.catch(() => undefined); // a death that nobody waits for is not an unhandled rejection
    this.#allow(deadlineMs);
    this.#watch(this.#turn);
    if (this.#death) this.#fail(this.#death);
    else if (this.#timers) this.#timers.resume();
  }

  /**
   * Sets the deadline of the turn anew. Timers cost more than looking at the clock: as a rule a turn has one.
   * @param {number} ms from now
   */
  limit(ms) {
    this.#allow(ms);
    if (this.#due < this.#looks) this.#watch(this.#turn);
  }

  #allow(ms) {
    this.#allowed = ms;
    this.#due = Date.now() + ms;
  }

  /** Looks at the clock when the turn may be overdue. */
  #watch(turn) {
    clearTimeout(this.#deadline);
    const now = Date.now();
    this.#looks = Math.min(this.#due, now + SETTLE_DEADLINE_MS);
    this.#deadline = setTimeout(() => {
      if (turn !== this.#turn) return;
      if (Date.now() < this.#due) this.#watch(turn);
      else this.drop("no answer within " + this.#allowed + " ms");
    }, this.#looks - now);
  }

  /**
   * Starts the program. To be called once, within a turn.
   * @returns {Promise<void>} resolves when it can serve; rejects with a Death
   */
  start() {
    let ready;
    const started = new Promise((resolve) => (ready = resolve));
    try {
      const go = new this.#program.Go();
      go.exit = (code) => {
        // This settles the promise of run, which belongs to the request that started the program: it may be long over.
        go._resolveExitPromise = () => undefined;
        this.drop("exited with code " + code);
      };
      this.#timers = adoptTimers(go, (e) => this.#trapped(e));
      this.#timers.resume();
      const imports = Object.assign({}, go.importObject, { workers: { ready: () => ready() } });
      const instance = new WebAssembly.Instance(this.#program.module, imports);
      globalThis.context = this.#context;
      go.run(instance).then(() => this.drop("exited"), (e) => this.#trapped(e));
    } catch (e) {
      this.#trapped(e);
    } finally {
      delete globalThis.context;
    }
    return this.#unlessDead(started);
  }

  /**
   * Serves a request. To be called within a turn, on a program that has started.
   * @param {string} head head of the request, see headText
   * @param {Uint8Array|null} body its body
   * @returns {Promise<Response>} rejects with a Death
   */
  serve(head, body) {
    this.#context.head = head;
    this.#context.body = body;
    return this.#run(() => {
      const response = new Promise((resolve) => (this.#respond = (text, bytes) => resolve(responseOf(text, bytes))));
      this.#context.binding.serve();
      return response;
    });
  }

  /**
   * Runs the scheduled task. To be called within a turn, on a program that has started.
   * @returns {Promise<void>} when it is done; rejects with a Death
   */
  sweep() {
    return this.#run(() => {
      this.#context.binding.sweep();
      return this.#settled;
    });
  }

  /**
   * Waits for the work that follows a response or a task.
   * @returns {Promise<void>} rejects with a Death
   */
  settled() {
    return this.#unlessDead(this.#settled);
  }

  /** Ends the turn. What arrives for it from now on does not reach Go. */
  end() {
    this.#turn++;
    clearTimeout(this.#deadline);
    if (this.#timers) this.#timers.suspend();
    this.#settle = () => undefined;
    this.#respond = () => undefined;
    this.#fail = () => undefined;
    this.#context.head = "";
    this.#context.body = null;
    this.#context.ctx = undefined;
  }

  /**
   * Gives the instance up: it answers nothing any more, and the turn it is in fails.
   * @param {string} reason for the log
   */
  drop(reason) {
    if (this.#death) return;
    this.#death = new Death(reason);
    if (this.#timers) this.#timers.suspend();
    this.#fail(this.#death);
  }

  #run(enter) {
    if (this.#death) return this.#doom;
    try {
      return this.#unlessDead(enter());
    } catch (e) {
      this.#trapped(e);
      return this.#doom;
    }
  }

  /** A rejection means that Go threw where nothing can: the state of the program is unknown. */
  #unlessDead(promise) {
    promise.then(undefined, (e) => this.#trapped(e));
    return Promise.race([promise.catch(() => this.#doom), this.#doom]);
  }

  #trapped(e) {
    this.drop("trapped: " + ((e && e.message) || e));
  }

  /** The lines of a call: its id, kind, payload, and the rest is its target. The reply has id, failure, and text. */
  #call(text) {
    const turn = this.#turn;
    const [id, kind, payload] = text.split("\n", 3);
    const target = text.slice(id.length + kind.length + payload.length + 3);
    answer(this.#context.env, kind, target, payload).then(
      (text) => this.#reply(turn, id, "", text),
      (e) => this.#reply(turn, id, e.kind, e.message),
    );
  }

  #reply(turn, id, kind, text) {
    if (this.#death || turn !== this.#turn) return;
    try {
      this.#context.binding.reply(id + "\n" + kind + "\n" + text);
    } catch (e) {
      this.#trapped(e);
    }
  }

  #log(json) {
    if (this.#death) return; // its request has been answered and recorded without it
    let record = json;
    try {
      record = JSON.parse(json);
    } catch (e) {
      // Text that is not JSON is still worth more in the log than nothing.
    }
    console.log(record);
  }
}
