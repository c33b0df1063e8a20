import assert from "node:assert/strict";
import { test } from "node:test";

import { settle } from "./testing/clock.mjs";
import { programOf } from "./testing/go.mjs";
import { isolateOf, isolateOfProgram, latch, ok, rejecting } from "./testing/isolate.mjs";

test("a request reaches Go with head and body, and its response the client", async (t) => {
  const seen = [];
  const w = isolateOf(t, async (head, { body }) => {
    seen.push([head, body && new TextDecoder().decode(body)]);
    return new Response("made", { status: 201 });
  });
  const response = await w.get("/api/items?x=1", { method: "POST", body: "hello", headers: { "CF-Connecting-IP": "192.0.2.1" } });
  assert.deepEqual([response.status, await response.text()], [201, "made"]);
  await w.get("/health");
  assert.equal(seen[0][1], "hello");
  const { headers, ...head } = seen[0][0];
  assert.deepEqual(head, { method: "POST", url: "https://example.org/api/items?x=1", address: "192.0.2.1", cold: true, oversize: false });
  assert.ok(headers.some(([name]) => name === "content-type"));
  assert.deepEqual([seen[1][0].cold, seen[1][1]], [false, null]);
  assert.deepEqual(w.records, [], "the record of a request is Go's");
  await settle();
  assert.equal(w.clock.timers, 0, "nothing of a request goes on after it");
});

test("fifty requests at once never share an instance and all are answered in order", async (t) => {
  const inside = new Map();
  const order = [];
  const w = isolateOf(t, async (head, { binding }) => {
    assert.ok(!inside.get(binding), "one request at a time");
    inside.set(binding, true);
    order.push(Number(head.url.split("/").pop()));
    await settle();
    inside.set(binding, false);
    return ok();
  }, { MAX_INSTANCES: "3" });
  const responses = await Promise.all(Array.from({ length: 50 }, (_, i) => w.get("/n/" + i)));
  assert.ok(responses.every((response) => response.status === 200));
  assert.equal(inside.size, 3);
  assert.deepEqual(order, [...order].sort((a, b) => a - b));
});

test("an instance is lent again only after the work that follows the response", async (t) => {
  const after = latch();
  const w = isolateOf(t, async (head, tools) => {
    if (head.url.endsWith("/first")) {
      tools.keep = true;
      after.opened.then(() => tools.host.settled());
    }
    return ok();
  }, { MAX_INSTANCES: "1" });
  const first = w.send("/first");
  assert.equal((await first.response).status, 200);
  let served = false;
  const second = w.get("/second").then((response) => ((served = true), response));
  await settle();
  assert.equal(served, false);
  await after.open();
  assert.equal((await second).status, 200);
  await first.background;
});

test("beyond the queue a request is refused before its body is read", async (t) => {
  const gate = latch();
  const w = isolateOf(t, async () => (await gate.opened, ok()), { MAX_INSTANCES: "1", MAX_QUEUE: "1" });
  const holder = w.get("/a");
  await settle();
  const waiting = w.get("/b");
  await settle();
  const body = new ReadableStream({ pull: () => assert.fail("read") }, { highWaterMark: 0 });
  await rejecting(w.get("/api/items/3f2a/x", { method: "POST", body, duplex: "half" }), 503);
  assert.equal(w.records[0].endpoint, "/api/items/:id/x");
  await gate.open();
  assert.deepEqual([(await holder).status, (await waiting).status], [200, 200]);
});

test("an instance that exits answers 500 and is replaced", async (t) => {
  const bindings = new Set();
  const w = isolateOf(t, async (head, { binding, exit }) => {
    bindings.add(binding);
    if (head.url.endsWith("/exit")) exit(2);
    return ok();
  }, { MAX_INSTANCES: "1" });
  await w.get("/a");
  const { body } = await rejecting(w.get("/exit"), 500);
  assert.deepEqual([body.error_kind, body.error], ["internal_error", "Internal error"]);
  assert.equal((await w.get("/b")).status, 200);
  assert.equal(bindings.size, 2);
  assert.deepEqual(w.records.map((record) => record.event), ["instance_lost", "request"]);
  const [{ time, trace_id, span_id, ...lost }, { version, cold }] = w.records;
  assert.deepEqual(lost, { level: "error", event: "instance_lost", endpoint: "/exit", error_kind: "internal_error", message: "exited with code 2" });
  assert.deepEqual([version, cold, trace_id], ["test", false, body.trace_id]);
});

test("an instance that throws, or answers with a rejection, is replaced", async (t) => {
  const bindings = new Set();
  const w = isolateOf(t, async (head, { binding }) => {
    bindings.add(binding);
    throw new WebAssembly.RuntimeError("unreachable");
  });
  await rejecting(w.get("/a"), 500);
  await rejecting(w.get("/b"), 500);
  assert.equal(bindings.size, 2);
});

test("a trap while an answer is handed to Go answers 500", async (t) => {
  const w = isolateOf(t, async (head, { binding, call }) => {
    binding.reply = () => {
      throw new WebAssembly.RuntimeError("out of bounds");
    };
    await call("read", "user/1", "{}");
    return ok();
  });
  await rejecting(w.get("/a"), 500);
  assert.match(w.records[0].message, /out of bounds/);
});

