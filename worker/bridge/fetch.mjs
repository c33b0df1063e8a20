/**
 * @file HTTP requests to services outside, on behalf of the Go module.
 */

/** Bytes of a response body that are handed on. */
const MAX_BODY = 1024 * 1024;

/** Time limit when the request names none, in ms. */
const DEFAULT_TIMEOUT_MS = 10000;

/**
 * Asks a service. Redirects are not followed: the caller chose this address and no other.
 * @param {{method: string, url: string, headers?: [string, string][], body?: string, binary?: boolean,
 *   timeout_ms?: number}} request with binary, body is base64 of bytes, and so is that of the reply
 * @returns {Promise<{status: number, headers: [string, string][], body: string}>} body text or base64, at most 1 MiB of
 *   it; rejects with an error named TimeoutError when the answer is not complete in time
 */
export async function fetchText(request) {
  const controller = new AbortController();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    controller.abort();
  }, request.timeout_ms || DEFAULT_TIMEOUT_MS);
  try {
    const init = { method: request.method, redirect: "manual", signal: controller.signal };
    if (request.headers) init.headers = request.headers;
    if (request.body) init.body = request.binary ? fromBase64(request.body) : request.body;
    const response = await fetch(request.url, init);
    const body = request.binary ? await base64Of(response) : await textOf(response);
    return { status: response.status, headers: [...response.headers], body };
  } catch (e) {
    if (!late) throw e;
    const error = new Error("no answer within " + (request.timeout_ms || DEFAULT_TIMEOUT_MS) + " ms");
    error.name = "TimeoutError";
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function textOf(response) {
  const decoder = new TextDecoder();
  let text = "";
  for (const part of await partsOf(response)) text += decoder.decode(part, { stream: true });
  return text + decoder.decode();
}

async function base64Of(response) {
  let text = "";
  for (const part of await partsOf(response)) {
    for (let i = 0; i < part.length; i += PIECE) text += String.fromCharCode(...part.subarray(i, i + PIECE));
  }
  return btoa(text);
}

/** Bytes that are turned into arguments of one call. */
const PIECE = 8192;

function fromBase64(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

async function partsOf(response) {
  if (!response.body) return [];
  const reader = response.body.getReader();
  const parts = [];
  let room = MAX_BODY;
  while (room > 0) {
    const { done, value } = await reader.read();
    if (done) return parts;
    parts.push(value.subarray(0, room));
    room -= value.length;
  }
  await reader.cancel();
  return parts;
}
