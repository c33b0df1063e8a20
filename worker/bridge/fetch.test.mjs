import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { answer } from "./host.mjs";

/** A service on a free port of this machine. */
async function service(t, handler) {
  const server = createServer(handler);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return "http://127.0.0.1:" + server.address().port;
}

const ask = async (request) => JSON.parse(await answer({}, "fetch", "", JSON.stringify(request)));

test("a service is asked with method, headers and body", async (t) => {
  const url = await service(t, async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    response.setHeader("X-Seen", request.method + " " + request.url + " " + request.headers["x-key"]);
    response.statusCode = 201;
    response.end("got " + body);
  });
  const reply = await ask({ method: "POST", url: url + "/pin", headers: [["X-Key", "k"]], body: "é", timeout_ms: 5000 });
  assert.equal(reply.status, 201);
  assert.equal(reply.body, "got é");
  assert.deepEqual(reply.headers.find(([name]) => name === "x-seen"), ["x-seen", "POST /pin k"]);
});

test("bytes go and come as base64", async (t) => {
  const url = await service(t, async (request, response) => {
    const parts = [];
    for await (const chunk of request) parts.push(chunk);
    response.end(Buffer.concat(parts).reverse());
  });
  const bytes = Buffer.from(Array.from({ length: 20000 }, (_, i) => (i * 7) & 255));
  const reply = await ask({ method: "POST", url, body: bytes.toString("base64"), binary: true, timeout_ms: 5000 });
  assert.deepEqual(Buffer.from(reply.body, "base64"), bytes.reverse());
  const none = await ask({ method: "POST", url, binary: true });
  assert.equal(none.body, "");
});

test("a redirect is an answer, not an order", async (t) => {
  const url = await service(t, (request, response) => {
    response.writeHead(302, { Location: "/elsewhere" });
    response.end();
  });
  assert.equal((await ask({ method: "GET", url })).status, 302);
});

test("a long body is cut at 1 MiB", async (t) => {
  const url = await service(t, (request, response) => response.end("x".repeat(3 * 1024 * 1024)));
  assert.equal((await ask({ method: "GET", url })).body.length, 1024 * 1024);
});

test("no answer in time is a timeout, no service is unavailable", async (t) => {
  const silent = await service(t, () => undefined);
  await assert.rejects(ask({ method: "GET", url: silent, timeout_ms: 20 }), { kind: "timeout" });
  const stuck = await service(t, (request, response) => response.write("half"));
  await assert.rejects(ask({ method: "GET", url: stuck, timeout_ms: 100 }), { kind: "timeout" });
  await assert.rejects(ask({ method: "GET", url: "http://127.0.0.1:1/", timeout_ms: 5000 }), { kind: "unavailable" });
});
