import assert from "node:assert/strict";
import { test } from "node:test";

import { Port } from "./port.mjs";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A port whose program takes what wakes it, as port.go does, into memory at `at`, and tells what it got. */
function start(room = 64) {
  const asked = [];
  const host = {};
  for (const name of ["ready", "call", "respond", "log", "settled"]) host[name] = (...args) => asked.push([name, ...args]);
  host.config = '{"A":"1"}';
  const port = new Port(host);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const w = { port, asked, memory, got: [], at: 1024, room, resumed: 0 };
  const bytes = (at, size) => new Uint8Array(memory.buffer).slice(at, at + size);
  w.take = () => {
    let size = port.imports.take(w.at, w.room);
    const first = size;
    if (size > w.room) size = port.imports.take(w.at, size);
    return { text: decoder.decode(bytes(w.at, size)), first };
  };
  w.put = (at, text) => {
    const data = encoder.encode(text);
    new Uint8Array(memory.buffer).set(data, at);
    return [at, data.length];
  };
  const wake = (what, size) => {
    const event = { what, size, text: w.take().text };
    if (size > 0) {
      port.imports.take_body(4096);
      event.body = bytes(4096, size);
    }
    w.got.push(event);
  };
  port.connect({ _resume: () => w.resumed++ }, { exports: { mem: memory, wake } });
  return w;
}

test("a program finds its configuration first", () => {
  assert.equal(start().take().text, '{"A":"1"}');
});

test("requests, tasks and answers wake the program, each once", () => {
  const w = start();
  w.port.serve("GET\nhttps://example.org/ü", null);
  w.port.serve("POST", new Uint8Array([0, 255, 7]));
  w.port.serve("POST", new Uint8Array(0));
  w.port.sweep();
  w.port.reply("1\n\n{}");
  assert.deepEqual(w.got, [
    { what: 0, size: -1, text: "GET\nhttps://example.org/ü" },
    { what: 0, size: 3, text: "POST", body: new Uint8Array([0, 255, 7]) },
    { what: 0, size: 0, text: "POST" },
    { what: 1, size: -1, text: "" },
    { what: 2, size: -1, text: "1\n\n{}" },
  ]);
  assert.equal(w.resumed, 5);
});

test("a text that is longer than the room is asked for again", () => {
  const w = start(16);
  const text = "0123456789 ünïcödé 🦊";
  w.port.reply(text);
  assert.equal(w.got[0].text, text);
  const exact = start(4);
  exact.port.reply("abcd");
  assert.equal(exact.got[0].text, "abcd");
  const cut = start(5);
  cut.port.reply("abc🦊"); // the last character does not fit
  assert.equal(cut.got[0].text, "abc🦊");
});

test("what the program says reaches its host", () => {
  const w = start();
  const head = w.put(100, "200\nX\nü");
  const body = w.put(200, "{}");
  w.port.imports.ready(...w.put(300, "1.0"));
  w.port.imports.call(...w.put(300, "1\n5000\nread\n{}\nuser/1"));
  w.port.imports.log(...w.put(300, '{"a":"🦊"}'));
  w.port.imports.respond(...head, ...body);
  w.port.imports.respond(...head, 0, 0);
  w.port.imports.settled();
  new Uint8Array(w.memory.buffer).fill(0);
  assert.deepEqual(w.asked, [
    ["ready", "1.0"], ["call", "1\n5000\nread\n{}\nuser/1"], ["log", '{"a":"🦊"}'],
    ["respond", "200\nX\nü", encoder.encode("{}")], ["respond", "200\nX\nü", null], ["settled"],
  ], "a body is a copy");
});

test("memory that has grown is found, and addresses have 32 bits", () => {
  const w = start();
  w.port.imports.log(...w.put(300, "before"));
  w.memory.grow(1);
  w.port.imports.log(...w.put(70000, "after"));
  assert.deepEqual(w.asked, [["log", "before"], ["log", "after"]]);
  w.port.imports.log(-4, 0); // above 2 GiB WebAssembly hands over negative numbers
  assert.deepEqual(w.asked[2], ["log", ""]);
});
