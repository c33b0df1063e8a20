/**
 * @file Reads of the replica in KV. What the sequencers put there carries its version and expiry as metadata.
 */

/** Keys that KV takes in one bulk read, and the most that may be asked for by key. */
const BULK = 100;

/** Most records of a page. */
const MAX_PAGE = 1000;

/**
 * Reads replicas by key.
 * @param {object} kv a KV namespace
 * @param {string[]} keys up to 100 keys
 * @returns {Promise<{records: object[]}>} those that exist, {k, v, d, x?}, in the order of the keys
 */
export async function edgeGet(kv, keys) {
  if (keys.length > BULK) throw new RangeError("an edge read of " + keys.length + " keys");
  return { records: await fetchRecords(kv, keys, Date.now()) };
}

/**
 * Reads replicas by prefix, one page.
 * @param {object} kv a KV namespace
 * @param {{prefix: string, cursor: string, limit: number}} request cursor "" for the first page; limit 1 to 1000
 * @returns {Promise<{records: object[], cursor: string}>} at least one record unless it is the last page; cursor ""
 *   after the last page
 */
export async function edgeScan(kv, request) {
  if (!(request.limit >= 1 && request.limit <= MAX_PAGE)) throw new RangeError("an edge scan of limit " + request.limit);
  let cursor = request.cursor || "";
  for (;;) {
    const options = { prefix: request.prefix, limit: request.limit };
    if (cursor) options.cursor = cursor;
    const page = await kv.list(options);
    const now = Date.now();
    const keys = page.keys.filter((key) => !hasExpired(key.metadata, now)).map((key) => key.name);
    const records = await fetchRecords(kv, keys, now);
    cursor = page.list_complete ? "" : page.cursor;
    // KV lists pages without keys in the middle of a listing, for example where many were deleted.
    if (records.length > 0 || cursor === "") return { records, cursor };
  }
}

/**
 * A reply in the form in which it crosses into the module, see wire.ParseEdgeReply.
 * @param {{records: object[], cursor: (string|undefined)}} reply of edgeGet or edgeScan
 * @returns {string} a line with the cursor, and four for each record: key, version, expiry and document
 */
export function linesOf({ records, cursor }) {
  let text = cursor || "";
  for (const { k, v, d, x } of records) {
    if (k.includes("\n")) continue; // no key of ours
    // In JSON a line end stands between tokens, where a space does as well. Ours has none; people may edit KV by hand.
    text += "\n" + k + "\n" + v + "\n" + (x || 0) + "\n" + (d.includes("\n") ? d.replaceAll("\n", " ") : d);
  }
  return text;
}

async function fetchRecords(kv, keys, now) {
  const batches = [];
  for (let i = 0; i < keys.length; i += BULK) batches.push(fetchBatch(kv, keys.slice(i, i + BULK)));
  const records = [];
  for (const batch of batches.length > 1 ? await Promise.all(batches) : batches) {
    const entries = await batch;
    for (const [k, { value, metadata }] of entries) {
      if (value === null || hasExpired(metadata, now)) continue;
      const record = { k, v: (metadata && metadata.v) || 0, d: value };
      if (metadata && metadata.x) record.x = metadata.x;
      records.push(record);
    }
  }
  return records;
}

/** Entries as [key, {value, metadata}]. A bulk read counts as one call, but its answer ends at 25 MB. */
async function fetchBatch(kv, keys) {
  if (keys.length === 1) return [[keys[0], await kv.getWithMetadata(keys[0])]];
  try {
    const entries = await kv.getWithMetadata(keys);
    return keys.map((key) => [key, entries.get(key) || { value: null, metadata: null }]);
  } catch (e) {
    if (!/\b413\b/.test(String(e && e.message))) throw e;
    const half = Math.ceil(keys.length / 2);
    const parts = await Promise.all([fetchBatch(kv, keys.slice(0, half)), fetchBatch(kv, keys.slice(half))]);
    return parts[0].concat(parts[1]);
  }
}

function hasExpired(metadata, now) {
  return Boolean(metadata && metadata.x && metadata.x <= now);
}
