import assert from "node:assert/strict";
import { test } from "node:test";

import { Death, Instance } from "./instance.mjs";
import { FakeClock, settle } from "./testing/clock.mjs";
import { programOf, serving } from "./testing/go.mjs";

const TURN_MS = 30000;
const HEAD = "GET\nhttps://example.org/\n\n\n";

async function started(t, program) {
  const clock = new FakeClock();
  clock.install(t);
  const instance = new Instance({ ...program, config: '{"A":"1"}' });
  instance.begin({}, TURN_MS);
  await instance.start();
  return { clock, instance };
}

test("a program finds its configuration while it starts", async (t) => {
  let seen;
  const { instance } = await started(t, programOf((context, { ready }) => {
    seen = context.config;
    ready();
  }));
  assert.equal(seen, '{"A":"1"}');
  assert.equal(instance.dead, false);
});

test("bindings are those of the turn", async (t) => {
  const env = (name) => ({ SEQUENCER: { getByName: (partition) => ({ read: async (payload) => name + " " + partition + " " + payload }) } });
  const { instance } = await started(t, serving(async (head, { call }) => new Response(head.url + ": " + (await call("read", "user/1", "{}")))));
  instance.end();
  for (const name of ["a", "b"]) {
    instance.begin(env(name), TURN_MS);
    const response = await instance.serve("GET\n" + name + "\n\n0\n\n", null);
    assert.equal(await response.text(), name + ": " + name + " user/1 {}");
    instance.end();
  }
});

test("a call that takes longer than it may is answered once, with timeout", async (t) => {
  let answer;
  const env = { SEQUENCER: { getByName: () => ({ read: () => new Promise((resolve) => (answer = resolve)) }) } };
  const { clock, instance } = await started(t, serving(async (head, { call }) => {
    const ends = [];
    for (const limit of [5000, 0]) {
      ends.push(await Promise.race([call("read", "user/1", "{}", limit).catch((e) => e.kind), new Promise((resolve) => setTimeout(resolve, 6000))]));
    }
    return new Response(ends.join(", "));
  }));
  instance.end();
  instance.begin(env, TURN_MS);
  const response = instance.serve(HEAD, null);
  await clock.pass(4999);
  const [first, more] = [answer, clock.timers];
  await clock.pass(1);
  assert.notEqual(answer, first, "the next call goes out at the limit of the first");
  first("late");
  answer("in time");
  await clock.pass(0);
  assert.equal(await (await response).text(), "timeout, in time");
  assert.ok(more > 0);
  instance.end();
});

/** A program that serves and whose runtime has timers; go.schedule sets one, go.woken counts how often Go was resumed. */
function withTimers() {
  const program = serving(async () => new Response("ok"));
  const go = { woken: 0 };
  class Go extends program.Go {
    mem = new DataView(new ArrayBuffer(32));
    importObject = { gojs: { "runtime.scheduleTimeoutEvent": () => undefined, "runtime.clearTimeoutEvent": () => undefined } };
    constructor() {
      super();
      go.schedule = (ms) => {
        this.mem.setBigInt64(8, BigInt(ms), true);
        this.importObject.gojs["runtime.scheduleTimeoutEvent"](0);
      };
    }
    _resume() {
      go.woken++;
      this.mem.setInt32(8, this.mem.getInt32(16, true), true);
      this.importObject.gojs["runtime.clearTimeoutEvent"](0);
    }
  }
  return { go, program: { ...program, Go } };
}

test("a timer that Go set in one turn fires in the next", async (t) => {
  const { go, program } = withTimers();
  const { clock, instance } = await started(t, program);
  go.schedule(1000);
  instance.end();
  await clock.pass(2000);
  assert.equal(go.woken, 0, "between turns no code of Go runs");
  instance.begin({}, TURN_MS);
  await clock.pass(0);
  assert.equal(go.woken, 1);
});

test("a timer fires in the turn that the program was started in", async (t) => {
  const { go, program } = withTimers();
  const { clock } = await started(t, program);
  go.schedule(1000);
  await clock.pass(1000);
  assert.equal(go.woken, 1);
});

test("no timer enters a program that died", async (t) => {
  const { go, program } = withTimers();
  const { clock, instance } = await started(t, program);
  go.schedule(1000);
  instance.drop("given up");
  await clock.pass(1000);
  instance.end();
  instance.begin({}, TURN_MS);
  await clock.pass(1000);
  assert.equal(go.woken, 0);
});

test("an instance that died fails its turn, and every later use", async (t) => {
  const { instance } = await started(t, serving((head, { exit }) => (exit(7), new Promise(() => undefined))));
  await assert.rejects(instance.serve(HEAD, null), (e) => e instanceof Death && /code 7/.test(e.message));
  assert.equal(instance.dead, true);
  await assert.rejects(instance.serve(HEAD, null), Death);
  await assert.rejects(instance.settled(), Death);
});

test("a deadline ends with its turn", async (t) => {
  const { clock, instance } = await started(t, serving(async () => new Response("ok")));
  instance.end();
  assert.equal(clock.timers, 0);
  await clock.pass(TURN_MS * 2);
  assert.equal(instance.dead, false);
  instance.begin({}, TURN_MS);
  instance.limit(100);
  await clock.pass(100);
  await settle();
  assert.equal(instance.dead, true);
});

test("an instance that died between two turns fails the next one at once", async (t) => {
  let served = 0;
  const { clock, instance } = await started(t, serving(async () => (served++, new Response("ok"))));
  instance.end();
  instance.drop("given up");
  instance.drop("again");
  instance.begin({}, TURN_MS);
  await assert.rejects(instance.serve(HEAD, null), (e) => e instanceof Death && /given up/.test(e.message));
  await assert.rejects(instance.settled(), Death);
  assert.equal(served, 0, "a dead program is not entered");
  instance.end();
  assert.equal(clock.timers, 0);
});

test("an exit leaves the promise of the start alone", async (t) => {
  const touched = [];
  let go;
  const program = serving((head, { exit }) => {
    exit(3);
    go._resolveExitPromise(); // as wasm_exec.js does once it is back from the module
    return new Promise(() => undefined);
  });
  class Go extends program.Go {
    constructor() {
      super();
      go = this;
      this._resolveExitPromise = () => touched.push("run");
    }
  }
  const { instance } = await started(t, { ...program, Go });
  await assert.rejects(instance.serve(HEAD, null), { message: "exited with code 3" });
  assert.deepEqual(touched, []);
});

test("what throws while it starts, and while it is entered, is a death", async (t) => {
  new FakeClock().install(t);
  class Go {
    constructor() {
      throw new RangeError("out of memory");
    }
  }
  const unstartable = new Instance({ Go, module: {}, config: "{}" });
  unstartable.begin({}, {}, TURN_MS);
  await assert.rejects(unstartable.start(), { message: "trapped: out of memory" });
  unstartable.end();
  const { instance } = await started(t, programOf((context, { ready }) => {
    context.binding.serve = () => {
      throw "a text";
    };
    ready();
  }));
  await assert.rejects(instance.serve(HEAD, null), { message: "trapped: a text" });
  instance.end();
});

test("a program says its version when it runs", async (t) => {
  const silent = await started(t, programOf((context, { ready }) => ready()));
  assert.equal(silent.instance.version, "");
  const { instance } = await started(t, serving(async () => new Response("ok")));
  assert.equal(instance.version, "test");
});
