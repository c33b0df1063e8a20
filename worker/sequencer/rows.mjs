/**
 * @file Names of the rows in the private storage of one partition, and how to walk over them.
 *
 *   r/<key>                                    a record, see records.mjs
 *   x/<expiry, 16 digits>/<key>                index of expiries, value 0
 *   k/<KV key>                                 key of the record replicated there, where the two keys differ
 *   l/<version, 16 digits>/<part, 4 digits>    commit log, see log.mjs
 *   w                                          watermark of replication, see log.mjs
 *
 * Names are compared as bytes. Keys consist of U+0021 to U+007E, so `name + "!"` is the first name after `name`, and
 * `prefix + "\x7f"` lies beyond all that begin with `prefix`. Every range is expressed with an inclusive start and an
 * exclusive end: these mean the same in both directions, which "start after" does not.
 */

/** Rows fetched at a time: bounds the memory of a host that materialises a listing. */
const BATCH = 100;

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
 * Bounds of all names with a prefix, ascending.
 * @param {string} prefix beginning of row names
 * @returns {Bounds} bounds of row names
 */
export function prefixBounds(prefix) {
  return { start: prefix, end: prefix + "\x7f", reverse: false };
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
 * The first row name with a prefix.
 * @param {object} kv ctx.storage.kv
 * @param {string} prefix beginning of row names
 * @returns {string|undefined} undefined when there is none
 */
export function firstName(kv, prefix) {
  let first;
  walk(kv, prefixBounds(prefix), (name) => {
    first = name;
    return false;
  }, 1);
  return first;
}
