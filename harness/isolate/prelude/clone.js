// structuredClone, without transfer of ownership.
(function (host) {
  "use strict";

  const fail = (value) => {
    throw new DOMException(`${typeof value === "function" ? "A function" : Object.prototype.toString.call(value)} could not be cloned.`, "DataCloneError");
  };

  const errors = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

  function clone(value, seen) {
    if (typeof value === "symbol" || typeof value === "function") fail(value);
    if (typeof value !== "object" || value === null) return value;
    if (seen.has(value)) return seen.get(value);
    const keep = (copy) => {
      seen.set(value, copy);
      return copy;
    };
    if (Array.isArray(value)) {
      const copy = keep(new Array(value.length));
      for (const key of Object.keys(value)) copy[key] = clone(value[key], seen);
      return copy;
    }
    if (value instanceof Date) return keep(new Date(value.getTime()));
    if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
    if (value instanceof ArrayBuffer) return keep(value.slice(0));
    if (ArrayBuffer.isView(value)) {
      const buffer = clone(value.buffer, seen);
      const length = value instanceof DataView ? value.byteLength : value.length;
      return keep(new value.constructor(buffer, value.byteOffset, length));
    }
    if (value instanceof Map) {
      const copy = keep(new Map());
      for (const [k, v] of value) copy.set(clone(k, seen), clone(v, seen));
      return copy;
    }
    if (value instanceof Set) {
      const copy = keep(new Set());
      for (const v of value) copy.add(clone(v, seen));
      return copy;
    }
    if (value instanceof Error) {
      const copy = keep(new (errors[value.name] ?? Error)(value.message));
      if ("cause" in value) copy.cause = clone(value.cause, seen);
      copy.stack = value.stack;
      return copy;
    }
    if (value instanceof Boolean || value instanceof Number || value instanceof String) return keep(Object(value.valueOf()));
    const proto = Object.getPrototypeOf(value);
    if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet || host.isPlatformObject(value)) fail(value);
    if (proto !== null && Object.prototype.toString.call(value) !== "[object Object]") fail(value);
    const copy = keep({});
    for (const key of Object.keys(value)) copy[key] = clone(value[key], seen);
    return copy;
  }

  const platform = [];
  host.isPlatformObject = (value) => platform.some((c) => value instanceof c);
  host.platformClasses = (...classes) => platform.push(...classes);

  host.define({
    structuredClone(value, options) {
      if (options?.transfer?.length) host.unemulated("structuredClone with transfer");
      return clone(value, new Map());
    },
  });
})
