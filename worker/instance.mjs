/**
 * @file One running instance of the Go module: its start, the requests it serves one after the other, its death.
 *
 * An instance is not bound to a request, but everything it does is done within one: timers, calls and promises belong to
 * the request that made them. So an instance works only between `begin` and `end`, and whatever arrives for an earlier
 * turn is dropped before it reaches Go.
 */

import { answer } from "./bridge/host.mjs";
import { Port } from "./bridge/port.mjs";
import { adoptEvents } from "./events.mjs";
import { responseOf } from "./response.mjs";
import { SETTLE_DEADLINE_MS } from "./settings.mjs";
import { adoptTimers, Timers } from "./timers.mjs";

/** The timer of a turn's deadline; those of Go have numbers. */
const DEADLINE = "deadline";

/** What ends a turn without a result: the program exited or trapped, or it was given up. */
export class Death extends Error {}

/** An instance of the Go module. */
export class Instance {
  #program;
  #port;
  #timers = new Timers();
  #env; // of the turn
  #version = "";
  #turn = 0;
  #fail = () => undefined;
  #settle = () => undefined;
  #respond = () => undefined;
  #settled;
  #doom;
  #death; // why it can never serve again

  /**
   * @param {{Go: function, module: WebAssembly.Module, config: string, Port: (function|undefined)}} program the class Go
   *   of wasm_exec.js, the compiled module, vars and secrets as JSON, and what stands for the port under test
   */
  constructor(program) {
    this.#program = program;
  }

  /** Whether it can never serve again. */
  get dead() {
    return this.#death !== undefined;
  }

  /** Version of the program, as it says; "" before it runs. */
  get version() {
    return this.#version;
  }

  /**
   * Begins a turn: from here on everything happens within the current request or event.
   * @param {object} env bindings
   * @param {number} deadlineMs after which the instance is given up, unless `end` comes first
   */
  begin(env, deadlineMs) {
    this.#turn++;
    this.#env = env;
    this.#settled = new Promise((resolve) => (this.#settle = resolve));
    this.#doom = new Promise((resolve, reject) => (this.#fail = reject));
    this.#doom.catch(() => undefined); // a death that nobody waits for is not an unhandled rejection
    this.limit(deadlineMs);
    if (this.#death) this.#fail(this.#death);
    else this.#timers.resume();
  }

  /**
   * Sets the deadline of the turn anew.
   * @param {number} ms from now
   */
  limit(ms) {
    this.#timers.set(DEADLINE, ms, () => this.drop("no answer within " + ms + " ms"));
  }

  /**
   * Starts the program. To be called once, within a turn.
   * @returns {Promise<void>} resolves when it can serve; rejects with a Death
   */
  start() {
    let ready;
    const started = new Promise((resolve) => (ready = resolve));
    try {
      const port = new (this.#program.Port || Port)({
        config: this.#program.config,
        ready: (version) => {
          this.#version = version;
          ready();
        },
        call: (text) => this.#call(text),
        respond: (head, body) => this.#respond(head, body),
        log: (json) => this.#log(json),
        settled: () => this.#settle(),
      });
      const go = new this.#program.Go();
      go.exit = (code) => {
        // This settles the promise of run, which belongs to the request that started the program: it may be long over.
        go._resolveExitPromise = () => undefined;
        this.drop("exited with code " + code);
      };
      adoptTimers(go, this.#timers, (e) => this.#trapped(e));
      adoptEvents(go);
      const imports = Object.assign({}, go.importObject, { workers: port.imports });
      const instance = new WebAssembly.Instance(this.#program.module, imports);
      port.connect(go, instance);
      this.#port = port;
      go.run(instance).then(() => this.drop("exited"), (e) => this.#trapped(e));
    } catch (e) {
      this.#trapped(e);
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
    return this.#run(() => {
      const response = new Promise((resolve) => (this.#respond = (head, body) => resolve(responseOf(head, body))));
      this.#port.serve(head, body);
      return response;
    });
  }

  /**
   * Runs the scheduled task. To be called within a turn, on a program that has started.
   * @returns {Promise<void>} when it is done; rejects with a Death
   */
  sweep() {
    return this.#run(() => {
      this.#port.sweep();
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
    this.#timers.clear(DEADLINE);
    this.#timers.suspend();
    this.#settle = () => undefined;
    this.#respond = () => undefined;
    this.#fail = () => undefined;
    this.#env = undefined;
  }

  /**
   * Gives the instance up: it answers nothing any more, and the turn it is in fails.
   * @param {string} reason for the log
   */
  drop(reason) {
    if (this.#death) return;
    this.#death = new Death(reason);
    this.#timers.suspend();
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

  #unlessDead(promise) {
    return Promise.race([promise, this.#doom]);
  }

  #trapped(e) {
    this.drop("trapped: " + ((e && e.message) || e));
  }

  /**
   * The lines of a call: its id, the milliseconds that it may take (0 for any), kind, payload, and the rest is its target.
   * The reply has id, failure, and text. Go drops all replies to a call but the first.
   */
  #call(text) {
    const turn = this.#turn;
    const [id, limit, kind, payload] = text.split("\n", 4);
    const target = text.slice(id.length + limit.length + kind.length + payload.length + 4);
    const timer = "call " + id;
    const reply = (kind, text) => {
      this.#timers.clear(timer);
      this.#reply(turn, id, kind, text);
    };
    if (limit !== "0") this.#timers.set(timer, Number(limit), () => reply("timeout", ""));
    answer(this.#env, kind, target, payload).then((text) => reply("", text), (e) => reply(e.kind, e.message));
  }

  #reply(turn, id, kind, text) {
    if (this.#death || turn !== this.#turn) return;
    try {
      this.#port.reply(id + "\n" + kind + "\n" + text);
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
