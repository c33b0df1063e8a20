import assert from "node:assert/strict";
import { test } from "node:test";

import { Death, Instance } from "./instance.mjs";
import { FakeClock, settle } from "./testing/clock.mjs";
import { programOf, serving } from "./testing/go.mjs";

const TURN_MS = 30000;

async function started(t, program) {
  const clock = new FakeClock();
  clock.install(t);
  const instance = new Instance({ ...program, config: '{"A":"1"}' });
  instance.begin({}, {}, TURN_MS);
  await instance.start();
  return { clock, instance };
}

test("a program finds its context while it starts, and only then", async (t) => {
  let seen;
  const { instance } = await started(t, programOf((context, { ready }) => {
    seen = context;
    ready();
  }));
  assert.equal(seen.config, '{"A":"1"}');
  assert.equal(globalThis.context, undefined);
  assert.equal(instance.dead, false);
});

test("bindings and context are those of the turn", async (t) => {
  const seen = [];
  let context;
  const { instance } = await started(t, programOf((own, { ready }) => {
    context = own;
    own.binding.handleRequest = async () => void seen.push([own.env.name, own.ctx.name, own.request.head]);
    ready();
  }));
  instance.end();
  for (const name of ["a", "b"]) {
    instance.begin({ name }, { name }, TURN_MS);
    await instance.serve({ n: name }, null);
    instance.end();
  }
  assert.deepEqual(seen, [["a", "a", '{"n":"a"}'], ["b", "b", '{"n":"b"}']]);
  assert.deepEqual([context.request, context.ctx], [null, undefined], "nothing of a request stays");
});

test("a timer that Go set in one turn fires in the next", async (t) => {
  const program = serving(async () => new Response("ok"));
  const gojs = { "runtime.scheduleTimeoutEvent": () => undefined, "runtime.clearTimeoutEvent": () => undefined };
  let woken = 0;
  let go;
  class Go extends program.Go {
    mem = new DataView(new ArrayBuffer(32));
    importObject = { gojs };
    constructor() {
      super();
      go = this;
    }
    _resume() {
      woken++;
      this.mem.setInt32(8, this.mem.getInt32(16, true), true);
      gojs["runtime.clearTimeoutEvent"](0);
    }
  }
  const { clock, instance } = await started(t, { Go, module: program.module });
  go.mem.setBigInt64(8, 1000n, true);
  gojs["runtime.scheduleTimeoutEvent"](0);
  instance.end();
  await clock.pass(2000);
  assert.equal(woken, 0, "between turns no code of Go runs");
  instance.begin({}, {}, TURN_MS);
  await clock.pass(0);
  assert.equal(woken, 1);
});

test("an instance that died fails its turn, and every later use", async (t) => {
  const { instance } = await started(t, serving((head, { exit }) => (exit(7), new Promise(() => undefined))));
  await assert.rejects(instance.serve({}, null), (e) => e instanceof Death && /code 7/.test(e.message));
  assert.equal(instance.dead, true);
  await assert.rejects(instance.serve({}, null), Death);
  await assert.rejects(instance.settled(), Death);
});

test("a deadline ends with its turn", async (t) => {
  const { clock, instance } = await started(t, serving(async () => new Response("ok")));
  instance.end();
  assert.equal(clock.timers, 0);
  await clock.pass(TURN_MS * 2);
  assert.equal(instance.dead, false);
  instance.begin({}, {}, TURN_MS);
  instance.limit(100);
  await clock.pass(100);
  await settle();
  assert.equal(instance.dead, true);
});
