/**
 * @file What the deployment sets for the JavaScript side, and what it passes on to Go.
 */

/** Milliseconds a request waits for an instance before it is refused. */
export const QUEUE_TIMEOUT_MS = 10000;

/** Milliseconds Go has to answer a request before its instance is given up. */
export const REQUEST_DEADLINE_MS = 30000;

/** Milliseconds Go has for the work that follows a response. The platform allows 30 s. */
export const SETTLE_DEADLINE_MS = 25000;

/** Milliseconds a scheduled sweep may take. */
export const SWEEP_DEADLINE_MS = 300000;

/** Bytes of request bodies that one isolate holds at a time. */
export const BODY_BUDGET_BYTES = 32 * 1024 * 1024;

/** Kinds of refusals that an isolate counts apart until the module hears of them. */
export const MAX_REFUSED = 32;

/**
 * The numbers that bound one isolate. A value that is not a positive integer counts as not set.
 * @param {object} env vars and bindings
 * @returns {{maxInstances: number, maxQueue: number, loginConcurrency: number}} instances, waiting requests, logins at once
 */
export function boundsOf(env) {
  return {
    maxInstances: positive(env.MAX_INSTANCES, 8),
    maxQueue: positive(env.MAX_QUEUE, 256),
    loginConcurrency: positive(env.LOGIN_CONCURRENCY, 32),
  };
}

/**
 * Vars and secrets for Go.
 * @param {object} env vars and bindings
 * @returns {string} JSON object of all that are text
 */
export function configOf(env) {
  const config = {};
  for (const name of Object.keys(env)) if (typeof env[name] === "string") config[name] = env[name];
  return JSON.stringify(config);
}

function positive(value, otherwise) {
  const number = Number(value);
  return Number.isSafeInteger(number) && number > 0 ? number : otherwise;
}
