/**
 * @file Bounds on what an isolate takes on. An isolate has one thread and 128 MB.
 */

/** Counts what is inside, up to a limit. */
export class Gate {
  #limit;
  #leaseMs;
  #inside = new Map(); // pass -> {size, until}, oldest first
  #size = 0;

  /**
   * @param {number} limit most that may be inside
   * @param {number} leaseMs after this long a pass counts no more: the platform ends a request that outlives its limits
   *   without running its cleanup
   */
  constructor(limit, leaseMs) {
    this.#limit = limit;
    this.#leaseMs = leaseMs;
  }

  /** What is inside now. */
  get size() {
    return this.#size;
  }

  /**
   * Lets something in.
   * @param {number} [size] what it counts
   * @returns {(function(): void)|undefined} to be called when it leaves, any number of times; undefined when it is full
   */
  enter(size = 1) {
    const now = Date.now();
    for (const [pass, { until }] of this.#inside) {
      if (until > now) break;
      this.#leave(pass);
    }
    if (this.#size + size > this.#limit) return undefined;
    const pass = {};
    this.#inside.set(pass, { size, until: now + this.#leaseMs });
    this.#size += size;
    return () => this.#leave(pass);
  }

  #leave(pass) {
    const entry = this.#inside.get(pass);
    if (entry && this.#inside.delete(pass)) this.#size -= entry.size;
  }
}
