/**
 * @file A worker in plain JavaScript that does for some requests what the product does: the same checks, the same reads of
 * KV under the same limit of time, the same headers, one record per request under the trace of the caller. It is the floor
 * of the platform, and here to be compared with.
 */

import { DurableObject } from "cloudflare:workers";

/** The configuration names one; nothing here calls it. */
export class Sequencer extends DurableObject {}

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Milliseconds that a read may take. */
const READ_MS = 5000;

const encoder = new TextEncoder();
let secret;

export default {
  async fetch(request, env) {
    const call = { request, env, url: new URL(request.url), started: Date.now(), ops: [] };
    const parent = TRACEPARENT.exec(request.headers.get("traceparent") || "");
    const trace = parent ? parent[1] : hex(crypto.getRandomValues(new Uint8Array(16)));
    const span = hex(crypto.getRandomValues(new Uint8Array(8)));
    const { status, body, endpoint, user } = await route(call);
    const took = Date.now() - call.started;
    const storage = call.ops.reduce((sum, op) => sum + op.duration_ms, 0);
    console.log({
      level: "info", event: "request", trace_id: trace, span_id: span, endpoint, method: request.method, status_code: status,
      duration_ms: took, storage_calls: call.ops.length, storage_ms: storage, slowest_op: call.ops[0] ? call.ops[0].op : "",
      error_kind: null, user_id: user || null, key_id: null, cold: false, version: "plain", time: new Date().toISOString(), ops: call.ops,
    });
    return new Response(JSON.stringify(body), {
      status,
      headers: {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "Link, Retry-After, X-Trace-Id, traceparent, Server-Timing, Idempotency-Replayed, Allow",
        "X-Trace-Id": trace,
        traceparent: "00-" + trace + "-" + span + "-01",
        "Server-Timing": "total;dur=" + took.toFixed(1) + ", storage;dur=" + storage.toFixed(1) + ';desc="' + call.ops.length + ' ops"',
      },
    });
  },
};

/** What the product calls the read of a replica: traced, and with a limit of time. */
async function readEdge(call, op, key) {
  const start = Date.now();
  let timer;
  const late = new Promise((resolve, reject) => (timer = setTimeout(() => reject(new Error("late")), READ_MS)));
  try {
    return await Promise.race([call.env.STORE.getWithMetadata(key), late]);
  } finally {
    clearTimeout(timer);
    call.ops.push({ op, kind: "edge_read", start_ms: start - call.started, duration_ms: Date.now() - start, attempts: 1 });
  }
}

async function route(call) {
  const { request, env, url } = call;
  switch (request.method + " " + url.pathname) {
    case "GET /health":
      return { status: 200, endpoint: "/health", body: { status: "healthy", timestamp: new Date().toISOString(), uptime: "0s" } };
    case "GET /api/auth/verify":
      return Object.assign({ endpoint: "/api/auth/verify" }, await verify(call));
    case "PUT /kv": // what a measurement starts from
      await env.STORE.put(url.searchParams.get("key"), await request.text(), { metadata: { v: 1 } });
      return { status: 200, endpoint: "/kv", body: {} };
    default:
      return { status: 404, endpoint: "", body: { error: "Not found" } };
  }
}

/** Reads the token, then the account it names. */
async function verify(call) {
  const { request, env } = call;
  const claims = await read((request.headers.get("Authorization") || "").replace(/^Bearer /, ""), env);
  if (!claims) return { status: 401, body: { valid: false } };
  const { value } = await readEdge(call, "accounts_get_user_edge", "user/" + claims.user_id + "/account");
  const account = value === null ? null : JSON.parse(value);
  if (!account || claims.ver < account.token_version || account.status !== "Active") return { status: 401, body: { valid: false } };
  return {
    status: 200,
    user: account.user_id,
    body: { valid: true, user_id: account.user_id, workspace_id: account.workspace_id, username: account.username, tier: account.tier, expires_at: claims.exp },
  };
}

async function read(token, env) {
  const [head, payload, signature] = token.split(".");
  if (!signature) return null;
  secret ||= await crypto.subtle.importKey("raw", encoder.encode(env.JWT_SECRET), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  const good = await crypto.subtle.verify("HMAC", secret, bytes(signature), encoder.encode(head + "." + payload));
  if (!good) return null;
  const claims = JSON.parse(new TextDecoder().decode(bytes(payload)));
  return claims.exp * 1000 > Date.now() ? claims : null;
}

function bytes(base64url) {
  return Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
}

function hex(random) {
  return Array.from(random, (b) => b.toString(16).padStart(2, "0")).join("");
}
