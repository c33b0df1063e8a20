// What a worker expects of the language and its surroundings beyond ECMAScript
// as sobek implements it.
(function (host) {
  "use strict";

  // define sets global properties as built-ins are: not enumerable.
  host.define = (values) => {
    for (const [name, value] of Object.entries(values)) {
      Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
    }
  };

  if (!Promise.withResolvers) {
    Object.defineProperty(Promise, "withResolvers", {
      value: function withResolvers() {
        let resolve, reject;
        const promise = new this((yes, no) => { resolve = yes; reject = no; });
        return { promise, resolve, reject };
      },
      writable: true,
      configurable: true,
    });
  }

  const navigator = Object.freeze({ userAgent: "Cloudflare-Workers" });

  function queueMicrotask(callback) {
    if (typeof callback !== "function") throw new TypeError("queueMicrotask: the callback must be a function");
    Promise.resolve().then(callback).catch(host.reportError);
  }

  function reportError(error) { host.reportError(error); }

  class Crypto {
    getRandomValues(array) {
      host.randomValues(array);
      return array;
    }
    randomUUID() { return host.randomUUID(); }
    get subtle() { return host.unemulated("crypto.subtle"); }
    get DigestStream() { return host.unemulated("crypto.DigestStream"); }
  }

  class Performance {
    get timeOrigin() { return 0; }
    now() { return host.now(); }
  }

  host.define({ self: globalThis, navigator, queueMicrotask, reportError, Crypto, crypto: new Crypto(), Performance, performance: new Performance() });
})
