/**
 * @file A worker in plain JavaScript that does for some requests what the product does: the same checks, the same reads of
 * KV, the same headers, one record per request. It is the floor of the platform, and here to be compared with.
 */

import { DurableObject } from "cloudflare:workers";

/** The configuration names one; nothing here calls it. */
export class Sequencer extends DurableObject {}

const encoder = new TextEncoder();
let secret;

export default {
  async fetch(request, env) {
    const started = Date.now();
    const url = new URL(request.url);
    const trace = hex(crypto.getRandomValues(new Uint8Array(16)));
    const { status, body, endpoint } = await route(request, url, env);
    const headers = {
      "Content-Type": "application/json",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "Access-Control-Allow-Origin": "*",
      "X-Trace-Id": trace,
      traceparent: "00-" + trace + "-" + hex(crypto.getRandomValues(new Uint8Array(8))) + "-01",
      "Server-Timing": "total;dur=" + (Date.now() - started),
    };
    console.log({ level: "info", event: "request", trace_id: trace, endpoint, method: request.method, status_code: status, duration_ms: Date.now() - started, time: new Date().toISOString() });
    return new Response(JSON.stringify(body), { status, headers });
  },
};

async function route(request, url, env) {
  switch (request.method + " " + url.pathname) {
    case "GET /health":
      return { status: 200, endpoint: "/health", body: { status: "healthy", timestamp: new Date().toISOString(), uptime: "0s" } };
    case "GET /api/auth/verify":
      return Object.assign({ endpoint: "/api/auth/verify" }, await verify(request, env));
    case "PUT /kv": // what a measurement starts from
      await env.STORE.put(url.searchParams.get("key"), await request.text(), { metadata: { v: 1 } });
      return { status: 200, endpoint: "/kv", body: {} };
    default:
      return { status: 404, endpoint: "", body: { error: "Not found" } };
  }
}

/** Reads the token, then the account it names. */
async function verify(request, env) {
  const claims = await read((request.headers.get("Authorization") || "").replace(/^Bearer /, ""), env);
  if (!claims) return { status: 401, body: { valid: false } };
  const { value } = await env.STORE.getWithMetadata("user/" + claims.user_id + "/account");
  const account = value === null ? null : JSON.parse(value);
  if (!account || claims.ver < account.token_version || account.status !== "Active") return { status: 401, body: { valid: false } };
  return {
    status: 200,
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
