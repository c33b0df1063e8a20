// What the entry module gets and is asked for: contexts, base classes, handlers.
(function (host) {
  "use strict";

  class ExecutionContext {
    #event;
    constructor(token, event) {
      if (token !== host.internal) throw new TypeError("Illegal constructor");
      this.#event = event;
    }
    get props() { return {}; }
    waitUntil(promise) { host.waitUntil(this.#event, Promise.resolve(promise)); }
    passThroughOnException() {}
    abort() { return host.unemulated("ctx.abort"); }
  }

  class WorkerEntrypoint {
    constructor(ctx, env) {
      this.ctx = ctx;
      this.env = env;
    }
  }

  class RpcTarget {}

  // handle calls a handler of the default export, which is an object or a class
  // that extends WorkerEntrypoint.
  host.handle = (exported, name, event, env, context) => {
    const ctx = new ExecutionContext(host.internal, context);
    if (typeof exported === "function" && exported.prototype instanceof WorkerEntrypoint) {
      const entrypoint = new exported(ctx, env);
      if (typeof entrypoint[name] !== "function") throw new TypeError(`Handler does not export a ${name}() function.`);
      return entrypoint[name](event);
    }
    if (typeof exported?.[name] !== "function") throw new TypeError(`Handler does not export a ${name}() function.`);
    return exported[name](event, env, ctx);
  };

  class ScheduledController {
    #cron;
    #time;
    constructor(token, cron, time) {
      if (token !== host.internal) throw new TypeError("Illegal constructor");
      this.#cron = cron;
      this.#time = time;
    }
    get cron() { return this.#cron; }
    get scheduledTime() { return this.#time; }
    get type() { return "scheduled"; }
    noRetry() {}
  }
  host.newScheduled = (cron, time) => new ScheduledController(host.internal, cron, time);

  // describeError takes apart what was thrown, for other isolates and for logs.
  host.describeError = (error) => {
    if (!(error instanceof Error)) return { thrown: typeof error === "object" ? JSON.stringify(error) ?? "object" : String(error) };
    const { name, message, stack, retryable, overloaded, durableObjectReset } = error;
    return { name: String(name), message: String(message), stack: String(stack), retryable: Boolean(retryable), overloaded: Boolean(overloaded), durableObjectReset: Boolean(durableObjectReset) };
  };
  const classes = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
  host.remoteError = (name, message, properties) => Object.assign(new (classes[name] ?? Error)(message), properties);

  host.WorkerEntrypoint = WorkerEntrypoint;
  host.RpcTarget = RpcTarget;
  host.platformClasses(ExecutionContext);
})
