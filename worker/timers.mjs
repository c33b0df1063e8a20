/**
 * @file Timers of an instance that outlives requests.
 *
 * At the edge a timer belongs to the request that set it and dies with it. Go does not know that: its runtime keeps one
 * timeout pending across requests and relies on it. So its timers are kept here, and run only within a turn.
 *
 * Setting a timer of the platform costs more than most of what a request does. A turn has one: it looks at the clock when
 * the first of the timers is due, and every few seconds, so that the timers set within a turn need none of their own.
 */

/** Milliseconds after which the clock is looked at anyway: those that a storage call may take, the longest of Go's usual timers. */
const LOOK_MS = 5000;

/** The timers of one instance. */
export class Timers {
  #pending = new Map(); // id -> {at: Unix ms, fire}
  #running = false;
  #handle; // of the platform's timer
  #looks = Infinity; // Unix ms: when that is due

  /**
   * Sets a timer, or sets it anew.
   * @param {*} id its id
   * @param {number} ms from now
   * @param {function(): void} fire called when it is due, after which it is gone; one that throws is uncaught
   */
  set(id, ms, fire) {
    const at = Date.now() + ms;
    this.#pending.set(id, { at, fire });
    if (this.#running && at < this.#looks) this.#look(at);
  }

  /**
   * Clears a timer.
   * @param {*} id its id; unknown ones are ignored
   */
  clear(id) {
    this.#pending.delete(id);
  }

  /** Starts the timers within the current request. */
  resume() {
    this.#running = true;
    this.#lookAgain();
  }

  /** Stops the timers; they keep their due times. */
  suspend() {
    this.#running = false;
    clearTimeout(this.#handle);
    this.#looks = Infinity;
  }

  #lookAgain() {
    let next = Date.now() + LOOK_MS;
    for (const { at } of this.#pending.values()) next = Math.min(next, at);
    if (this.#pending.size > 0) this.#look(next);
  }

  #look(at) {
    clearTimeout(this.#handle);
    this.#looks = at;
    this.#handle = setTimeout(() => this.#fireDue(), Math.max(0, at - Date.now()));
  }

  #fireDue() {
    this.#looks = Infinity;
    try {
      for (const [id, timer] of this.#pending) {
        if (timer.at > Date.now() || !this.#running) continue;
        this.#pending.delete(id);
        timer.fire();
      }
    } finally {
      if (this.#running) this.#lookAgain();
    }
  }
}

/**
 * Puts the timers of Go's runtime under control. A host that brings its own implementation of Go's imports also brings
 * its own timers; there is nothing to do then.
 * @param {object} go an instance of the class Go of wasm_exec.js, before it runs
 * @param {Timers} timers where they are to be kept
 * @param {function(*): void} trapped called with what Go threw when it was resumed
 */
export function adoptTimers(go, timers, trapped) {
  const imports = go.importObject.gojs;
  if (!imports || !imports["runtime.scheduleTimeoutEvent"]) return;
  const waiting = new Set(); // what Go has not taken notice of
  const fire = (id) => {
    try {
      // Go clears the timer when it has handled it; it may need more than one start to get there.
      for (let i = 0; i < 3 && waiting.has(id); i++) go._resume();
      if (waiting.has(id)) timers.set(id, LOOK_MS, () => fire(id));
    } catch (e) {
      trapped(e);
    }
  };
  let last = 0;
  imports["runtime.scheduleTimeoutEvent"] = (sp) => {
    sp >>>= 0;
    const id = ++last;
    waiting.add(id);
    timers.set(id, go.mem.getUint32(sp + 8, true) + go.mem.getInt32(sp + 12, true) * 4294967296, () => fire(id));
    go.mem.setInt32(sp + 16, id, true);
  };
  imports["runtime.clearTimeoutEvent"] = (sp) => {
    const id = go.mem.getInt32((sp >>> 0) + 8, true);
    waiting.delete(id);
    timers.clear(id);
  };
}
