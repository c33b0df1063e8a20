/**
 * @file The port between JavaScript and one instance of the Go module: texts and bytes that cross the memory of the
 * module. The Go side is worker/bridge/port.go.
 *
 * Everything crosses by the module's own imports ("workers") and its export "wake". The values of syscall/js would do the
 * same by several crossings each, with a reference to be counted on both sides.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// What wakes Go. The numbers are those of port.go.
const SERVE = 0;
const SWEEP = 1;
const REPLY = 2;

const NO_BODY = -1;

/**
 * What a program asks of its host.
 * @typedef {object} Host
 * @property {string} config vars and secrets as JSON, for the start
 * @property {function(string): void} ready the program serves; called once, with its version
 * @property {function(string): void} call asks the platform; the answer goes to Port.reply
 * @property {function(string, Uint8Array|null): void} respond answers the request: its head, see responseOf, and its body
 * @property {function(string): void} log takes a record as JSON
 * @property {function(): void} settled the work that follows a response or a task is done
 */

/** The port of one instance. Its methods enter Go, and throw what Go cannot handle. */
export class Port {
  #go;
  #exports;
  #view = new Uint8Array(0); // the memory of the module
  #text; // on its way to Go
  #body = null; // of the request on its way to Go

  /** The functions that the module imports from "workers". */
  imports;

  /** @param {Host} host what the program asks for; none of it may enter Go before it returns */
  constructor(host) {
    this.#text = host.config;
    this.imports = {
      take: (to, room) => this.#take(to, room),
      take_body: (to) => this.#memory().set(this.#body, to >>> 0),
      ready: (at, size) => host.ready(this.#read(at, size)),
      call: (at, size) => host.call(this.#read(at, size)),
      respond: (at, size, bodyAt, bodySize) => host.respond(this.#read(at, size), this.#copy(bodyAt, bodySize)),
      log: (at, size) => host.log(this.#read(at, size)),
      settled: () => host.settled(),
    };
  }

  /**
   * Connects to the program, before it runs.
   * @param {object} go the instance of the class Go that runs it
   * @param {WebAssembly.Instance} instance the instance of the module
   */
  connect(go, instance) {
    this.#go = go;
    this.#exports = instance.exports;
  }

  /**
   * Hands a request over.
   * @param {string} head see headText
   * @param {Uint8Array|null} body
   */
  serve(head, body) {
    this.#body = body;
    this.#wake(SERVE, head, body ? body.length : NO_BODY);
    this.#body = null;
  }

  /** Begins the scheduled task. */
  sweep() {
    this.#wake(SWEEP, "", NO_BODY);
  }

  /**
   * Answers a call.
   * @param {string} text id, failure, and text, a line each
   */
  reply(text) {
    this.#wake(REPLY, text, NO_BODY);
  }

  /** Go takes what it is given while it wakes; then everything runs that this has set going, until all of it waits. */
  #wake(what, text, size) {
    this.#text = text;
    this.#exports.wake(what, size);
    this.#go._resume();
  }

  /** Writes the text to Go's memory and returns its length in bytes. When that is more than there is room, nothing counts. */
  #take(to, room) {
    to >>>= 0;
    const text = this.#text;
    const { read, written } = encoder.encodeInto(text, this.#memory().subarray(to, to + room));
    if (read < text.length) return encoder.encode(text).length;
    this.#text = "";
    return written;
  }

  #read(at, size) {
    at >>>= 0;
    return decoder.decode(this.#memory().subarray(at, at + size));
  }

  #copy(at, size) {
    at >>>= 0;
    return size === 0 ? null : this.#memory().slice(at, at + size);
  }

  /** The view lasts until the memory grows. */
  #memory() {
    const buffer = this.#exports.mem.buffer;
    if (this.#view.buffer !== buffer) this.#view = new Uint8Array(buffer);
    return this.#view;
  }
}
