/**
 * @file Requests on their way into the module: one JSON text and the bytes of the body.
 */

import { MAX_BODY } from "./limits.mjs";

/**
 * Reads a request. Its body is read here, up to one byte beyond the limit, so that a slow client never holds an instance.
 * @param {Request} request the request
 * @returns {Promise<{head: object, body: Uint8Array|null}>} head: {method, url, headers, address, oversize}
 */
export async function readRequest(request) {
  const { body, oversize } = await readBody(request);
  return {
    head: {
      method: request.method,
      url: request.url,
      headers: Array.from(request.headers),
      address: request.headers.get("CF-Connecting-IP") ?? "",
      oversize,
    },
    body,
  };
}

async function readBody(request) {
  if (!request.body) return { body: null, oversize: false };
  const chunks = [];
  let length = 0;
  const reader = request.body.getReader();
  while (length <= MAX_BODY) {
    const { done, value } = await reader.read();
    if (done) return { body: join(chunks, length), oversize: false };
    chunks.push(value);
    length += value.byteLength;
  }
  await reader.cancel();
  return { body: join(chunks, length).subarray(0, MAX_BODY + 1), oversize: true };
}

function join(chunks, length) {
  if (chunks.length === 1) return chunks[0];
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
