/**
 * @file Answers that are given without Go: nothing could take the request, or what took it died. They look like Go's.
 */

import { traceparent } from "./trace.mjs";

/** A request that ends with an error response. */
export class Failure extends Error {
  /**
   * @param {number} status HTTP status
   * @param {string} kind error_kind
   * @param {string} message text for the client
   */
  constructor(status, kind, message) {
    super(message);
    this.status = status;
    this.kind = kind;
  }
}

/**
 * More than can be taken on at the moment.
 * @returns {Failure} 503
 */
export function overloaded() {
  return new Failure(503, "overloaded", "Too many requests at once, try again");
}

/**
 * Answers a request with a failure, and writes the one record that every request ends with.
 * @param {Failure} failure what the client is told
 * @param {{span: object, method: string, endpoint: string, cold: boolean, version: string}} about the request
 * @returns {Response} the response
 */
export function refuse(failure, about) {
  const { span } = about;
  const now = Date.now();
  const record = { level: failure.status >= 500 ? "error" : "warn", event: "request", trace_id: span.traceId, span_id: span.spanId };
  if (span.parentId) record.parent_id = span.parentId;
  console.log(Object.assign(record, {
    endpoint: about.endpoint,
    method: about.method,
    status_code: failure.status,
    duration_ms: now - span.start,
    storage_calls: 0,
    storage_ms: 0,
    error_kind: failure.kind,
    message: failure.message,
    user_id: null,
    key_id: null,
    cold: about.cold,
    version: about.version,
    time: new Date(now).toISOString(),
  }));
  const headers = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Link, Retry-After, X-Trace-Id, traceparent, Server-Timing, Idempotency-Replayed, Allow",
    "traceparent": traceparent(span),
    "X-Trace-Id": span.traceId,
    "Server-Timing": "total;dur=" + (now - span.start).toFixed(1) + ', storage;dur=0.0;desc="0 ops"',
  };
  if (failure.status === 503) headers["Retry-After"] = "1";
  const body = JSON.stringify({ error: failure.message, error_kind: failure.kind, trace_id: span.traceId });
  return new Response(about.method === "HEAD" ? null : body, { status: failure.status, headers });
}

/**
 * The path of a request with everything that may be an id taken out, for records.
 * @param {string} path path of the URL
 * @returns {string} segments that are lower-case words stay, others become ":id"
 */
export function endpointOf(path) {
  const segments = path.split("/").slice(0, 12);
  return segments.map((segment) => (segment === "" || /^[a-z][a-z-]{0,23}$/.test(segment) ? segment : ":id")).join("/");
}