test("a wedged instance is given up after 30 s, and its late words are not heard", async (t) => {
  const late = latch();
  const w = isolateOf(t, async (head, { host }) => {
    if (!head.url.endsWith("/wedged")) return ok();
    await late.opened;
    host.log('{"event":"late"}');
    return ok();
  }, { MAX_INSTANCES: "1" });
  const wedged = w.get("/wedged");
  await w.clock.pass(29999);
  assert.deepEqual(w.records, []);
  await w.clock.pass(1);
  await rejecting(wedged, 500);
  assert.equal((await w.get("/next")).status, 200);
  await late.open();
  assert.ok(w.records.every((record) => record.event !== "late"));
});

test("work after the response that does not end costs the instance, not the client", async (t) => {
  const bindings = new Set();
  const w = isolateOf(t, async (head, tools) => {
    bindings.add(tools.binding);
    tools.keep = head.url.endsWith("/never");
    return ok();
  }, { MAX_INSTANCES: "1" });
  const never = w.send("/never");
  assert.equal((await never.response).status, 200);
  await w.clock.pass(25000);
  await never.background;
  assert.equal(w.records[0].event, "instance_lost");
  assert.equal((await w.get("/next")).status, 200);
  assert.equal(bindings.size, 2);
});

test("an instance that cannot start answers 500, and the next request tries again", async (t) => {
  let starts = 0;
  const w = isolateOfProgram(t, programOf((context, { ready }) => {
    starts++;
    if (starts === 1) throw new Error("no memory");
    context.binding.serve = () => (context.host.respond("200", new TextEncoder().encode("ok")), context.host.settled());
    ready();
  }), { MAX_INSTANCES: "1" });
  await rejecting(w.get("/a"), 500);
  assert.equal((await w.get("/b")).status, 200);
});

test("a program that ends before it is ready answers 500", async (t) => {
  const w = isolateOfProgram(t, programOf((context, { exit }) => exit(1)));
  await rejecting(w.get("/a"), 500);
});

test("a client that goes away while it waits leaves the queue", async (t) => {
  const gate = latch();
  const w = isolateOf(t, async () => (await gate.opened, ok()), { MAX_INSTANCES: "1", MAX_QUEUE: "1" });
  const holder = w.get("/a");
  await settle();
  const client = new AbortController();
  const gone = w.send("/b", { signal: client.signal });
  await settle();
  client.abort();
  assert.equal((await gone.response).status, 499);
  await gone.background;
  const next = w.get("/c");
  await gate.open();
  assert.deepEqual([(await holder).status, (await next).status], [200, 200]);
});

test("a client that goes away while it is served does not strand the instance", async (t) => {
  const gate = latch();
  const w = isolateOf(t, async () => (await gate.opened, ok()), { MAX_INSTANCES: "1" });
  const client = new AbortController();
  const gone = w.send("/a", { signal: client.signal });
  await settle();
  client.abort();
  const next = w.get("/b");
  await gate.open();
  await gone.background;
  assert.equal((await next).status, 200);
});

test("an answer that comes after its request is not handed to the next one", async (t) => {
  const [slow, inside] = [latch(), latch()];
  const env = { MAX_INSTANCES: "1", SEQUENCER: { getByName: () => ({ read: () => slow.opened }) } };
  const replies = [];
  const w = isolateOf(t, async (head, tools) => {
    const { reply } = tools.binding;
    tools.binding.reply = (...answer) => (replies.push(answer), reply(...answer));
    if (head.url.endsWith("/impatient")) tools.call("read", "user/1", "{}").catch(() => undefined);
    else await inside.opened;
    return ok();
  }, env);
  for (const path of ["/impatient", "/impatient"]) assert.equal((await w.get(path)).status, 200);
  const next = w.get("/next");
  await settle();
  await slow.open("{}");
  await inside.open();
  assert.equal((await next).status, 200);
  assert.deepEqual(replies, []);
});

test("the platform is told to wait until the work that follows the response is done", async (t) => {
  let free;
  const w = isolateOf(t, async (head, tools) => ((tools.keep = true), (free = tools.host.settled), ok()));
  const { response, background } = w.send("/");
  let over = false;
  background.then(() => (over = true));
  assert.equal((await response).status, 200);
  await settle();
  assert.equal(over, false);
  free();
  await background;
  const refused = w.send("/", { method: "POST", body: new ReadableStream({ start: (c) => c.error(new Error("reset")) }), duplex: "half" });
  assert.equal((await refused.response).status, 400);
  await refused.background;
});

test("calls are answered with text, failures with their kind", async (t) => {
  const env = { SEQUENCER: { getByName: (name) => ({ read: async (payload) => name + payload }) } };
  const w = isolateOf(t, async (head, { call }) => {
    const text = await call("read", "user/1", "?");
    const kind = await call("edge_get", "", "{}").catch((e) => e.kind);
    return new Response(text + " " + kind);
  }, env);
  assert.equal(await (await w.get("/")).text(), "user/1? unbound");
});

test("records of Go are logged as objects", async (t) => {
  const w = isolateOf(t, async (head, { host }) => {
    host.log('{"event":"request"}');
    host.log("not JSON");
    return ok();
  });
  await w.get("/");
  assert.deepEqual(w.records, [{ event: "request" }, "not JSON"]);
});

test("bodies count against their budget only while they are held", async (t) => {
  const w = isolateOf(t, ok);
  const body = new Uint8Array(2 * 1024 * 1024);
  for (let i = 0; i < 20; i++) assert.equal((await w.get("/api/items", { method: "POST", body })).status, 200);
});
