// ReadableStream: the queue, its controllers and its readers.
(function (host) {
  "use strict";

  const internal = Symbol("internal");
  const bytesOf = (chunk) => {
    if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
    if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    throw new TypeError("This ReadableStream did not return bytes.");
  };
  host.bytesOf = bytesOf;

  let stateOf; // the state of a stream

  function desiredSize(s) {
    if (s.state === "errored") return null;
    if (s.state === "closed") return 0;
    return s.highWaterMark - s.queued;
  }

  function enqueue(s, chunk) {
    if (s.state !== "readable" || s.closeRequested) throw new TypeError("Cannot enqueue to a stream that is closed or errored");
    if (s.requests.length > 0) {
      s.requests.shift().resolve({ value: chunk, done: false });
    } else {
      let size = 1;
      try {
        size = s.size(chunk);
        if (!(size >= 0) || size === Infinity) throw new RangeError("Invalid chunk size");
      } catch (error) {
        fail(s, error);
        throw error;
      }
      s.queue.push({ chunk, size });
      s.queued += size;
    }
    pullIfNeeded(s);
  }

  function finish(s) {
    s.state = "closed";
    for (const request of s.requests.splice(0)) request.resolve({ value: undefined, done: true });
    s.reader?.closed.resolve();
  }

  function close(s) {
    if (s.state !== "readable" || s.closeRequested) throw new TypeError("Cannot close a stream that is closed or errored");
    s.closeRequested = true;
    if (s.queue.length === 0) finish(s);
  }

  function fail(s, error) {
    if (s.state !== "readable") return;
    s.state = "errored";
    s.error = error;
    s.queue = [];
    s.queued = 0;
    for (const request of s.requests.splice(0)) request.reject(error);
    s.reader?.closed.reject(error);
  }

  function pullIfNeeded(s) {
    if (!s.started || s.state !== "readable" || s.closeRequested) return;
    if (s.requests.length === 0 && !(desiredSize(s) > 0)) return;
    if (s.pulling) {
      s.pullAgain = true;
      return;
    }
    s.pulling = true;
    Promise.resolve(call(() => s.pull(s.controller))).then(
      () => {
        s.pulling = false;
        if (s.pullAgain) {
          s.pullAgain = false;
          pullIfNeeded(s);
        }
      },
      (error) => fail(s, error),
    );
  }

  // call turns an exception into a rejection.
  function call(f) {
    try {
      return f();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  function read(s) {
    s.disturbed = true;
    if (s.state === "errored") return Promise.reject(s.error);
    if (s.queue.length > 0) {
      const { chunk, size } = s.queue.shift();
      s.queued -= size;
      if (s.closeRequested && s.queue.length === 0) finish(s);
      else pullIfNeeded(s);
      return Promise.resolve({ value: chunk, done: false });
    }
    if (s.state === "closed") return Promise.resolve({ value: undefined, done: true });
    const request = Promise.withResolvers();
    s.requests.push(request);
    pullIfNeeded(s);
    return request.promise;
  }

  function cancel(s, reason) {
    s.disturbed = true;
    if (s.state === "closed") return Promise.resolve();
    if (s.state === "errored") return Promise.reject(s.error);
    s.queue = [];
    s.queued = 0;
    finish(s);
    return Promise.resolve(call(() => s.cancel(reason))).then(() => undefined);
  }

  class ReadableStreamDefaultController {
    #s;
    constructor(token, s) {
      if (token !== internal) throw new TypeError("Illegal constructor");
      this.#s = s;
    }
    get desiredSize() { return desiredSize(this.#s); }
    enqueue(chunk) { enqueue(this.#s, chunk); }
    close() { close(this.#s); }
    error(error) { fail(this.#s, error); }
  }

  class ReadableByteStreamController {
    #s;
    constructor(token, s) {
      if (token !== internal) throw new TypeError("Illegal constructor");
      this.#s = s;
    }
    get byobRequest() { return null; }
    get desiredSize() { return desiredSize(this.#s); }
    enqueue(chunk) { enqueue(this.#s, bytesOf(chunk)); }
    close() { close(this.#s); }
    error(error) { fail(this.#s, error); }
  }

  class ReadableStream {
    #s;
    constructor(source = {}, strategy = {}) {
      const bytes = source.type === "bytes";
      if (source.type !== undefined && !bytes) throw new TypeError(`Invalid type of an underlying source: ${source.type}`);
      const s = this.#s = {
        state: "readable", error: undefined, queue: [], queued: 0, requests: [], reader: null,
        started: false, pulling: false, pullAgain: false, closeRequested: false, disturbed: false, bytes,
        highWaterMark: Number(strategy.highWaterMark ?? (bytes ? 0 : 1)),
        size: bytes ? (chunk) => chunk.byteLength : strategy.size ?? (() => 1),
        pull: source.pull ? (c) => source.pull(c) : () => undefined,
        cancel: source.cancel ? (reason) => source.cancel(reason) : () => undefined,
      };
      s.controller = bytes ? new ReadableByteStreamController(internal, s) : new ReadableStreamDefaultController(internal, s);
      const started = source.start ? source.start(s.controller) : undefined;
      Promise.resolve(started).then(
        () => {
          s.started = true;
          pullIfNeeded(s);
        },
        (error) => fail(s, error),
      );
    }
    static { stateOf = (stream) => stream.#s; }

    get locked() { return this.#s.reader !== null; }
    cancel(reason) {
      if (this.locked) return Promise.reject(new TypeError("This ReadableStream is currently locked to a reader."));
      return cancel(this.#s, reason);
    }
    getReader(options = {}) {
      if (options?.mode === "byob") return new ReadableStreamBYOBReader(this);
      return new ReadableStreamDefaultReader(this);
    }
    pipeThrough(transform, options) {
      this.pipeTo(transform.writable, options).catch(() => {});
      return transform.readable;
    }
    pipeTo(destination, options = {}) { return host.pipe(this, destination, options ?? {}); }
    tee() { return tee(this); }
    values() {
      const reader = this.getReader();
      return {
        async next() {
          const result = await reader.read();
          if (result.done) reader.releaseLock();
          return result;
        },
        async return(value) {
          await reader.cancel();
          reader.releaseLock();
          return { value, done: true };
        },
      };
    }
    static from(iterable) {
      const iterator = iterable[Symbol.iterator]();
      return new ReadableStream({
        async pull(controller) {
          const { value, done } = iterator.next();
          if (done) controller.close();
          else controller.enqueue(await value);
        },
        cancel() { iterator.return?.(); },
      }, { highWaterMark: 0 });
    }
  }

  function tee(stream) {
    const reader = stream.getReader();
    const branches = [];
    const cancelled = [Promise.withResolvers(), Promise.withResolvers()];
    const live = [true, true];
    let reading = null;
    const pull = () => reading ??= reader.read().then(
      ({ value, done }) => {
        reading = null;
        branches.forEach((s, i) => {
          if (!live[i]) return;
          if (done) close(s);
          else enqueue(s, value);
        });
      },
      (error) => branches.forEach((s) => fail(s, error)),
    );
    const make = (i) => new ReadableStream({
      pull,
      cancel(reason) {
        live[i] = false;
        cancelled[i].resolve(reason);
        if (live[1 - i]) return undefined;
        return Promise.all(cancelled.map((c) => c.promise)).then((reasons) => reader.cancel(reasons));
      },
    }, { highWaterMark: 0 });
    const pair = [make(0), make(1)];
    branches.push(...pair.map(stateOf));
    return pair;
  }

  class Reader {
    #s;
    constructor(stream) {
      if (!(stream instanceof ReadableStream)) throw new TypeError("A reader needs a ReadableStream");
      const s = stateOf(stream);
      if (s.reader !== null) throw new TypeError("This ReadableStream is currently locked to a reader.");
      this.#s = s;
      const closed = Promise.withResolvers();
      closed.promise.catch(() => {});
      s.reader = { owner: this, closed };
      this.reset(closed);
      if (s.state === "closed") closed.resolve();
      if (s.state === "errored") closed.reject(s.error);
    }
    #closed;
    reset(closed) { this.#closed = closed; }
    get closed() { return this.#closed.promise; }
    cancel(reason) { return this.#s ? cancel(this.#s, reason) : Promise.reject(released()); }
    releaseLock() {
      const s = this.#s;
      if (!s) return;
      this.#s = null;
      s.reader = null;
      for (const request of s.requests.splice(0)) request.reject(released());
      this.#closed.reject(released());
      const closed = Promise.withResolvers();
      closed.promise.catch(() => {});
      closed.reject(released());
      this.#closed = closed;
    }
    take() { return this.#s ? read(this.#s) : Promise.reject(released()); }
    unread(chunk) {
      this.#s.queue.unshift({ chunk, size: chunk.byteLength });
      this.#s.queued += chunk.byteLength;
    }
    isBytes() { return this.#s.bytes; }
  }
  const { take, unread, isBytes } = Reader.prototype;
  for (const name of ["take", "unread", "isBytes", "reset"]) {
    Object.defineProperty(Reader.prototype, name, { value: Reader.prototype[name], enumerable: false });
  }
  const released = () => new TypeError("This ReadableStream reader has been released.");

  class ReadableStreamDefaultReader extends Reader {
    read() { return take.call(this); }
  }

  class ReadableStreamBYOBReader extends Reader {
    constructor(stream) {
      super(stream);
      if (!isBytes.call(this)) {
        this.releaseLock();
        throw new TypeError("This ReadableStream does not support BYOB reads.");
      }
    }
    async read(view) {
      const { value, done } = await take.call(this);
      const target = bytesOf(view);
      if (done) return { value: new view.constructor(view.buffer, view.byteOffset, 0), done: true };
      const n = Math.min(target.length, value.length);
      target.set(value.subarray(0, n));
      if (n < value.length) unread.call(this, value.subarray(n));
      return { value: new view.constructor(view.buffer, view.byteOffset, n / (view.BYTES_PER_ELEMENT ?? 1)), done: false };
    }
  }

  class CountQueuingStrategy {
    constructor({ highWaterMark }) { this.highWaterMark = highWaterMark; }
    get size() { return () => 1; }
  }
  class ByteLengthQueuingStrategy {
    constructor({ highWaterMark }) { this.highWaterMark = highWaterMark; }
    get size() { return (chunk) => chunk.byteLength; }
  }

  host.isDisturbed = (stream) => stateOf(stream).disturbed;
  host.streamFromBytes = (bytes) => new ReadableStream({
    type: "bytes",
    pull(controller) {
      if (bytes.byteLength > 0) controller.enqueue(bytes);
      controller.close();
    },
  });

  // readAll collects the bytes of a stream.
  host.readAll = async (stream) => {
    const reader = stream.getReader();
    const chunks = [];
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return host.concat(chunks);
      chunks.push(bytesOf(value));
    }
  };

  // pump reads a stream to its end into push, and then calls end with null or the
  // error. push may return a promise to wait for, or false when nobody wants more.
  // pump returns a function that cancels.
  host.pump = (stream, push, end) => {
    const reader = stream.getReader();
    const cancel = (reason) => reader.cancel(reason).catch(() => {});
    const run = async () => {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        const wait = push(bytesOf(value));
        if (wait === false) return void cancel();
        if (wait !== undefined) await wait;
      }
    };
    run().then(() => end(null), end);
    return cancel;
  };

  host.platformClasses(ReadableStream);
  host.define({
    ReadableStream, ReadableStreamDefaultReader, ReadableStreamBYOBReader,
    ReadableStreamDefaultController, ReadableByteStreamController,
    CountQueuingStrategy, ByteLengthQueuingStrategy,
  });
})
