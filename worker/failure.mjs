/**
 * @file Answers that are made without the module: an isolate that is full, an instance that died. They look like the
 * module's own (conventions, sections 4, 7, 10 and 11) and leave the same record.
 */

import { spanOf } from "./trace.mjs";

const EXPOSED = "Link, Retry-After, X-Trace-Id, traceparent, Server-Timing, Idempotency-Replayed, Allow";

/** A failure that becomes an answer. Its message is for the client. */
export class Failure extends Error {
  /**
   * @param {number} status HTTP status
   * @param {string} kind error_kind
   * @param {string} message text for the client
   * @param {unknown} [cause] what happened, for the record
   */
  constructor(status, kind, message, cause) {
    super(message);
    this.status = status;
    this.kind = kind;
    this.cause = cause;
  }
}

/**
 * The isolate has no room for a request.
 * @param {string} message text for the client
 * @returns {Failure} 503 overloaded
 */
export const overloaded = (message) => new Failure(503, "overloaded", message);

/**
 * The instance that had a request is gone.
 * @param {unknown} cause what ended it
 * @returns {Failure} 500 internal_error
 */
export const died = (cause) => new Failure(500, "internal_error", "Internal error", cause);

/**
 * Answers a request with a failure and writes its record.
 * @param {Request} request the request
 * @param {Failure} failure why
 * @param {number} began when the request arrived, Unix ms
 * @returns {Response} the answer
 */
export function answer(request, failure, began) {
  const span = spanOf(request.headers.get("traceparent"));
  const duration = Date.now() - began;
  record(request, failure, span, duration);
  const headers = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": EXPOSED,
    traceparent: span.traceparent,
    "X-Trace-Id": span.traceId,
    "Server-Timing": `total;dur=${duration.toFixed(1)}, storage;dur=0.0;desc="0 ops"`,
  };
  if (failure.status === 503) headers["Retry-After"] = "1";
  const body = JSON.stringify({ error: failure.message, error_kind: failure.kind, trace_id: span.traceId });
  return new Response(request.method === "HEAD" ? null : body, { status: failure.status, headers });
}

function record(request, failure, span, duration) {
  const entry = {
    level: failure.status >= 500 ? "error" : "warn",
    event: "request",
    trace_id: span.traceId,
    span_id: span.spanId,
    endpoint: endpointOf(new URL(request.url).pathname),
    method: request.method,
    status_code: failure.status,
    duration_ms: duration,
    storage_calls: 0,
    storage_ms: 0,
    error_kind: failure.kind,
    message: failure.cause === undefined ? failure.message : textOf(failure.cause),
    user_id: null,
    key_id: null,
    cold: false,
    version: "worker",
    time: new Date().toISOString(),
  };
  if (span.parentId !== undefined) entry.parent_id = span.parentId;
  console.log(entry);
}

function textOf(cause) {
  return cause instanceof Error ? cause.message : String(cause);
}

const LITERAL = /^[a-z][a-z-]*$/;

/**
 * The path with everything that may identify something replaced, since the route table is the module's.
 * @param {string} path path of a URL
 * @returns {string} e.g. /api/items/:id
 */
export function endpointOf(path) {
  const segments = path.split("/").slice(0, 8);
  return segments.map((s) => (s === "" || (s.length <= 24 && LITERAL.test(s)) ? s : ":id")).join("/");
}
