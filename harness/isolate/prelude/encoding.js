// TextEncoder, TextDecoder and base64.
(function (host) {
  "use strict";

  class TextEncoder {
    get encoding() { return "utf-8"; }
    encode(text = "") { return host.encode(String(text)); }
    encodeInto(text, target) { return host.encodeInto(String(text), target); }
  }

  const utf8 = new Set(["utf-8", "utf8", "unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "x-unicode20utf8"]);

  class TextDecoder {
    #fatal;
    #ignoreBOM;
    #rest = new Uint8Array(0); // an unfinished sequence of a stream
    #started = false; // a byte order mark can only come first
    constructor(label = "utf-8", options = {}) {
      if (!utf8.has(String(label).trim().toLowerCase())) host.unemulated(`TextDecoder for ${label}`);
      this.#fatal = Boolean(options?.fatal);
      this.#ignoreBOM = Boolean(options?.ignoreBOM);
    }
    get encoding() { return "utf-8"; }
    get fatal() { return this.#fatal; }
    get ignoreBOM() { return this.#ignoreBOM; }
    decode(input = new Uint8Array(0), options = {}) {
      const stream = Boolean(options?.stream);
      let bytes = host.bytesOf(input);
      if (this.#rest.length > 0) bytes = host.concat([this.#rest, bytes]);
      const keep = stream ? host.unfinished(bytes) : 0;
      this.#rest = bytes.slice(bytes.length - keep);
      const text = host.decodeWith(bytes.subarray(0, bytes.length - keep), this.#fatal, this.#ignoreBOM || this.#started);
      this.#started = stream && (this.#started || bytes.length > keep);
      return text;
    }
  }

  const base64 = (name, f) => (text) => {
    const result = f(String(text));
    if (result === null) throw new DOMException(`${name}() was called with invalid data.`, "InvalidCharacterError");
    return result;
  };

  host.define({ TextEncoder, TextDecoder, atob: base64("atob", host.atob), btoa: base64("btoa", host.btoa) });
})
