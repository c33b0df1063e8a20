// Request and Response.
(function (host) {
  "use strict";

  const internal = Symbol("internal");
  const nullBody = new Set([101, 204, 205, 304]);

  // extract turns what a caller gave as a body into bytes or a stream, and the
  // content type that goes with it.
  function extract(body) {
    if (typeof body === "string") return { bytes: host.encode(body), type: "text/plain;charset=UTF-8" };
    if (body instanceof ReadableStream) {
      if (body.locked || host.isDisturbed(body)) throw new TypeError("This ReadableStream is disturbed (has already been read from), and cannot be used as a body.");
      return { stream: body };
    }
    if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return { bytes: host.bytesOf(body).slice() };
    if (body instanceof URLSearchParams) {
      return { bytes: host.encode(body.toString()), type: "application/x-www-form-urlencoded;charset=UTF-8" };
    }
    return { bytes: host.encode(String(body)), type: "text/plain;charset=UTF-8" };
  }

  const used = () => new TypeError("Body has already been used. It can only be used once. Use tee() first if you need to read it twice.");

  class Body {
    #bytes = null; // a body in memory, until somebody asks for its stream
    #shared = false; // a clone has the same bytes
    #stream = null;
    #used = false;

    get body() {
      if (this.#bytes !== null) {
        const bytes = this.#bytes;
        this.#stream = this.#used ? closedStream() : host.streamFromBytes(this.#shared ? bytes.slice() : bytes);
        this.#bytes = null;
      }
      return this.#stream;
    }
    get bodyUsed() { return this.#used || (this.#stream !== null && host.isDisturbed(this.#stream)); }

    async arrayBuffer() { return (await consume(this)).buffer; }
    async bytes() { return await consume(this); }
    async text() { return host.decode(await consume(this)); }
    async json() { return JSON.parse(host.decode(await consume(this))); }
    async blob() { return host.unemulated("Blob"); }
    async formData() { return host.unemulated("FormData"); }

    static {
      host.setBody = (object, { bytes = null, stream = null }) => {
        object.#bytes = bytes;
        object.#stream = stream;
      };
      // takeBody returns the body as bytes, a stream or null, and uses it up.
      host.takeBody = (object) => {
        if (object.#bytes === null && object.#stream === null) return null;
        if (object.bodyUsed || object.#stream?.locked) throw used();
        object.#used = true;
        if (object.#bytes === null) return object.#stream;
        return object.#shared ? object.#bytes.slice() : object.#bytes;
      };
      host.cloneBody = (object, copy) => {
        if (object.bodyUsed || object.#stream?.locked) throw used();
        if (object.#bytes !== null) {
          copy.#bytes = object.#bytes;
          copy.#shared = object.#shared = true;
        } else if (object.#stream !== null) {
          [object.#stream, copy.#stream] = object.#stream.tee();
        }
      };
    }
  }

  function closedStream() {
    const stream = host.streamFromBytes(new Uint8Array(0));
    stream.cancel();
    return stream;
  }

  async function consume(object) {
    const body = host.takeBody(object);
    if (body === null) return new Uint8Array(0);
    return body instanceof ReadableStream ? await host.readAll(body) : body;
  }

  const known = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH"]);
  function methodOf(method) {
    const upper = String(method).toUpperCase();
    if (known.has(upper)) return upper;
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(method)) throw new TypeError(`Invalid HTTP method string: ${method}`);
    return String(method);
  }

  class Request extends Body {
    #url;
    #method = "GET";
    #headers;
    #redirect = "follow";
    #signal = null;
    #cf;

    constructor(input, init = {}) {
      super();
      if (input === internal) {
        this.#url = init.url;
        this.#method = init.method;
        this.#headers = init.headers;
        host.setBody(this, init);
        return;
      }
      init ??= {};
      const from = input instanceof Request ? input : null;
      this.#url = from ? from.url : new URL(input).href;
      this.#method = init.method !== undefined ? methodOf(init.method) : from?.method ?? "GET";
      this.#headers = new Headers(init.headers ?? from?.headers);
      this.#redirect = init.redirect ?? from?.redirect ?? "follow";
      if (!["follow", "manual", "error"].includes(this.#redirect)) throw new TypeError(`Invalid redirect value: ${this.#redirect}`);
      this.#signal = init.signal !== undefined ? init.signal : from?.signal ?? null;
      this.#cf = init.cf ?? from?.cf;
      const body = init.body ?? null;
      if (body !== null) {
        if (this.#method === "GET" || this.#method === "HEAD") throw new TypeError("Request with a GET or HEAD method cannot have a body.");
        const extracted = extract(body);
        host.setBody(this, extracted);
        if (extracted.type && !this.#headers.has("content-type")) this.#headers.set("content-type", extracted.type);
      } else if (from) {
        const taken = host.takeBody(from);
        if (taken !== null) host.setBody(this, taken instanceof ReadableStream ? { stream: taken } : { bytes: taken });
      }
    }
    get url() { return this.#url; }
    get method() { return this.#method; }
    get headers() { return this.#headers; }
    get redirect() { return this.#redirect; }
    get signal() { return this.#signal ??= new AbortController().signal; }
    get cf() { return this.#cf; }
    get integrity() { return ""; }
    get keepalive() { return false; }

    clone() {
      const copy = new Request(internal, { url: this.#url, method: this.#method, headers: new Headers(this.#headers) });
      copy.#redirect = this.#redirect;
      copy.#signal = this.#signal;
      copy.#cf = this.#cf;
      host.cloneBody(this, copy);
      return copy;
    }
    get [Symbol.toStringTag]() { return "Request"; }
  }

  class Response extends Body {
    #status = 200;
    #statusText = "";
    #headers;
    #url = "";
    #redirected = false;
    #type = "default";

    constructor(body = null, init = {}) {
      super();
      init ??= {};
      if (init.status !== undefined) this.#status = Number(init.status);
      if (!(Number.isInteger(this.#status) && this.#status >= 200 && this.#status <= 599)) {
        if (this.#status === 101) host.unemulated("a Response with status 101 (WebSocket)");
        throw new RangeError(`Responses may only be constructed with status codes in the range 200 to 599, inclusive.`);
      }
      if (init.statusText !== undefined) this.#statusText = String(init.statusText);
      if (init.webSocket) host.unemulated("WebSocket");
      this.#headers = new Headers(init.headers);
      if (body === null || body === undefined) return;
      if (nullBody.has(this.#status)) throw new TypeError("Response with null body status (101, 204, 205, or 304) cannot have a body.");
      const extracted = extract(body);
      host.setBody(this, extracted);
      if (extracted.type && !this.#headers.has("content-type")) this.#headers.set("content-type", extracted.type);
    }
    get status() { return this.#status; }
    get statusText() { return this.#statusText; }
    get ok() { return this.#status >= 200 && this.#status <= 299; }
    get headers() { return this.#headers; }
    get url() { return this.#url; }
    get redirected() { return this.#redirected; }
    get type() { return this.#type; }
    get webSocket() { return null; }
    get cf() { return undefined; }

    clone() {
      const copy = new Response(null, { status: this.#status, statusText: this.#statusText, headers: this.#headers });
      copy.#url = this.#url;
      copy.#redirected = this.#redirected;
      host.cloneBody(this, copy);
      return copy;
    }
    static json(data, init = {}) {
      const text = JSON.stringify(data);
      if (text === undefined) throw new TypeError("The data is not JSON serializable");
      const headers = new Headers(init?.headers);
      if (!headers.has("content-type")) headers.set("content-type", "application/json");
      return new Response(text, { ...init, headers });
    }
    static redirect(url, status = 302) {
      if (![301, 302, 303, 307, 308].includes(status)) throw new RangeError(`Invalid redirect status: ${status}`);
      return new Response(null, { status, headers: { location: new URL(url).href } });
    }
    static error() {
      const response = new Response(null, { status: 200 });
      response.#status = 0;
      response.#type = "error";
      return response;
    }
    get [Symbol.toStringTag]() { return "Response"; }

    static {
      host.fetched = (status, statusText, headers, url, redirected, stream) => {
        const response = new Response(null, { status: status < 200 ? 200 : status, statusText, headers });
        response.#status = status;
        response.#url = url;
        response.#redirected = redirected;
        host.setBody(response, { stream });
        return response;
      };
    }
  }

  // newRequest makes the Request of a fetch event, and responseParts takes the
  // Response apart that came out of it.
  host.newRequest = (method, url, headers, bytes, stream) => new Request(internal, { method, url, headers, bytes, stream });
  host.abortRequest = (request, reason) => host.abortSignal(request.signal, reason);
  host.responseParts = (response) => {
    if (!(response instanceof Response)) throw new TypeError("The handler did not return a Response");
    if (response.type === "error") throw new TypeError("The handler returned Response.error()");
    return [response.status, response.statusText, response.headers, host.takeBody(response)];
  };
  host.sourceStream = (handle) => new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const chunk = await host.sourceRead(handle);
      if (chunk === null) controller.close();
      else controller.enqueue(chunk);
    },
    cancel() { host.sourceClose(handle); },
  });

  host.platformClasses(Request, Response);
  host.define({ Request, Response });
})
