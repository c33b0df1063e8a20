// Things the edge has and the harness has not. Using one is an error that names
// it; looking whether it is there is not.
(function (host) {
  "use strict";

  host.unemulated = (name) => { throw new Error(`tracedge harness: ${name} is not emulated (docs/harness.md)`); };

  // placeholder stands for a function, class or object.
  const placeholder = (name) => {
    const refuse = () => host.unemulated(name);
    return new Proxy(function () {}, {
      apply: refuse,
      construct: refuse,
      get(target, property) {
        if (typeof property === "symbol" || property === "prototype" || property === "name") return target[property];
        return host.unemulated(`${name}.${property}`);
      },
      set: refuse,
    });
  };
  host.placeholder = placeholder;

  host.define(Object.fromEntries([
    "addEventListener", "removeEventListener", "Blob", "BroadcastChannel", "CompressionStream", "CryptoKey",
    "DecompressionStream", "EventSource", "File", "FormData", "HTMLRewriter", "MessageChannel", "MessagePort",
    "SubtleCrypto", "URLPattern", "WebSocket", "WebSocketPair", "caches", "scheduler",
  ].map((name) => [name, placeholder(name)])));

  // A binding of a kind that is not emulated fails when it is touched.
  host.unemulatedBinding = (name, kind) => placeholder(`the binding env.${name} (${kind})`);
})
