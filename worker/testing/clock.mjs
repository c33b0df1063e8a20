/**
 * @file A clock that tests move. Date.now follows it while it is installed.
 */

/** Unix ms under the test's control, and timers that fire when it passes them. */
export class FakeClock {
  #timers = [];
  #next = 1;

  /** @param {number} [now] Unix ms */
  constructor(now = 1700000000000) {
    this.now = now;
  }

  /**
   * Replaces Date.now, setTimeout and clearTimeout until the test ends.
   * @param {import("node:test").TestContext} t the test
   */
  install(t) {
    const real = { now: Date.now, setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
    Date.now = () => this.now;
    globalThis.setTimeout = (run, ms) => this.#set(run, ms);
    globalThis.clearTimeout = (id) => this.#clear(id);
    t.after(() => {
      Date.now = real.now;
      globalThis.setTimeout = real.setTimeout;
      globalThis.clearTimeout = real.clearTimeout;
    });
  }

  /** Number of timers that are set. */
  get timers() {
    return this.#timers.length;
  }

  /** Number of timers that were ever set. */
  get made() {
    return this.#next - 1;
  }

  /**
   * Lets time pass, firing timers in their order.
   * @param {number} ms how long
   * @returns {Promise<void>} resolves when everything that follows from the timers has settled
   */
  async pass(ms) {
    const end = this.now + ms;
    await settle();
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at || a.id - b.id)[0];
      if (!due) break;
      this.now = Math.max(this.now, due.at);
      this.#clear(due.id);
      due.run();
      await settle();
    }
    this.now = end;
    await settle();
  }

  #set(run, ms) {
    const id = this.#next++;
    this.#timers.push({ id, at: this.now + (ms || 0), run });
    return id;
  }

  #clear(id) {
    this.#timers = this.#timers.filter((timer) => timer.id !== id);
  }
}

/**
 * Waits until promise reactions have run.
 * @returns {Promise<void>}
 */
export function settle() {
  return new Promise((resolve) => setImmediate(resolve));
}
