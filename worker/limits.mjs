/**
 * @file Bounds of one isolate. The first three are variables of the deployment (docs/configuration.md).
 */

/** Longest request body, in bytes. */
export const MAX_BODY = 2 * 1024 * 1024;

/** Longest wait for an instance, in ms. */
export const QUEUE_TIMEOUT_MS = 10 * 1000;

/** Longest time that one request may hold an instance, in ms. After it the instance is taken for wedged. */
export const DEADLINE_MS = 30 * 1000;

/** Instances that were taken this long ago, in ms, are lost: the event that had them was ended by the platform. */
export const LOST_MS = 60 * 1000;

/**
 * Bounds from the deployment's variables; what is missing or no positive whole number has its default.
 * @param {object} env bindings
 * @returns {{maxInstances: number, maxQueue: number, loginConcurrency: number}} the bounds
 */
export function limitsOf(env) {
  const bound = (name, fallback) => (/^[1-9][0-9]{0,5}$/.test(String(env[name] ?? "")) ? Number(env[name]) : fallback);
  return {
    maxInstances: bound("MAX_INSTANCES", 8),
    maxQueue: bound("MAX_QUEUE", 256),
    loginConcurrency: bound("LOGIN_CONCURRENCY", 32),
  };
}
