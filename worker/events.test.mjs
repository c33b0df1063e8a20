import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

import { adoptEvents } from "./events.mjs";

const [GO, GLOBAL] = [6, 5];
const wasmExec = new URL("../build/wasm_exec.js", import.meta.url);

/** Go's own class, and what it answers for a property of a value: the reference that is stored, as a number of 64 bits. */
function start(adopted) {
  const scope = vm.createContext({ performance, crypto: globalThis.crypto, TextEncoder, TextDecoder, DataView, Uint8Array });
  vm.runInContext(readFileSync(wasmExec, "utf8"), scope);
  const go = new scope.Go();
  const asked = [];
  if (adopted) {
    const get = go.importObject.gojs["syscall/js.valueGet"];
    go.importObject.gojs["syscall/js.valueGet"] = (sp) => (asked.push(sp), get(sp));
    adoptEvents(go);
  }
  const memory = new ArrayBuffer(1024);
  go.mem = new DataView(memory);
  go._inst = { exports: { mem: { buffer: memory }, getsp: () => 256 } };
  go._values = [NaN, 0, null, true, false, scope, go];
  go._goRefCounts = new Array(go._values.length).fill(Infinity);
  go._ids = new Map([[0, 1], [null, 2], [true, 3], [false, 4], [scope, 5], [go, 6]]);
  go._idPool = [];
  const property = (id, name) => {
    const text = new TextEncoder().encode(name);
    new Uint8Array(memory).set(text, 512);
    go.mem.setUint32(264, id, true);
    go.mem.setUint32(268, 0x7ff80001, true);
    go.mem.setBigInt64(272, 512n, true);
    go.mem.setBigInt64(280, BigInt(text.length), true);
    go.mem.setBigInt64(288, 77n, true);
    go.importObject.gojs["syscall/js.valueGet"](256);
    return go.mem.getBigUint64(288, true);
  };
  return { go, property, asked };
}

test("that there is no event is answered as Go's own class answers it", () => {
  const [own, adopted] = [start(false), start(true)];
  assert.equal(adopted.property(GO, "_pendingEvent"), own.property(GO, "_pendingEvent"));
  assert.deepEqual(adopted.asked, [], "the class was not asked");
});

test("every other property is the class's to answer", () => {
  const [own, adopted] = [start(false), start(true)];
  for (const of of [own, adopted]) of.go._pendingEvents = true;
  for (const [id, name] of [[GO, "_pendingEvents"], [GO, "exited"], [GLOBAL, "_pendingEvent"]]) {
    assert.equal(adopted.property(id, name), own.property(id, name), name);
  }
  for (const of of [own, adopted]) of.go._pendingEvent = true;
  assert.equal(adopted.property(GO, "_pendingEvent"), own.property(GO, "_pendingEvent"));
  assert.equal(adopted.asked.length, 4);
});
