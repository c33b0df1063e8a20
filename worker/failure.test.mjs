import assert from "node:assert/strict";
import { test } from "node:test";

import { endpointOf, Failure, refuse } from "./failure.mjs";
import { startSpan } from "./trace.mjs";

function refused(t, failure, method = "GET") {
  const records = [];
  t.mock.method(console, "log", (record) => records.push(record));
  const span = startSpan(null);
  const response = refuse(failure, { span, method, endpoint: "/api/items", cold: true, version: "abc" });
  return { response, records, span };
}

test("a failure has the headers and the body of every error", async (t) => {
  const { response, span } = refused(t, new Failure(500, "internal_error", "Internal error"));
  assert.equal(response.status, 500);
  assert.deepEqual(await response.json(), { error: "Internal error", error_kind: "internal_error", trace_id: span.traceId });
  const headers = Object.fromEntries(response.headers);
  assert.match(headers["server-timing"], /^total;dur=\d+\.\d, storage;dur=0\.0;desc="0 ops"$/);
  delete headers["server-timing"];
  assert.deepEqual(headers, {
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "Link, Retry-After, X-Trace-Id, traceparent, Server-Timing, Idempotency-Replayed, Allow",
    "traceparent": `00-${span.traceId}-${span.spanId}-01`,
    "x-trace-id": span.traceId,
  });
});

test("503 says when to come back, and HEAD has no body", async (t) => {
  const { response } = refused(t, new Failure(503, "overloaded", "busy"), "HEAD");
  assert.equal(response.headers.get("Retry-After"), "1");
  assert.equal(await response.text(), "");
});

test("one record is written, as an object", (t) => {
  const { records, span } = refused(t, new Failure(400, "validation_error", "The request body broke off"), "POST");
  assert.equal(records.length, 1);
  const { duration_ms, time, ...rest } = records[0];
  assert.ok(duration_ms >= 0);
  assert.equal(new Date(time).toISOString(), time);
  assert.deepEqual(rest, {
    level: "warn", event: "request", trace_id: span.traceId, span_id: span.spanId, endpoint: "/api/items", method: "POST",
    status_code: 400, storage_calls: 0, storage_ms: 0, error_kind: "validation_error", message: "The request body broke off",
    user_id: null, key_id: null, cold: true, version: "abc",
  });
});

test("only what the server did wrong is an error to it", (t) => {
  for (const [status, level] of [[400, "warn"], [499, "warn"], [500, "error"], [503, "error"]]) {
    assert.equal(refused(t, new Failure(status, "other", "")).records[0].level, level);
  }
});

test("a failure belongs to the trace that the client began", (t) => {
  const records = [];
  t.mock.method(console, "log", (record) => records.push(record));
  const span = startSpan(new Headers({ traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00" }));
  const response = refuse(new Failure(503, "overloaded", "busy"), { span, method: "GET", endpoint: "/", cold: false, version: "" });
  assert.equal(response.headers.get("traceparent"), `00-4bf92f3577b34da6a3ce929d0e0e4736-${span.spanId}-00`);
  assert.deepEqual([records[0].trace_id, records[0].parent_id], ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"]);
});

test("an endpoint names no thing", () => {
  assert.equal(endpointOf("/api/user-activity"), "/api/user-activity");
  assert.equal(endpointOf("/"), "/");
  assert.equal(endpointOf("/api/items/DFID-20260101-7/history"), "/api/items/:id/history");
  assert.equal(endpointOf("/api/circuits/6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "/api/circuits/:id");
  const ids = ["7", "DFID-20260101-7", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6ba7b8109dad11d180b400c04fd430c8", "urn:uuid:6ba7b810",
    "{6ba7b810}", "lot 4", "lot_4", "alice@example.org", "Alice", "é", "%41", "a.b", "x".repeat(25), "a-very-long-name-that-is-no-route", "..", "-"];
  for (const id of ids) assert.equal(endpointOf("/api/items/" + id), "/api/items/:id", id);
  assert.equal(endpointOf("/" + "a/".repeat(50)), "/" + "a/".repeat(10) + "a");
});
