/**
 * @file Trace context for the answers that are made here, without the module: the same rules as in Go.
 */

const PARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * Reads a W3C traceparent header.
 * @param {string|null} header value of the header
 * @returns {{traceId: string, parentId: string, sampled: boolean}|undefined} undefined when it is missing or not valid
 */
export function parseParent(header) {
  const parts = PARENT.exec(header ?? "");
  if (!parts) return undefined;
  const [, version, traceId, parentId, flags, more] = parts;
  if (version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined;
  return { traceId, parentId, sampled: (parseInt(flags, 16) & 1) === 1 };
}

/**
 * The span of an answer: under the trace of the request, or under a fresh one.
 * @param {string|null} header the request's traceparent
 * @returns {{traceId: string, spanId: string, parentId: string|undefined, traceparent: string}} its ids
 */
export function spanOf(header) {
  const parent = parseParent(header);
  const traceId = parent ? parent.traceId : randomHex(16);
  const spanId = randomHex(8);
  const flags = !parent || parent.sampled ? "01" : "00";
  return { traceId, spanId, parentId: parent && parent.parentId, traceparent: `00-${traceId}-${spanId}-${flags}` };
}

function randomHex(bytes) {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (b) => b.toString(16).padStart(2, "0")).join("");
}
