/** @file Stands in for the module of the platform. */

/** Base class of Durable Objects. */
export class DurableObject {
  constructor(ctx, env) {
    this.ctx = ctx;
    this.env = env;
  }
}
