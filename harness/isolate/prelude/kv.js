// KV namespaces.
(function (host) {
  "use strict";

  const maxKeys = 100;
  const maxKeyBytes = 512;
  const maxMetadataBytes = 1024;
  const maxValueBytes = 25 * 1024 * 1024;

  function checkKey(operation, key) {
    if (typeof key !== "string") key = String(key);
    if (key === "") throw new TypeError("Key name cannot be empty.");
    if (key === "." || key === "..") throw new TypeError(`"${key}" is not allowed as a key name.`);
    const length = host.encode(key).length;
    if (length > maxKeyBytes) {
      throw new Error(`KV ${operation} failed: 414 UTF-8 encoded length of ${length} exceeds key length limit of ${maxKeyBytes}.`);
    }
    return key;
  }

  function typeOf(options) {
    const type = (typeof options === "string" ? options : options?.type) ?? "text";
    if (!["text", "json", "arrayBuffer", "stream"].includes(type)) {
      throw new TypeError(`Unknown response type. Possible types are "text", "arrayBuffer", "json", and "stream".`);
    }
    return type;
  }

  function convert(bytes, type) {
    switch (type) {
      case "text": return host.decode(bytes);
      case "json": return JSON.parse(host.decode(bytes));
      case "arrayBuffer": return bytes.buffer;
      default: return host.streamFromBytes(bytes);
    }
  }

  // expirationOf returns the absolute expiry in unix seconds, 0 for never.
  function expirationOf({ expiration, expirationTtl }) {
    const now = Math.floor(Date.now() / 1000);
    if (expirationTtl !== undefined) {
      if (!Number.isInteger(Number(expirationTtl)) || expirationTtl < 60) {
        throw new Error(`KV PUT failed: 400 Invalid expiration_ttl of ${expirationTtl}. Expiration TTL must be at least 60.`);
      }
      return now + Number(expirationTtl);
    }
    if (expiration === undefined) return 0;
    if (!Number.isInteger(Number(expiration)) || expiration <= now) {
      throw new Error(`KV PUT failed: 400 Invalid expiration of ${expiration}. Please specify integer greater than the current number of seconds since the UNIX epoch.`);
    }
    if (expiration < now + 60) {
      throw new Error(`KV PUT failed: 400 Invalid expiration of ${expiration}. Expiration times must be at least 60 seconds in the future.`);
    }
    return Number(expiration);
  }

  async function valueBytes(value) {
    let bytes;
    if (typeof value === "string") bytes = host.encode(value);
    else if (value instanceof ReadableStream) bytes = await host.readAll(value);
    else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) bytes = host.bytesOf(value).slice();
    else throw new TypeError("KV put() accepts only strings, ArrayBuffers, ArrayBufferViews, and ReadableStreams as values.");
    if (bytes.length > maxValueBytes) {
      throw new Error(`KV PUT failed: 413 Value length of ${bytes.length} exceeds limit of ${maxValueBytes}.`);
    }
    return bytes;
  }

  class KVNamespace {
    #kv;
    constructor(token, kv) {
      if (token !== host.internal) throw new TypeError("Illegal constructor");
      this.#kv = kv;
    }

    // #one returns { value, metadata } of a key, both null when it is missing.
    async #one(key, type) {
      const entry = await host.kvGet(this.#kv, key);
      if (entry === null) return { value: null, metadata: null, cacheStatus: null };
      const [bytes, metadata] = entry;
      return { value: convert(bytes, type), metadata: metadata === null ? null : JSON.parse(metadata), cacheStatus: null };
    }

    async #read(key, options) {
      const type = typeOf(options);
      if (!Array.isArray(key)) return await this.#one(checkKey("GET", key), type);
      if (type !== "text" && type !== "json") throw new TypeError(`"${type}" is not a valid type. Use "json" or "text"`);
      if (key.length === 0 || key.length > maxKeys) {
        throw new Error(`KV GET_BULK failed: 400 You can request a maximum of ${maxKeys} keys`);
      }
      const keys = key.map((k) => checkKey("GET_BULK", k));
      return new Map(await Promise.all(keys.map(async (k) => [k, await this.#one(k, type)])));
    }

    async get(key, options) {
      const result = await this.#read(key, options);
      if (!(result instanceof Map)) return result.value;
      return new Map([...result].map(([k, { value }]) => [k, value]));
    }

    async getWithMetadata(key, options) { return await this.#read(key, options); }

    async put(key, value, options) {
      options ??= {};
      key = checkKey("PUT", key);
      const expiration = expirationOf(options);
      const metadata = options.metadata === undefined || options.metadata === null ? null : JSON.stringify(options.metadata);
      if (metadata !== null && host.encode(metadata).length > maxMetadataBytes) {
        throw new Error(`KV PUT failed: 413 Metadata length of ${host.encode(metadata).length} exceeds limit of ${maxMetadataBytes}.`);
      }
      await host.kvPut(this.#kv, key, await valueBytes(value), expiration, metadata);
    }

    async delete(key) { await host.kvDelete(this.#kv, checkKey("DELETE", key)); }

    async list(options) {
      const { prefix = "", cursor = "", limit = 1000 } = options ?? {};
      if (!Number.isInteger(limit) || limit < 1) throw new Error("KV GET failed: 400 Invalid key_count_limit of " + limit + ". Please specify an integer greater than 0.");
      const page = await host.kvList(this.#kv, prefix ?? "", cursor ?? "", Math.min(limit, 1000));
      const keys = page.keys.map(([name, expiration, metadata]) => {
        const key = { name };
        if (expiration > 0) key.expiration = expiration;
        if (metadata !== null) key.metadata = JSON.parse(metadata);
        return key;
      });
      return page.complete ? { keys, list_complete: true, cacheStatus: null } : { keys, list_complete: false, cursor: page.cursor, cacheStatus: null };
    }
  }

  host.newKV = (kv) => new KVNamespace(host.internal, kv);
  host.platformClasses(KVNamespace);
})
