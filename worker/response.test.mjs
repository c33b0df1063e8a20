import assert from "node:assert/strict";
import { test } from "node:test";

import { responseOf } from "./response.mjs";

const bytes = (text) => new TextEncoder().encode(text);

test("head and body are a response", async () => {
  const response = responseOf("201\nX-One\na, b\nX-Two\n\nX-One\nc", bytes("line\n\nline\n"));
  assert.equal(response.status, 201);
  assert.deepEqual([response.headers.get("X-One"), response.headers.get("X-Two")], ["a, b, c", ""]);
  assert.equal(await response.text(), "line\n\nline\n");
});

test("a response without a header, and without a body", () => {
  const response = responseOf("204", null);
  assert.equal(response.status, 204);
  assert.equal(response.body, null);
});

test("a body need not be text", async () => {
  const response = responseOf("200\nContent-Type\nimage/png", new Uint8Array([255, 0, 254]));
  assert.equal(response.headers.get("Content-Type"), "image/png");
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), new Uint8Array([255, 0, 254]));
});
