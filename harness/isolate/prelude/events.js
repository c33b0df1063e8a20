// DOMException, events and abort signals.
(function (host) {
  "use strict";

  const define = host.define;

  class DOMException extends Error {
    #name;
    constructor(message = "", name = "Error") {
      super(message);
      this.#name = String(name);
    }
    get name() { return this.#name; }
    get code() { return ({ AbortError: 20, DataCloneError: 25, TimeoutError: 23, QuotaExceededError: 22, InvalidCharacterError: 5 })[this.#name] ?? 0; }
  }

  class Event {
    #stopped = false;
    #prevented = false;
    constructor(type, init = {}) {
      this.type = String(type);
      this.bubbles = Boolean(init.bubbles);
      this.cancelable = Boolean(init.cancelable);
      this.target = null;
      this.currentTarget = null;
      this.timeStamp = performance.now();
    }
    get defaultPrevented() { return this.#prevented; }
    preventDefault() { if (this.cancelable) this.#prevented = true; }
    stopPropagation() {}
    stopImmediatePropagation() { this.#stopped = true; }
    static stopped(event) { return event.#stopped; }
  }
  const stopped = Event.stopped;
  delete Event.stopped;

  class EventTarget {
    #listeners = new Map();
    addEventListener(type, listener, options = {}) {
      if (listener === null || listener === undefined) return;
      const once = typeof options === "object" && Boolean(options.once);
      const list = this.#listeners.get(type) ?? [];
      if (list.some((l) => l.listener === listener)) return;
      const entry = { listener, once };
      this.#listeners.set(type, [...list, entry]);
      options?.signal?.addEventListener("abort", () => this.removeEventListener(type, listener));
    }
    removeEventListener(type, listener) {
      this.#listeners.set(type, (this.#listeners.get(type) ?? []).filter((l) => l.listener !== listener));
    }
    dispatchEvent(event) {
      event.target = event.currentTarget = this;
      const handler = this[`on${event.type}`];
      const list = [...(this.#listeners.get(event.type) ?? [])];
      if (typeof handler === "function") list.push({ listener: handler });
      for (const { listener, once } of list) {
        if (stopped(event)) break;
        if (once) this.removeEventListener(event.type, listener);
        try {
          if (typeof listener === "function") listener.call(this, event);
          else listener.handleEvent(event);
        } catch (error) {
          host.reportError(error);
        }
      }
      return !event.defaultPrevented;
    }
  }

  const key = Symbol("AbortSignal");

  class AbortSignal extends EventTarget {
    #aborted = false;
    #reason;
    constructor(token) {
      super();
      if (token !== key) throw new TypeError("Illegal constructor");
      this.onabort = null;
    }
    get aborted() { return this.#aborted; }
    get reason() { return this.#reason; }
    throwIfAborted() { if (this.#aborted) throw this.#reason; }

    static abort(reason) {
      const signal = new AbortSignal(key);
      host.abortSignal(signal, reason);
      return signal;
    }
    static timeout(ms) {
      const signal = new AbortSignal(key);
      setTimeout(() => host.abortSignal(signal, new DOMException("The operation was aborted due to timeout", "TimeoutError")), ms);
      return signal;
    }
    static any(signals) {
      const any = new AbortSignal(key);
      for (const signal of signals) {
        if (signal.aborted) {
          host.abortSignal(any, signal.reason);
          break;
        }
        signal.addEventListener("abort", () => host.abortSignal(any, signal.reason));
      }
      return any;
    }

    static {
      host.abortSignal = (signal, reason) => {
        if (signal.#aborted) return;
        signal.#aborted = true;
        signal.#reason = reason === undefined ? new DOMException("The operation was aborted", "AbortError") : reason;
        signal.dispatchEvent(new Event("abort"));
      };
    }
  }

  class AbortController {
    #signal = new AbortSignal(key);
    get signal() { return this.#signal; }
    abort(reason) { host.abortSignal(this.#signal, reason); }
  }

  define({ DOMException, Event, EventTarget, AbortSignal, AbortController });
})
