// WritableStream, TransformStream and pipes.
(function (host) {
  "use strict";

  const handled = (promise) => {
    promise.catch(() => {});
    return promise;
  };
  const attempt = (f) => {
    try {
      return Promise.resolve(f());
    } catch (error) {
      return Promise.reject(error);
    }
  };
  const settled = () => {
    const r = Promise.withResolvers();
    handled(r.promise);
    return r;
  };

  let stateOf;

  const desiredSize = (s) => {
    if (s.state === "errored" || s.state === "erroring") return null;
    if (s.state === "closed") return 0;
    return s.highWaterMark - s.queued;
  };

  // updateReady gives writers a new promise while the queue is full.
  function updateReady(s) {
    const full = s.state === "writable" && !s.closing && desiredSize(s) <= 0;
    if (full && s.readyDone) {
      s.ready = settled();
      s.readyDone = false;
    } else if (!full && !s.readyDone) {
      s.ready.resolve();
      s.readyDone = true;
    }
  }

  function fail(s, error) {
    if (s.state === "errored" || s.state === "closed") return;
    s.state = "errored";
    s.error = error;
    for (const { done } of s.queue.splice(0)) done.reject(error);
    if (!s.readyDone) s.ready.reject(error);
    else {
      s.ready = settled();
      s.ready.reject(error);
    }
    s.readyDone = true;
    s.closed.reject(error);
  }

  // advance hands the next chunk, or the end, to the sink.
  function advance(s) {
    if (!s.started || s.busy || s.state !== "writable" || s.queue.length === 0) return;
    const { chunk, size, done, end } = s.queue[0];
    s.busy = true;
    attempt(() => end ? s.close() : s.write(chunk, s.controller)).then(
      () => {
        s.busy = false;
        if (s.state !== "writable") {
          done.reject(s.error);
          return;
        }
        s.queue.shift();
        s.queued -= size;
        if (end) {
          s.state = "closed";
          s.closed.resolve();
        }
        done.resolve();
        updateReady(s);
        advance(s);
      },
      (error) => {
        s.busy = false;
        fail(s, error);
        done.reject(error);
      },
    );
  }

  function push(s, chunk, end) {
    if (s.state === "errored") return Promise.reject(s.error);
    if (s.state === "closed" || s.closing) return Promise.reject(new TypeError("This WritableStream has been closed."));
    const done = settled();
    let size = 0;
    if (end) s.closing = true;
    else size = s.size(chunk);
    s.queue.push({ chunk, size, done, end });
    s.queued += size;
    updateReady(s);
    advance(s);
    return done.promise;
  }

  function abort(s, reason) {
    if (s.state === "closed" || s.state === "errored") return Promise.resolve();
    const error = reason === undefined ? new DOMException("The stream was aborted", "AbortError") : reason;
    fail(s, error);
    return attempt(() => s.abort(reason)).then(() => undefined);
  }

  class WritableStream {
    #s;
    constructor(sink = {}, strategy = {}) {
      const s = this.#s = {
        state: "writable", error: undefined, queue: [], queued: 0, started: false, busy: false, closing: false,
        locked: false, ready: settled(), readyDone: true, closed: settled(),
        highWaterMark: Number(strategy.highWaterMark ?? 1), size: strategy.size ?? (() => 1),
        write: sink.write ? (chunk, c) => sink.write(chunk, c) : () => undefined,
        close: sink.close ? () => sink.close() : () => undefined,
        abort: sink.abort ? (reason) => sink.abort(reason) : () => undefined,
      };
      s.ready.resolve();
      s.controller = { error: (e) => fail(s, e), signal: new AbortController().signal };
      attempt(() => sink.start?.(s.controller)).then(
        () => {
          s.started = true;
          advance(s);
        },
        (error) => fail(s, error),
      );
    }
    static { stateOf = (stream) => stream.#s; }

    get locked() { return this.#s.locked; }
    getWriter() { return new WritableStreamDefaultWriter(this); }
    abort(reason) { return this.locked ? Promise.reject(locked()) : abort(this.#s, reason); }
    close() { return this.locked ? Promise.reject(locked()) : push(this.#s, undefined, true); }
  }
  const locked = () => new TypeError("This WritableStream is currently locked to a writer.");

  class WritableStreamDefaultWriter {
    #s;
    constructor(stream) {
      const s = stateOf(stream);
      if (s.locked) throw locked();
      s.locked = true;
      this.#s = s;
    }
    #need() {
      if (!this.#s) throw new TypeError("This WritableStream writer has been released.");
      return this.#s;
    }
    get closed() { return this.#need().closed.promise; }
    get ready() { return this.#need().ready.promise; }
    get desiredSize() { return desiredSize(this.#need()); }
    write(chunk) { return attempt(() => push(this.#need(), chunk, false)); }
    close() { return attempt(() => push(this.#need(), undefined, true)); }
    abort(reason) { return attempt(() => abort(this.#need(), reason)); }
    releaseLock() {
      if (this.#s) this.#s.locked = false;
      this.#s = null;
    }
  }

  class TransformStream {
    #readable;
    #writable;
    constructor(transformer = {}, writableStrategy = {}, readableStrategy = {}) {
      let out; // controller of the readable side
      let wanted = settled(); // resolved while the readable side wants more
      let ended = false;
      const controller = {
        get desiredSize() { return out.desiredSize; },
        enqueue(chunk) {
          wanted = settled(); // until the readable side pulls again, which enqueue may make it do
          out.enqueue(chunk);
        },
        error(error) {
          out.error(error);
          fail(stateOf(writable), error);
          wanted.resolve();
        },
        terminate() {
          ended = true;
          out.close();
          fail(stateOf(writable), new TypeError("This TransformStream has been terminated"));
        },
      };
      const transform = transformer.transform ? (chunk) => transformer.transform(chunk, controller) : (chunk) => controller.enqueue(chunk);
      const started = Promise.withResolvers();
      this.#readable = new ReadableStream({
        start(c) { out = c; },
        pull() { wanted.resolve(); },
        cancel(reason) {
          fail(stateOf(writable), reason);
          wanted.resolve();
          return transformer.cancel?.(reason);
        },
      }, { highWaterMark: readableStrategy.highWaterMark ?? 0, size: readableStrategy.size });
      const writable = this.#writable = new WritableStream({
        start: () => started.promise,
        async write(chunk) {
          await wanted.promise;
          if (stateOf(writable).state !== "writable") throw stateOf(writable).error;
          try {
            await transform(chunk);
          } catch (error) {
            out.error(error);
            throw error;
          }
        },
        async close() {
          try {
            await transformer.flush?.(controller);
          } catch (error) {
            out.error(error);
            throw error;
          }
          if (!ended) out.close();
        },
        abort(reason) { out.error(reason); },
      }, writableStrategy);
      attempt(() => transformer.start?.(controller)).then(started.resolve, (error) => {
        out.error(error);
        started.reject(error);
      });
    }
    get readable() { return this.#readable; }
    get writable() { return this.#writable; }
  }

  class IdentityTransformStream extends TransformStream {
    constructor() {
      super({ transform(chunk, controller) { controller.enqueue(host.bytesOf(chunk)); } });
    }
  }

  class FixedLengthStream extends TransformStream {
    constructor(length) {
      let left = Number(length);
      super({
        transform(chunk, controller) {
          const bytes = host.bytesOf(chunk);
          left -= bytes.length;
          if (left < 0) throw new TypeError("Attempt to write too many bytes through a FixedLengthStream.");
          controller.enqueue(bytes);
        },
        flush() {
          if (left > 0) throw new TypeError("FixedLengthStream did not see all expected bytes before close().");
        },
      });
    }
  }

  class TextEncoderStream extends TransformStream {
    constructor() {
      const encoder = new TextEncoder();
      super({ transform(chunk, controller) { controller.enqueue(encoder.encode(String(chunk))); } });
    }
    get encoding() { return "utf-8"; }
  }

  class TextDecoderStream extends TransformStream {
    constructor(label, options) {
      const decoder = new TextDecoder(label, options);
      super({
        transform(chunk, controller) {
          const text = decoder.decode(chunk, { stream: true });
          if (text !== "") controller.enqueue(text);
        },
        flush(controller) {
          const text = decoder.decode();
          if (text !== "") controller.enqueue(text);
        },
      });
    }
  }

  // pipe implements ReadableStream.prototype.pipeTo.
  host.pipe = async (source, destination, { preventClose, preventAbort, preventCancel, signal }) => {
    const reader = source.getReader();
    const writer = destination.getWriter();
    const stop = signal ? new Promise((_, reject) => {
      const now = () => reject(signal.reason);
      if (signal.aborted) now();
      else signal.addEventListener("abort", now);
    }) : null;
    if (stop) handled(stop);
    const race = (promise) => stop ? Promise.race([promise, stop]) : promise;
    let reading = false;
    try {
      for (;;) {
        await race(writer.ready);
        reading = true;
        const { value, done } = await race(reader.read());
        reading = false;
        if (done) break;
        handled(writer.write(value));
      }
      if (!preventClose) await writer.close();
    } catch (error) {
      if (reading && !signal?.aborted) {
        if (!preventAbort) await writer.abort(error);
      } else {
        if (!preventAbort && signal?.aborted) await writer.abort(error);
        if (!preventCancel) await reader.cancel(error).catch(() => {});
      }
      throw error;
    } finally {
      reader.releaseLock();
      writer.releaseLock();
    }
  };

  host.platformClasses(WritableStream, TransformStream);
  host.define({
    WritableStream, WritableStreamDefaultWriter, TransformStream, IdentityTransformStream, FixedLengthStream,
    TextEncoderStream, TextDecoderStream,
  });
})
