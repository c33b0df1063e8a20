/**
 * @file Shape of the requests of the protocol. Everything beyond these functions works on checked values.
 */

import { MAX_DOC_BYTES, MAX_KEY_BYTES, MAX_SCAN_RECORDS } from "./limits.mjs";
import { fits } from "./text.mjs";

const NAME = /^[\x21-\x7e]+$/;
const TOKEN = /^[0-9a-zA-Z-]{16,64}$/;

/** A request that no retry can make acceptable. Its message names the field, never a value. */
export class InvalidRequest extends Error {}

/**
 * Checks a read request.
 * @param {string} text JSON of the request
 * @returns {{partition: string, keys: string[], scans: {prefix: string, after: string, limit: number, reverse: boolean}[]}} the request
 * @throws {InvalidRequest} when it has another shape
 */
export function parseRead(text) {
  const request = parse(text);
  const partition = partitionOf(request);
  return {
    partition,
    keys: list(request, "keys").map((key) => recordKey(key, partition, "keys")),
    scans: list(request, "scans").map((scan) => {
      if (!isObject(scan)) throw new InvalidRequest("scans: not an object");
      const limit = scan.limit;
      if (!Number.isInteger(limit) || limit < 1 || limit > MAX_SCAN_RECORDS) throw new InvalidRequest("scans.limit: not 1 to " + MAX_SCAN_RECORDS);
      return {
        prefix: prefixOf(scan.prefix, partition, "scans.prefix"),
        after: optionalName(scan.after, "scans.after"),
        limit,
        reverse: flag(scan.reverse, "scans.reverse"),
      };
    }),
  };
}

/**
 * Checks a commit request.
 * @param {string} text JSON of the request
 * @returns {object} {partition, token, reads: [[key, version]], ranges, puts, deletes, adds, writes: boolean}; arrays are never missing
 * @throws {InvalidRequest} when it has another shape
 */
export function parseCommit(text) {
  const request = parse(text);
  const partition = partitionOf(request);
  const commit = {
    partition,
    token: request.token,
    reads: list(request, "reads").map((read) => readVersion(read, partition)),
    ranges: list(request, "ranges").map((range) => rangeOf(range, partition)),
    puts: list(request, "puts").map((put) => putOf(put, partition)),
    deletes: list(request, "deletes").map((key) => recordKey(key, partition, "deletes")),
    adds: list(request, "adds").map((add) => addOf(add, partition)),
  };
  const written = new Set();
  const keys = commit.puts.map((put) => put.k).concat(commit.deletes, commit.adds.map((add) => add.k));
  for (const key of keys) {
    if (written.has(key)) throw new InvalidRequest("a key is written twice");
    written.add(key);
  }
  commit.writes = keys.length > 0;
  if (typeof commit.token !== "string" || !TOKEN.test(commit.token)) throw new InvalidRequest("token: not 16 to 64 of 0-9a-zA-Z-");
  return commit;
}

function parse(text) {
  let request;
  try {
    request = JSON.parse(text);
  } catch (e) {
    throw new InvalidRequest("not JSON");
  }
  if (!isObject(request)) throw new InvalidRequest("not an object");
  return request;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function list(request, field) {
  const value = request[field];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new InvalidRequest(field + ": not a list");
  return value;
}

function partitionOf(request) {
  return nameOf(request.partition, "partition");
}

function nameOf(value, field) {
  if (typeof value !== "string" || !NAME.test(value)) throw new InvalidRequest(field + ": not a string of U+0021 to U+007E");
  if (value.length > MAX_KEY_BYTES) throw new InvalidRequest(field + ": longer than " + MAX_KEY_BYTES + " bytes");
  return value;
}

function prefixOf(value, partition, field) {
  const prefix = nameOf(value, field);
  if (!prefix.startsWith(partition + "/")) throw new InvalidRequest(field + ": outside the partition");
  return prefix;
}

function recordKey(value, partition, field) {
  const key = prefixOf(value, partition, field);
  if (key.length === partition.length + 1) throw new InvalidRequest(field + ": outside the partition");
  return key;
}

function optionalName(value, field) {
  if (value === undefined || value === null || value === "") return "";
  return nameOf(value, field);
}

function flag(value, field) {
  if (value === undefined || value === null) return false;
  if (typeof value !== "boolean") throw new InvalidRequest(field + ": not a boolean");
  return value;
}

function integer(value, field, min) {
  if (!Number.isSafeInteger(value) || value < min) throw new InvalidRequest(field + ": not an integer in range");
  return value;
}

function optionalInteger(value, field, min) {
  return value === undefined || value === null ? undefined : integer(value, field, min);
}

function readVersion(read, partition) {
  if (!Array.isArray(read) || read.length !== 2) throw new InvalidRequest("reads: not a pair");
  return [recordKey(read[0], partition, "reads"), integer(read[1], "reads", 0)];
}

function rangeOf(range, partition) {
  if (!isObject(range)) throw new InvalidRequest("ranges: not an object");
  return {
    prefix: prefixOf(range.prefix, partition, "ranges.prefix"),
    after: optionalName(range.after, "ranges.after"),
    until: optionalName(range.until, "ranges.until"),
    reverse: flag(range.reverse, "ranges.reverse"),
    count: integer(range.count, "ranges.count", 0),
    max: integer(range.max, "ranges.max", 0),
  };
}

function placement(write, target, field) {
  const x = optionalInteger(write.x, field + ".x", 0);
  if (x) target.x = x;
  if (write.e !== undefined && write.e !== null && write.e !== "") {
    target.e = nameOf(write.e, field + ".e");
    if (target.e === "." || target.e === "..") throw new InvalidRequest(field + ".e: not a KV key");
  }
  return target;
}

function putOf(put, partition) {
  if (!isObject(put)) throw new InvalidRequest("puts: not an object");
  const k = recordKey(put.k, partition, "puts.k");
  if (typeof put.d !== "string") throw new InvalidRequest("puts.d: not a string");
  if (!fits(put.d, MAX_DOC_BYTES)) throw new InvalidRequest("puts.d: longer than " + MAX_DOC_BYTES + " bytes");
  return placement(put, { k, d: put.d }, "puts");
}

function addOf(add, partition) {
  if (!isObject(add)) throw new InvalidRequest("adds: not an object");
  const target = {
    k: recordKey(add.k, partition, "adds.k"),
    n: integer(add.n, "adds.n", -Number.MAX_SAFE_INTEGER),
    min: optionalInteger(add.min, "adds.min", -Number.MAX_SAFE_INTEGER),
    max: optionalInteger(add.max, "adds.max", -Number.MAX_SAFE_INTEGER),
  };
  return placement(add, target, "adds");
}
