/**
 * @file Trace ids of requests that are answered without Go (W3C Trace Context).
 */

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * Reads a traceparent header: version 00, or a higher one by its first 55 characters.
 * @param {string|null} header value of the header
 * @returns {{traceId: string, parentId: string, sampled: boolean}|undefined} undefined when it is missing, malformed or all zero
 */
export function parseTraceparent(header) {
  const match = TRACEPARENT.exec(header || "");
  if (!match) return undefined;
  const [, version, traceId, parentId, flags, rest] = match;
  if (version === "ff" || (version === "00" && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined;
  return { traceId, parentId, sampled: (parseInt(flags, 16) & 1) === 1 };
}

/** The span of a request. Most requests never ask for its ids, since Go has a span of its own: they are made when asked. */
class Span {
  #headers;
  #ids;

  constructor(headers) {
    this.#headers = headers;
    this.start = Date.now();
  }

  get traceId() {
    return this.#made.traceId;
  }

  get spanId() {
    return this.#made.spanId;
  }

  /** undefined when the request has no span of its own. */
  get parentId() {
    return this.#made.parentId;
  }

  get sampled() {
    return this.#made.sampled;
  }

  get #made() {
    if (!this.#ids) {
      const parent = parseTraceparent(this.#headers && this.#headers.get("traceparent")) || { traceId: hex(16), parentId: undefined, sampled: true };
      this.#ids = Object.assign({ spanId: hex(8) }, parent);
    }
    return this.#ids;
  }
}

/**
 * Starts the span of a request.
 * @param {Headers|null} headers its header fields
 * @returns {{traceId: string, spanId: string, parentId: (string|undefined), sampled: boolean, start: number}} start in Unix ms
 */
export function startSpan(headers) {
  return new Span(headers);
}

/**
 * The traceparent header that names a span.
 * @param {{traceId: string, spanId: string, sampled: boolean}} span a span
 * @returns {string} version 00
 */
export function traceparent(span) {
  return "00-" + span.traceId + "-" + span.spanId + (span.sampled ? "-01" : "-00");
}

function hex(bytes) {
  let text = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(bytes))) text += byte.toString(16).padStart(2, "0");
  return text;
}
