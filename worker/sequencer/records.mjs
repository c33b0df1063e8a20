/**
 * @file Record rows, and the two indexes that are kept in step with them: by expiry and by KV key.
 */

import { digits, firstName } from "./rows.mjs";
import { needsPacking, pack, unpack } from "./text.mjs";

/**
 * A stored record: version, document, expiry in Unix ms, KV key replicated to, 1 when the document is packed.
 * @typedef {{v: number, d: string, x?: number, e?: string, p?: 1}} Row
 */

/**
 * Whether a record is there, which it is until its expiry.
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
 * The record as the protocol shows it.
 * @param {string} key record key
 * @param {Row} row its row
 * @returns {{k: string, v: number, d: string, x?: number, e?: string}} a record of a reply
 */
export function recordOf(key, row) {
  const record = { k: key, v: row.v, d: row.p ? unpack(row.d) : row.d };
  if (row.x !== undefined) record.x = row.x;
  if (row.e !== undefined) record.e = row.e;
  return record;
}

/**
 * Stores a record.
 * @param {object} kv ctx.storage.kv
 * @param {string} key record key
 * @param {{v: number, d: string, x?: number, e?: string}} next what to store
 * @param {string[]} dirty takes the KV keys that replication has to visit
 */
export function putRow(kv, key, next, dirty) {
  const old = getRow(kv, key) || {};
  const row = { v: next.v, d: next.d };
  if (needsPacking(next.d)) {
    row.d = pack(next.d);
    row.p = 1;
  }
  if (next.x !== undefined) row.x = next.x;
  if (next.e !== undefined) row.e = next.e;
  kv.put("r/" + key, row);
  if (old.x !== row.x) {
    if (old.x !== undefined) kv.delete(expiryName(old.x, key));
    if (row.x !== undefined) kv.put(expiryName(row.x, key), 0);
  }
  if (old.e !== row.e && old.e !== undefined && release(kv, old.e, key)) dirty.push(old.e);
  if (row.e !== undefined) {
    claim(kv, row.e, key);
    dirty.push(row.e);
  }
}

/**
 * Removes a record, if there is one.
 * @param {object} kv ctx.storage.kv
 * @param {string} key record key
 * @param {string[]} dirty takes the KV key that replication has to visit
 */
export function deleteRow(kv, key, dirty) {
  const old = getRow(kv, key);
  if (old === undefined) return;
  kv.delete("r/" + key);
  if (old.x !== undefined) kv.delete(expiryName(old.x, key));
  if (old.e !== undefined && release(kv, old.e, key)) dirty.push(old.e);
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
  for (const name of expired) deleteRow(kv, name.slice("x/".length + 16 + 1), []);
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
 * What KV should hold under a key.
 * @param {object} kv ctx.storage.kv
 * @param {string} kvKey a KV key
 * @param {number} now Unix ms
 * @returns {{v: number, d: string, x?: number}|undefined} undefined when KV should hold nothing
 */
export function replicaOf(kv, kvKey, now) {
  const key = kv.get("k/" + kvKey) || kvKey;
  const row = getRow(kv, key);
  return isLive(row, now) && row.e === kvKey ? recordOf(key, row) : undefined;
}

/** The KV key shows this record from now on. Records replicated under their own key need no row for that. */
function claim(kv, kvKey, key) {
  const owner = kv.get("k/" + kvKey);
  if (kvKey === key) {
    if (owner !== undefined) kv.delete("k/" + kvKey);
  } else if (owner !== key) {
    kv.put("k/" + kvKey, key);
  }
}

/** The KV key shows this record no more. False when it has gone over to another record, which keeps it. */
function release(kv, kvKey, key) {
  const owner = kv.get("k/" + kvKey);
  if (owner === undefined) return kvKey === key;
  if (owner !== key) return false;
  kv.delete("k/" + kvKey);
  return true;
}

function expiryName(x, key) {
  return "x/" + digits(x) + "/" + key;
}
