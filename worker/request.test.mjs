import assert from "node:assert/strict";
import { test } from "node:test";

import { Gate } from "./admission.mjs";
import { headText, MAX_BODY_BYTES, readBody } from "./request.mjs";

const budget = () => new Gate(3 * MAX_BODY_BYTES, 60000);

function streaming(chunks, headers = {}) {
  const state = { read: 0, cancelled: false };
  const body = new ReadableStream({
    pull(controller) {
      const chunk = chunks[state.read++];
      if (chunk instanceof Error) controller.error(chunk);
      else if (chunk) controller.enqueue(new Uint8Array(chunk).fill(state.read));
      else controller.close();
    },
    cancel: () => void (state.cancelled = true),
  }, { highWaterMark: 0 });
  return { state, request: { body, headers: new Headers(headers) } };
}

test("the head keeps each header as it came", () => {
  const request = new Request("https://example.org/a%20b?c=d", {
    method: "PUT",
    headers: [["If-Modified-Since", "Tue, 15 Nov 1994 08:12:31 GMT"], ["CF-Connecting-IP", "192.0.2.7"], ["X-List", "a,b"], ["X-List", "c"]],
  });
  assert.deepEqual(headText(request, { arrived: 7, cold: true, oversize: true, refused: [{ kind: "overloaded", count: 2 }] }).split("\n"), [
    "PUT", "https://example.org/a%20b?c=d", "192.0.2.7", "7", "cold oversize", '[{"kind":"overloaded","count":2}]',
    "cf-connecting-ip", "192.0.2.7", "if-modified-since", "Tue, 15 Nov 1994 08:12:31 GMT", "x-list", "a,b, c",
  ]);
  const bare = new Request("https://example.org/");
  assert.deepEqual(headText(bare, { arrived: 8, cold: false, oversize: false }).split("\n"), ["GET", "https://example.org/", "", "8", "", ""]);
});

test("a body is read in one piece and counted until it is released", async () => {
  const gate = budget();
  const { request } = streaming([2, 3, 1]);
  const { body, oversize, release } = await readBody(request, gate);
  assert.deepEqual([[...body], oversize, gate.size], [[1, 1, 2, 2, 2, 3], false, 6]);
  release();
  assert.equal(gate.size, 0);
});

test("a request without a body has none", async () => {
  const { body, oversize, release } = await readBody(new Request("https://example.org/"), budget());
  assert.deepEqual([body, oversize], [null, false]);
  release();
  const empty = await readBody(streaming([]).request, budget());
  assert.deepEqual([empty.body.length, empty.oversize], [0, false], "an empty stream is an empty body");
});

test("a body that comes in one chunk is not copied", async () => {
  const chunk = new Uint8Array([1, 2, 3]);
  const body = new ReadableStream({ start: (controller) => (controller.enqueue(chunk), controller.close()) });
  assert.equal((await readBody({ body, headers: new Headers() }, budget())).body, chunk);
});

test("a body of the greatest length is no more than that", async () => {
  for (const chunks of [[MAX_BODY_BYTES], [MAX_BODY_BYTES / 2, MAX_BODY_BYTES / 2]]) {
    const { request } = streaming(chunks, { "Content-Length": String(MAX_BODY_BYTES) });
    const { body, oversize } = await readBody(request, budget());
    assert.deepEqual([body.length, oversize], [MAX_BODY_BYTES, false]);
  }
});

test("reading stops one byte beyond the limit", async () => {
  const { request, state } = streaming([MAX_BODY_BYTES, 100, 100, 100]);
  const { body, oversize } = await readBody(request, budget());
  assert.deepEqual([body.length, oversize, state.read, state.cancelled], [MAX_BODY_BYTES + 1, true, 2, true]);
  for (const chunks of [[MAX_BODY_BYTES + 1], [MAX_BODY_BYTES, 1], [1, MAX_BODY_BYTES]]) {
    const whole = await readBody(streaming(chunks).request, budget());
    assert.deepEqual([whole.body.length, whole.oversize], [MAX_BODY_BYTES + 1, true]);
  }
});

test("a body that is declared too long is not read at all", async () => {
  const { request, state } = streaming([10], { "Content-Length": String(MAX_BODY_BYTES + 1) });
  const { body, oversize } = await readBody(request, budget());
  assert.deepEqual([body, oversize, state.read], [null, true, 0]);
});

test("bodies beyond the budget are refused, and what was read is given back", async () => {
  const gate = new Gate(10, 60000);
  await assert.rejects(readBody(streaming([6, 6]).request, gate), { status: 503, kind: "overloaded" });
  assert.equal(gate.size, 0);
});

test("a body that breaks off is the client's fault", async () => {
  const gate = budget();
  await assert.rejects(readBody(streaming([6, new Error("reset")]).request, gate), { status: 400, kind: "validation_error" });
  assert.equal(gate.size, 0);
});
