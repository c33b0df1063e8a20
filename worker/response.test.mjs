import assert from "node:assert/strict";
import { test } from "node:test";

import { responseOf } from "./response.mjs";

test("a text is a response", async () => {
  const response = responseOf("201\nX-One\na, b\nX-Two\n\nX-One\nc\n\nline\n\nline\n");
  assert.equal(response.status, 201);
  assert.deepEqual([response.headers.get("X-One"), response.headers.get("X-Two")], ["a, b, c", ""]);
  assert.equal(await response.text(), "line\n\nline\n");
});

test("a response without a header, and without a body", async () => {
  const response = responseOf("204\n\n");
  assert.equal(response.status, 204);
  assert.equal(response.body, null);
});

test("a body that is not text comes as bytes", async () => {
  const response = responseOf("200\nContent-Type\nimage/png\n\n", new Uint8Array([255, 0, 254]));
  assert.equal(response.headers.get("Content-Type"), "image/png");
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), new Uint8Array([255, 0, 254]));
});
