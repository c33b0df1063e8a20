import assert from "node:assert/strict";
import { test } from "node:test";

import { settle } from "./testing/clock.mjs";
import { isolateOf, latch, LOGIN, ok, rejecting } from "./testing/isolate.mjs";

test("the 33rd login at once is refused without waking Go, and places become free again", async (t) => {
  const gate = latch();
  let woken = 0;
  const w = isolateOf(t, async () => {
    woken++;
    await gate.opened;
    return ok();
  });
  const logins = Array.from({ length: 32 }, () => w.get("/api/auth/login", LOGIN));
  await settle();
  const refused = await rejecting(w.get("/api/auth/login", { ...LOGIN, headers: { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" } }), 503);
  assert.equal(refused.body.error_kind, "overloaded");
  assert.equal(refused.answer.headers.get("Retry-After"), "1");
  assert.equal(refused.body.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  await rejecting(w.get("/api/auth/%6Cogin", LOGIN), 503);
  assert.equal(woken, 8, "as many as there are instances");
  const [record] = w.records;
  assert.deepEqual([record.event, record.endpoint, record.status_code, record.error_kind, record.level, record.storage_calls, record.parent_id],
    ["request", "/api/auth/login", 503, "overloaded", "error", 0, "00f067aa0ba902b7"]);
  const other = w.get("/health");
  await gate.open();
  for (const login of logins) assert.equal((await login).status, 200);
  assert.equal((await other).status, 200, "other requests wait and are served");
  assert.equal((await w.get("/api/auth/login", LOGIN)).status, 200);
  assert.equal((await w.get("/api/auth/login")).status, 200, "only POST is a login");
});

test("the gate counts a login that waited and gave up as gone", async (t) => {
  const gate = latch();
  const w = isolateOf(t, async () => (await gate.opened, ok()), { MAX_INSTANCES: "1", LOGIN_CONCURRENCY: "2" });
  const holder = w.get("/slow");
  const logins = [w.get("/api/auth/login", LOGIN), w.get("/api/auth/login", LOGIN)];
  await settle();
  await rejecting(w.get("/api/auth/login", LOGIN), 503);
  await w.clock.pass(10000);
  for (const login of logins) await rejecting(login, 503);
  const again = w.get("/api/auth/login", LOGIN);
  await settle();
  await gate.open();
  assert.deepEqual([(await holder).status, (await again).status], [200, 200]);
});

test("what was refused is told to the next request that goes in, once", async (t) => {
  const gate = latch();
  const heard = [];
  const w = isolateOf(t, async (head) => {
    heard.push(head.refused);
    await gate.opened;
    return ok();
  }, { LOGIN_CONCURRENCY: "1" });
  const holder = w.get("/api/auth/login", LOGIN);
  await settle();
  for (let i = 0; i < 3; i++) await rejecting(w.get("/api/auth/login", LOGIN), 503);
  await gate.open();
  await holder;
  await w.get("/health");
  await w.get("/health");
  assert.deepEqual(heard, [undefined, [{ kind: "overloaded", endpoint: "/api/auth/login", count: 3 }], undefined]);
});

test("the record of a refusal says what was refused and that no instance was woken", async (t) => {
  const gate = latch();
  const w = isolateOf(t, async () => (await gate.opened, ok()), { LOGIN_CONCURRENCY: "1" });
  const holder = w.get("/api/auth/login", LOGIN);
  await settle();
  await rejecting(w.get("/api/auth/login", LOGIN), 503);
  const [{ cold, version, method, storage_ms, user_id, message }] = w.records;
  assert.deepEqual([cold, version, method, storage_ms, user_id], [false, "test", "POST", 0, null]);
  assert.equal(message, "Too many requests at once, try again");
  await gate.open();
  await holder;
});

test("every way for a login to end leaves its place to the next", async (t) => {
  let reply;
  const w = isolateOf(t, (head, tools) => reply(tools), { LOGIN_CONCURRENCY: "1", MAX_INSTANCES: "2" });
  const login = (more) => w.send("/api/auth/login", { ...LOGIN, ...more });
  const ends = {
    "an answer": async () => {
      reply = async () => ok();
      return login().response;
    },
    "a death": async () => {
      reply = async ({ exit }) => (exit(2), new Promise(() => undefined));
      return login().response;
    },
    "a deadline": async () => {
      reply = () => new Promise(() => undefined);
      const { response } = login();
      await settle();
      await w.clock.pass(30000);
      return response;
    },
    "work that follows the answer": async () => {
      reply = async (tools) => ((tools.keep = true), settle().then(() => tools.host.settled()), ok());
      const { response, background } = login();
      await background;
      return response;
    },
    "a client that goes away while it is served": async () => {
      const gate = latch();
      reply = async () => (await gate.opened, ok());
      const client = new AbortController();
      const { response } = login({ signal: client.signal });
      await settle();
      client.abort();
      await gate.open();
      return response;
    },
    "a client that goes away in the middle of the body": async () => {
      let chunks = 0;
      const body = new ReadableStream({
        pull: (controller) => (++chunks === 1 ? controller.enqueue(new Uint8Array(3)) : controller.error(new Error("reset"))),
      });
      return login({ body, duplex: "half" }).response;
    },
  };
  const statuses = {};
  for (const [name, end] of Object.entries(ends)) {
    statuses[name] = (await end()).status;
    reply = async () => ok();
    await settle();
    assert.equal((await login().response).status, 200, "after " + name);
    await settle();
  }
  assert.deepEqual(Object.values(statuses), [200, 500, 500, 200, 200, 400]);
});

test("a login whose body is still on its way takes no place", async (t) => {
  const w = isolateOf(t, ok, { LOGIN_CONCURRENCY: "1" });
  let finish;
  const body = new ReadableStream({ start: (controller) => (finish = () => controller.close()) });
  const slow = w.get("/api/auth/login", { method: "POST", body, duplex: "half" });
  await settle();
  assert.equal((await w.get("/api/auth/login", LOGIN)).status, 200);
  finish();
  assert.equal((await slow).status, 200);
});

test("a login holds its place until the work that follows its answer is done", async (t) => {
  let free;
  const w = isolateOf(t, async (head, tools) => ((tools.keep = true), (free = tools.host.settled), ok()), { LOGIN_CONCURRENCY: "1" });
  const first = w.send("/api/auth/login", LOGIN);
  assert.equal((await first.response).status, 200);
  await rejecting(w.get("/api/auth/login", LOGIN), 503);
  free();
  await first.background;
  assert.equal((await w.get("/api/auth/login", LOGIN)).status, 200);
  free();
});

test("no more than 32 kinds of refusals are counted apart", async (t) => {
  const gate = latch();
  const heard = [];
  const w = isolateOf(t, async (head) => (heard.push(head.refused), await gate.opened, ok()), { MAX_INSTANCES: "1", MAX_QUEUE: "1" });
  const taken = [w.get("/holder"), w.get("/waiter")];
  await settle();
  for (let i = 0; i < 40; i++) await rejecting(w.get("/" + "x".repeat(1 + (i % 20)) + (i < 20 ? "" : "/y")), 503);
  await rejecting(w.get("/x"), 503);
  await gate.open();
  await Promise.all(taken);
  assert.equal(heard[1].length, 32);
  assert.deepEqual(heard[1].slice(0, 2), [{ kind: "overloaded", endpoint: "/x", count: 2 }, { kind: "overloaded", endpoint: "/xx", count: 1 }]);
});

test("the password of a circuit passes the gate of logins, and a page without one does not", async (t) => {
  const gate = latch();
  const w = isolateOf(t, async () => (await gate.opened, ok()), { LOGIN_CONCURRENCY: "1" });
  const holder = w.get("/api/auth/login", LOGIN);
  await settle();
  const page = "/api/circuits/6ba7b810-9dad-41d1-80b4-00c04fd430c8/public";
  await rejecting(w.get(page, { headers: { "X-Circuit-Password": "Cocoa" } }), 503);
  await rejecting(w.get(page + "/join", { method: "POST", body: '{"access_password":"Cocoa"}' }), 503);
  const free = [w.get(page), w.get(page + "/join", { method: "POST", body: '{"message":"Hello"}' }), w.get("/health", { headers: { "X-Circuit-Password": "x" } })];
  await gate.open();
  for (const one of [holder, ...free]) assert.equal((await one).status, 200);
});
