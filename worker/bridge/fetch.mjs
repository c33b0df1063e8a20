/**
 * @file HTTP requests to services outside, on behalf of the Go module.
 */

/** Bytes of a response body that are handed on. */
const MAX_BODY = 1024 * 1024;

/** Time limit when the request names none, in ms. */
const DEFAULT_TIMEOUT_MS = 10000;

/**
 * Asks a service. Redirects are not followed: the caller chose this address and no other.
 * @param {{method: string, url: string, headers?: [string, string][], body?: string, timeout_ms?: number}} request
 * @returns {Promise<{status: number, headers: [string, string][], body: string}>} body text, at most 1 MiB of it;
 *   rejects with an error named TimeoutError when the answer is not complete in time
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
    if (request.body) init.body = request.body;
    const response = await fetch(request.url, init);
    return { status: response.status, headers: [...response.headers], body: await textOf(response) };
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
  if (!response.body) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let room = MAX_BODY;
  let text = "";
  while (room > 0) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    const part = value.subarray(0, room);
    room -= part.length;
    text += decoder.decode(part, { stream: true });
  }
  await reader.cancel();
  return text;
}
