/**
 * @file Rows of the private storage of one partition.
 *
 *   r/<key>                     a record: {v: version, d: document, x?: expiry, e?: KV key, p?: 1 when packed}
 *   x/<expiry, 16 digits>/<key> index of expiries, value 0
 *   l/<version, 16 digits>/<part, 4 digits>   commit log, see log.mjs
 *   w                           watermark of replication, see log.mjs
 *
 * Names are compared as bytes. Record keys consist of U+0021 to U+007E, so `name + "!"` is the first name after
 * `name` and `prefix + "\x7f"` lies beyond all that begin with `prefix`. Every range is expressed with an inclusive
 * start and an exclusive end: these mean the same in both directions, which "start after" does not.
 */

import { needsPacking, pack, unpack } from "./text.mjs";

/** Rows fetched at a time: bounds the memory of a host that materialises a listing. */
const BATCH = 100;

/**
 * A stored record.
 * @typedef {{v: number, d: string, x?: number, e?: string, p?: 1}} Row
 */

/**
 * Bounds of row names.
 * @typedef {{start: string, end: string, reverse: boolean}} Bounds inclusive start, exclusive end
 */

/**
 * A number as 16 digits, so that names sort by value.
 * @param {number} n integer, 0 to 2^53-1
 * @returns {string} 16 digits
 */
export function digits(n) {
  return String(n).padStart(16, "0");
}

/**
 * Bounds of the record rows with a prefix, strictly beyond `after` and up to and including `until`, both in the
 * direction of the scan; "" leaves a side open.
 * @param {string} prefix record key prefix
 * @param {string} after last key of the previous page, or ""
 * @param {string} until last key wanted, or ""
 * @param {boolean} reverse true for descending order
 * @returns {Bounds} bounds of row names
 */
export function recordBounds(prefix, after, until, reverse) {
  let start = prefix;
  let end = prefix + "\x7f";
  const low = reverse ? until : after && after + "!";
  const high = reverse ? after : until && until + "!";
  if (low !== "" && low > start) start = low;
  if (high !== "" && high < end) end = high;
  return { start: "r/" + start, end: "r/" + end, reverse };
}

/**
 * Calls `visit(name, value)` for the rows within bounds, in order, until it returns false.
 * @param {object} kv ctx.storage.kv
 * @param {Bounds} bounds bounds of row names
 * @param {function(string, *): (boolean|void)} visit false ends the walk
 * @param {number} [expected] rows the caller is likely to want, a hint for the first fetch
 */
export function walk(kv, bounds, visit, expected) {
  let { start, end } = bounds;
  let limit = Math.max(1, Math.min(expected || BATCH, BATCH));
  while (start < end) {
    let last = "";
    let fetched = 0;
    for (const [name, value] of kv.list({ start, end, reverse: bounds.reverse, limit })) {
      last = name;
      fetched++;
      if (visit(name, value) === false) return;
    }
    if (fetched < limit) return;
    if (bounds.reverse) end = last;
    else start = last + "!";
    limit = BATCH;
  }
}

/**
 * Whether a record has not expired.
 * @param {Row|undefined} row a record row, if any
 * @param {number} now Unix ms
 * @returns {boolean} false for a missing row and from the expiry on
 */
export function isLive(row, now) {
  return row !== undefined && (row.x === undefined || row.x > now);
}

/**
 * The stored row of a record, expired or not.
 * @param {object} kv ctx.storage.kv
 * @param {string} key record key
 * @returns {Row|undefined} undefined when there is none
 */
export function getRow(kv, key) {
  return kv.get("r/" + key);
}

/**
 * The document of a row.
 * @param {Row} row a record row
 * @returns {string} the document as it was put
 */
export function docOf(row) {
  return row.p ? unpack(row.d) : row.d;
}

/**
 * The record as the protocol shows it.
 * @param {string} key record key
 * @param {Row} row its row
 * @returns {{k: string, v: number, d: string, x?: number, e?: string}} a record of a reply
 */
export function recordOf(key, row) {
  const record = { k: key, v: row.v, d: docOf(row) };
  if (row.x !== undefined) record.x = row.x;
  if (row.e !== undefined) record.e = row.e;
  return record;
}

/**
 * Stores a record and keeps the index of expiries in step.
 * @param {object} kv ctx.storage.kv
 * @param {string} key record key
 * @param {Row|undefined} old the stored row, expired or not
 * @param {{v: number, d: string, x?: number, e?: string}} next what to store
 */
export function putRow(kv, key, old, next) {
  const row = { v: next.v, d: next.d };
  if (needsPacking(next.d)) {
    row.d = pack(next.d);
    row.p = 1;
  }
  if (next.x !== undefined) row.x = next.x;
  if (next.e !== undefined) row.e = next.e;
  kv.put("r/" + key, row);
  if (old && old.x !== undefined && old.x !== next.x) kv.delete(expiryName(old.x, key));
  if (next.x !== undefined && !(old && old.x === next.x)) kv.put(expiryName(next.x, key), 0);
}

/**
 * Removes a record and its entry in the index of expiries.
 * @param {object} kv ctx.storage.kv
 * @param {string} key record key
 * @param {Row} old the stored row
 */
export function deleteRow(kv, key, old) {
  kv.delete("r/" + key);
  if (old.x !== undefined) kv.delete(expiryName(old.x, key));
}

/**
 * Removes expired records, oldest first. KV needs no deletes for them: what was written there carries the expiry.
 * @param {object} kv ctx.storage.kv
 * @param {number} now Unix ms
 * @param {number} limit most records to remove
 * @returns {number} records removed
 */
export function purge(kv, now, limit) {
  const expired = [];
  for (const [name] of kv.list({ start: "x/", end: "x/" + digits(now + 1), limit })) expired.push(name);
  for (const name of expired) {
    const key = name.slice("x/".length + 16 + 1);
    kv.delete("r/" + key);
    kv.delete(name);
  }
  return expired.length;
}

/**
 * The earliest expiry of a stored record.
 * @param {object} kv ctx.storage.kv
 * @returns {number} Unix ms, Infinity when nothing expires
 */
export function firstExpiry(kv) {
  const name = firstName(kv, "x/");
  return name === undefined ? Infinity : Number(name.slice(2, 18));
}

/**
 * Whether no record is stored, expired or not.
 * @param {object} kv ctx.storage.kv
 * @returns {boolean} true when there is none
 */
export function hasNoRecords(kv) {
  return firstName(kv, "r/") === undefined;
}

function firstName(kv, prefix) {
  for (const [name] of kv.list({ start: prefix, end: prefix + "\x7f", limit: 1 })) return name;
  return undefined;
}

function expiryName(x, key) {
  return "x/" + digits(x) + "/" + key;
}
