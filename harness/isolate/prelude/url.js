// URL and URLSearchParams over the parser of the host.
(function (host) {
  "use strict";

  let attach; // makes a URLSearchParams write through to a URL

  class URLSearchParams {
    #list = [];
    #url = null;

    constructor(init = "") {
      if (init instanceof URLSearchParams) {
        this.#list = init.#list.map((pair) => [...pair]);
      } else if (typeof init === "object" && init !== null) {
        const pairs = typeof init[Symbol.iterator] === "function" ? [...init] : Object.entries(init);
        for (const pair of pairs) {
          const [...entry] = pair;
          if (entry.length !== 2) throw new TypeError("Each query pair must be a name and a value");
          this.#list.push(entry.map(String));
        }
      } else {
        this.#list = host.parseForm(String(init).replace(/^\?/, ""));
      }
    }
    static {
      attach = (params, url, query) => {
        params.#url = url;
        params.#list = host.parseForm(query);
      };
    }
    #changed() { this.#url?.(this.toString()); }

    get size() { return this.#list.length; }
    append(name, value) {
      this.#list.push([String(name), String(value)]);
      this.#changed();
    }
    delete(name, value) {
      this.#list = this.#list.filter(([n, v]) => n !== String(name) || (value !== undefined && v !== String(value)));
      this.#changed();
    }
    get(name) { return this.#list.find(([n]) => n === String(name))?.[1] ?? null; }
    getAll(name) { return this.#list.filter(([n]) => n === String(name)).map(([, v]) => v); }
    has(name, value) { return this.#list.some(([n, v]) => n === String(name) && (value === undefined || v === String(value))); }
    set(name, value) {
      const i = this.#list.findIndex(([n]) => n === String(name));
      if (i < 0) {
        this.append(name, value);
        return;
      }
      this.#list = this.#list.filter(([n], j) => j === i || n !== String(name));
      this.#list[i][1] = String(value);
      this.#changed();
    }
    sort() {
      this.#list.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      this.#changed();
    }
    forEach(callback, self) { for (const [name, value] of this.#list) callback.call(self, value, name, this); }
    entries() { return this.#list.map((pair) => [...pair])[Symbol.iterator](); }
    keys() { return this.#list.map(([name]) => name)[Symbol.iterator](); }
    values() { return this.#list.map(([, value]) => value)[Symbol.iterator](); }
    [Symbol.iterator]() { return this.entries(); }
    toString() { return host.encodeForm(this.#list); }
    get [Symbol.toStringTag]() { return "URLSearchParams"; }
  }

  class URL {
    #record; // parsed, held by the host
    #params = null;

    constructor(url, base) {
      this.#record = host.parseURL(String(url), base === undefined ? undefined : String(base));
    }
    static canParse(url, base) {
      try {
        return Boolean(new URL(url, base));
      } catch {
        return false;
      }
    }
    static parse(url, base) {
      try {
        return new URL(url, base);
      } catch {
        return null;
      }
    }
    #get(part) { return host.urlGet(this.#record, part); }
    #set(part, value) {
      host.urlSet(this.#record, part, String(value));
      if (this.#params && (part === "search" || part === "href")) this.#bind();
    }
    #bind() { attach(this.#params, (query) => host.urlSet(this.#record, "search", query), this.#get("search").slice(1)); }

    get searchParams() {
      if (this.#params === null) {
        this.#params = new URLSearchParams();
        this.#bind();
      }
      return this.#params;
    }
    get origin() { return this.#get("origin"); }
    toString() { return this.#get("href"); }
    toJSON() { return this.#get("href"); }
    get [Symbol.toStringTag]() { return "URL"; }

    static {
      for (const part of ["href", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash"]) {
        Object.defineProperty(URL.prototype, part, {
          get() { return this.#get(part); },
          set(value) { this.#set(part, value); },
          enumerable: true,
          configurable: true,
        });
      }
    }
  }

  host.platformClasses(URL, URLSearchParams);
  host.define({ URL, URLSearchParams });
})
