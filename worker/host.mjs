/**
 * @file What the module may ask of the platform. Text in, text out.
 */

const MAX_EDGE_KEYS = 100; // of an edge read
const MAX_EDGE_PAGE = 1000; // records of an edge scan
const MAX_FETCHED = 1024 * 1024; // characters of a body that came from outside
const FETCH_TIMEOUT_MS = 10 * 1000;

/** A binding that the deployment lacks. */
export class Unbound extends Error {}

/** A service outside that gave no answer in time. */
export class TimedOut extends Error {}

/**
 * Does one call for the module.
 * @param {object} env bindings: SEQUENCER, STORE
 * @param {string} kind read, commit, edge_get, edge_scan or fetch
 * @param {string} target partition, for read and commit
 * @param {string} payload JSON of the request
 * @returns {Promise<string>} JSON of the reply
 */
export async function ask(env, kind, target, payload) {
  switch (kind) {
    case "read":
    case "commit":
      return bound(env, "SEQUENCER").getByName(target)[kind](payload);
    case "edge_get":
      return JSON.stringify(await edgeGet(bound(env, "STORE"), JSON.parse(payload)));
    case "edge_scan":
      return JSON.stringify(await edgeScan(bound(env, "STORE"), JSON.parse(payload)));
    case "fetch":
      return JSON.stringify(await fetchOutside(JSON.parse(payload)));
    default:
      throw new Error(`unknown kind of call: ${kind}`);
  }
}

/**
 * The word for a failed call that the module knows.
 * @param {unknown} error why `ask` failed
 * @returns {string} overloaded, unbound, timeout or unavailable
 */
export function wordOf(error) {
  if (error instanceof Unbound) return "unbound";
  if (error instanceof TimedOut) return "timeout";
  return error && error.overloaded ? "overloaded" : "unavailable";
}

function bound(env, name) {
  if (!env[name]) throw new Unbound(`${name} is not bound`);
  return env[name];
}

async function edgeGet(kv, { keys }) {
  if ((keys ?? []).length > MAX_EDGE_KEYS) throw new RangeError(`an edge read of ${keys.length} keys`);
  return { records: await fetchRecords(kv, keys ?? []) };
}

async function fetchRecords(kv, keys) {
  const found = await Promise.all(keys.map((key) => kv.getWithMetadata(key, "text")));
  const now = Date.now();
  const records = [];
  found.forEach(({ value, metadata }, i) => {
    if (isLive(value, metadata, now)) records.push(recordOf(keys[i], value, metadata));
  });
  return records;
}

/** A page may be empty, or hold only what has expired, and not be the last: it is skipped. */
async function edgeScan(kv, { prefix, cursor, limit }) {
  if (!(limit >= 1 && limit <= MAX_EDGE_PAGE)) throw new RangeError(`an edge scan of limit ${limit}`);
  let at = cursor;
  for (;;) {
    const page = await kv.list({ prefix, limit, cursor: at || undefined });
    const next = page.list_complete ? "" : page.cursor;
    const records = await fetchRecords(kv, page.keys.map((key) => key.name));
    if (records.length > 0 || next === "") return { records, cursor: next };
    at = next;
  }
}

function isLive(value, metadata, now) {
  return value !== null && !(metadata && metadata.x !== undefined && metadata.x <= now);
}

function recordOf(key, value, metadata) {
  const record = { k: key, v: (metadata && metadata.v) || 0, d: value };
  if (metadata && metadata.x !== undefined) record.x = metadata.x;
  return record;
}

async function fetchOutside({ method, url, headers, body, timeout_ms: timeout }) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeout || FETCH_TIMEOUT_MS);
  try {
    const response = await fetch(url, { method, headers, body: body || undefined, signal: abort.signal, redirect: "manual" });
    const text = await response.text();
    return { status: response.status, headers: Array.from(response.headers), body: text.slice(0, MAX_FETCHED) };
  } catch (error) {
    throw abort.signal.aborted ? new TimedOut("no answer in time") : error;
  } finally {
    clearTimeout(timer);
  }
}
