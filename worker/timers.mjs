/**
 * @file Timers of a Go instance that outlives requests.
 *
 * At the edge a timer belongs to the request that set it and dies with it. Go does not know that: its runtime keeps one
 * timeout pending across requests and relies on it. So its timers are kept here, stopped when a request ends and started
 * again, for what remains of them, within the next one.
 */

/** The timers of one instance. */
export class Timers {
  #fire;
  #pending = new Map(); // id -> {at: Unix ms, handle}
  #running = false;

  /** @param {function(number): void} fire called with the id of a timer that is due */
  constructor(fire) {
    this.#fire = fire;
  }

  /**
   * Sets a timer.
   * @param {number} id its id
   * @param {number} ms from now
   */
  set(id, ms) {
    const timer = { at: Date.now() + ms, handle: undefined };
    this.#pending.set(id, timer);
    if (this.#running) this.#start(id, timer);
  }

  /**
   * Clears a timer.
   * @param {number} id its id; unknown ones are ignored
   */
  clear(id) {
    const timer = this.#pending.get(id);
    if (timer) clearTimeout(timer.handle);
    this.#pending.delete(id);
  }

  /**
   * Whether a timer is set.
   * @param {number} id its id
   * @returns {boolean} true until it is cleared
   */
  has(id) {
    return this.#pending.has(id);
  }

  /** Starts the timers within the current request. */
  resume() {
    this.#running = true;
    for (const [id, timer] of this.#pending) this.#start(id, timer);
  }

  /** Stops the timers; they keep their due times. */
  suspend() {
    this.#running = false;
    for (const timer of this.#pending.values()) clearTimeout(timer.handle);
  }

  #start(id, timer) {
    timer.handle = setTimeout(() => this.#fire(id), Math.max(0, timer.at - Date.now()));
  }
}

/**
 * Puts the timers of Go's runtime under control. A host that brings its own implementation of Go's imports also brings
 * its own timers; there is nothing to do then.
 * @param {object} go an instance of the class Go of wasm_exec.js, before it runs
 * @param {function(*): void} trapped called with what Go threw when it was resumed
 * @returns {Timers} its timers
 */
export function adoptTimers(go, trapped) {
  const timers = new Timers((id) => {
    try {
      // Go clears the timer when it has handled it; it may need more than one start to get there.
      for (let i = 0; i < 3 && timers.has(id); i++) go._resume();
    } catch (e) {
      trapped(e);
    }
  });
  const imports = go.importObject.gojs;
  if (!imports || !imports["runtime.scheduleTimeoutEvent"]) return timers;
  let last = 0;
  imports["runtime.scheduleTimeoutEvent"] = (sp) => {
    sp >>>= 0;
    last++;
    timers.set(last, go.mem.getUint32(sp + 8, true) + go.mem.getInt32(sp + 12, true) * 4294967296);
    go.mem.setInt32(sp + 16, last, true);
  };
  imports["runtime.clearTimeoutEvent"] = (sp) => {
    timers.clear(go.mem.getInt32((sp >>> 0) + 8, true));
  };
  return timers;
}
