import assert from "node:assert/strict";
import { test } from "node:test";

import { parseTraceparent, startSpan, traceparent } from "./trace.mjs";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

test("a valid traceparent supplies trace, parent and sampling", () => {
  assert.deepEqual(parseTraceparent(`00-${TRACE}-${SPAN}-01`), { traceId: TRACE, parentId: SPAN, sampled: true });
  assert.equal(parseTraceparent(`00-${TRACE}-${SPAN}-02`).sampled, false);
  assert.equal(parseTraceparent(`cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`).traceId, TRACE);
  assert.equal(parseTraceparent(`01-${TRACE}-${SPAN}-01`).traceId, TRACE);
  assert.equal(parseTraceparent(`fe-${TRACE}-${SPAN}-01-`).traceId, TRACE);
  assert.equal(parseTraceparent(`00-${TRACE}-${SPAN}-ff`).sampled, true);
  assert.equal(parseTraceparent(`00-${TRACE}-${SPAN}-00`).sampled, false);
});

test("anything else is ignored", () => {
  const bad = [null, "", "00", `00-${TRACE}-${SPAN}`, `00-${TRACE}-${SPAN}-01-more`, `ff-${TRACE}-${SPAN}-01`, `cc-${TRACE}-${SPAN}-01.more`,
    `00-${"0".repeat(32)}-${SPAN}-01`, `00-${TRACE}-${"0".repeat(16)}-01`, `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN.toUpperCase()}-01`, `00-${TRACE}-${SPAN}-0A`, `00-${TRACE}-${SPAN}-0`, `00-${TRACE}-${SPAN}-011`, `00-${TRACE}-${SPAN}-01-`, `0-${TRACE}-${SPAN}-01`,
    `000-${TRACE}-${SPAN}-01`, `FF-${TRACE}-${SPAN}-01`, `cc-${TRACE}-${SPAN}-011`, `00-${TRACE.slice(1)}-${SPAN}-01`, `00-${TRACE}0-${SPAN}-01`, `00-${TRACE}-${SPAN.slice(1)}-01`,
    `00-${TRACE}-${SPAN}0-01`, `00_${TRACE}_${SPAN}_01`, `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01\n`, `00-g${TRACE.slice(1)}-${SPAN}-01`, ` 00-${TRACE}-${SPAN}-01`];
  for (const header of bad) assert.equal(parseTraceparent(header), undefined, String(header));
});

test("a span keeps the trace it comes from and has an id of its own", () => {
  const span = startSpan(new Headers({ traceparent: `00-${TRACE}-${SPAN}-00` }));
  assert.equal(span.parentId, SPAN);
  assert.match(traceparent(span), new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
  assert.notEqual(span.spanId, SPAN);
  const fresh = startSpan(null);
  assert.match(traceparent(fresh), /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  assert.notEqual(fresh.traceId, startSpan(null).traceId);
});
