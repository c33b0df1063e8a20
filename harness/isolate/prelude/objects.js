// Durable Objects, from both sides: stubs for those who call, state and storage
// for the object itself.
(function (host) {
  "use strict";

  class DurableObjectId {
    #name;
    #hex;
    constructor(token, name, hex) {
      if (token !== host.internal) throw new TypeError("Illegal constructor");
      this.#name = name;
      this.#hex = hex;
    }
    get name() { return this.#name; }
    toString() { return this.#hex; }
    equals(other) { return other instanceof DurableObjectId && other.#hex === this.#hex; }
  }

  // A stub's own properties; every other name is a method of the object.
  class DurableObjectStub {
    #binding;
    #id;
    constructor(token, binding, id) {
      if (token !== host.internal) throw new TypeError("Illegal constructor");
      this.#binding = binding;
      this.#id = id;
    }
    get id() { return this.#id; }
    get name() { return this.#id.name; }
    async fetch(input, init) {
      const request = new Request(input, init);
      const body = host.takeBody(request);
      const bytes = body instanceof ReadableStream ? await host.readAll(body) : body;
      const [status, statusText, headers, response] = await host.objectCall(this.#binding, this.#id.name, "fetch", [
        request.method, request.url, JSON.stringify([...request.headers]), bytes,
      ]);
      return host.fetched(status, statusText, new Headers(JSON.parse(headers)), "", false, response === null ? null : host.streamFromBytes(response));
    }
    static call(stub, method, args) { return host.objectCall(stub.#binding, stub.#id.name, method, args); }
  }
  const call = DurableObjectStub.call;
  delete DurableObjectStub.call;

  const methods = {
    get(stub, property) {
      if (typeof property === "symbol" || property in stub) {
        const value = Reflect.get(stub, property, stub);
        return typeof value === "function" ? value.bind(stub) : value;
      }
      if (property === "then") return undefined; // a stub is not a promise
      return async (...args) => await call(stub, property, args);
    },
  };

  class DurableObjectNamespace {
    #binding;
    constructor(token, binding) {
      if (token !== host.internal) throw new TypeError("Illegal constructor");
      this.#binding = binding;
    }
    idFromName(name) { return new DurableObjectId(host.internal, String(name), host.objectID(this.#binding, String(name))); }
    get(id) {
      if (!(id instanceof DurableObjectId)) throw new TypeError("DurableObjectNamespace.get needs a DurableObjectId");
      return new Proxy(new DurableObjectStub(host.internal, this.#binding, id), methods);
    }
    getByName(name) { return this.get(this.idFromName(name)); }
    idFromString() { return host.unemulated("DurableObjectNamespace.idFromString"); }
    newUniqueId() { return host.unemulated("DurableObjectNamespace.newUniqueId"); }
    jurisdiction() { return host.unemulated("DurableObjectNamespace.jurisdiction"); }
  }

  class SyncKvStorage {
    #object;
    constructor(token, object) {
      if (token !== host.internal) throw new TypeError("Illegal constructor");
      this.#object = object;
    }
    get(key) { return host.storageGet(this.#object, String(key)); }
    put(key, value) { host.storagePut(this.#object, String(key), value); }
    delete(key) { return host.storageDelete(this.#object, String(key)); }
    list(options) { return host.storageList(this.#object, listOptions(options))[Symbol.iterator](); }
  }

  function listOptions(options) {
    const { prefix = "", start = "", startAfter = "", end = "", limit = 0, reverse = false } = options ?? {};
    if (start && startAfter) throw new TypeError("list() cannot be called with both start and startAfter values.");
    if (options?.limit !== undefined && !(Number.isInteger(limit) && limit > 0)) throw new TypeError("List limit must be positive.");
    return { prefix, start, startAfter, end, limit, reverse: Boolean(reverse) };
  }

  class DurableObjectStorage {
    #object;
    #kv;
    constructor(token, object) {
      if (token !== host.internal) throw new TypeError("Illegal constructor");
      this.#object = object;
      this.#kv = new SyncKvStorage(host.internal, object);
    }
    get kv() { return this.#kv; }
    get sql() { return host.unemulated("ctx.storage.sql"); }

    transactionSync(callback) {
      host.transactionBegin(this.#object);
      let result;
      try {
        result = callback();
      } catch (error) {
        host.transactionEnd(this.#object, false);
        throw error;
      }
      host.transactionEnd(this.#object, true);
      return result;
    }
    transaction() { return host.unemulated("ctx.storage.transaction"); }

    // The asynchronous calls are the synchronous ones with a promise around.
    async get(key) {
      if (!Array.isArray(key)) return this.#kv.get(key);
      return new Map(key.map((k) => [k, this.#kv.get(k)]).filter(([, value]) => value !== undefined));
    }
    async put(key, value) {
      if (typeof key === "object") for (const [k, v] of Object.entries(key)) this.#kv.put(k, v);
      else this.#kv.put(key, value);
    }
    async delete(key) {
      if (!Array.isArray(key)) return this.#kv.delete(key);
      return key.filter((k) => this.#kv.delete(k)).length;
    }
    async list(options) { return new Map(this.#kv.list(options)); }
    async deleteAll() { host.storageDeleteAll(this.#object); }

    async getAlarm() { return host.alarmGet(this.#object); }
    async setAlarm(time) {
      const at = time instanceof Date ? time.getTime() : Number(time);
      if (!(at > 0)) throw new TypeError("setAlarm() cannot be called with an alarm time <= 0");
      host.alarmSet(this.#object, Math.floor(at));
    }
    async deleteAlarm() { host.alarmSet(this.#object, 0); }
    sync() { return host.storageSync(this.#object); }
  }

  class DurableObjectState {
    #object;
    #id;
    #storage;
    constructor(token, object, name, hex) {
      if (token !== host.internal) throw new TypeError("Illegal constructor");
      this.#object = object;
      this.#id = new DurableObjectId(host.internal, name, hex);
      this.#storage = new DurableObjectStorage(host.internal, object);
    }
    get id() { return this.#id; }
    get storage() { return this.#storage; }
    get props() { return {}; }
    waitUntil(promise) { host.objectWaitUntil(this.#object, Promise.resolve(promise)); }
    async blockConcurrencyWhile(callback) {
      host.objectBlock(this.#object);
      try {
        const result = await callback();
        host.objectUnblock(this.#object);
        return result;
      } catch (error) {
        host.objectReset(this.#object, error);
        throw error;
      }
    }
    abort(reason) {
      host.objectReset(this.#object, reason ?? new Error("Durable Object was aborted by itself"));
      throw reason ?? new Error("Durable Object was aborted by itself");
    }
    acceptWebSocket() { return host.unemulated("ctx.acceptWebSocket"); }
    getWebSockets() { return host.unemulated("ctx.getWebSockets"); }
  }

  class DurableObject {
    constructor(ctx, env) {
      this.ctx = ctx;
      this.env = env;
    }
  }

  const reserved = new Set(["constructor", "alarm", "fetch", "connect", "dup", "webSocketMessage", "webSocketClose", "webSocketError"]);

  // objectInvoke calls what a stub named: a method of the class, not a property
  // that happens to be a function.
  host.objectInvoke = (object, method, args) => {
    if (!(object instanceof DurableObject)) {
      throw new TypeError("The receiving Durable Object does not support RPC, because its class was not declared with `extends DurableObject`.");
    }
    const own = !reserved.has(method) && !Object.hasOwn(object, method) && !(method in DurableObject.prototype);
    const f = own ? object[method] : undefined;
    if (typeof f !== "function") throw new TypeError(`The RPC receiver does not implement the method "${method}".`);
    return f.apply(object, args);
  };

  host.objectFetch = async (object, method, url, headers, bytes) => {
    if (typeof object.fetch !== "function") throw new TypeError("Handler does not export a fetch() function.");
    const request = host.newRequest(method, url, new Headers(JSON.parse(headers)), bytes, null);
    const [status, statusText, list, body] = host.responseParts(await object.fetch(request));
    return [status, statusText, JSON.stringify([...list]), body instanceof ReadableStream ? await host.readAll(body) : body];
  };

  host.objectAlarm = (object, retryCount) => {
    if (typeof object.alarm !== "function") throw new TypeError("Your Durable Object class must have an alarm() handler in order to call setAlarm()");
    return object.alarm({ isRetry: retryCount > 0, retryCount });
  };

  host.newNamespace = (binding) => new DurableObjectNamespace(host.internal, binding);
  host.newState = (object, name, hex) => new DurableObjectState(host.internal, object, name, hex);
  host.DurableObject = DurableObject;
  host.platformClasses(DurableObjectNamespace, DurableObjectStub, DurableObjectState, DurableObjectStorage);
})
