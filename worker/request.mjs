/**
 * @file A request in the form in which it is handed to Go: one text of lines and one byte array.
 */

import { Failure, overloaded } from "./failure.mjs";

/** Longest request body, in bytes. */
export const MAX_BODY_BYTES = 2 * 1024 * 1024;

/**
 * The head of a request as lines: method, URL, address of the client ("" when the platform does not say), Unix ms of its
 * arrival, marks, refusals as JSON or "", and then the name and the value of each header field. None of them can hold a line end.
 * @param {{method: string, url: string, headers: Headers}} request an incoming request, or what of it was asked for before
 * @param {{arrived: number, cold: boolean, oversize: boolean, refused: (object[]|undefined)}} about how it came here
 * @returns {string} the text
 */
export function headText(request, about) {
  const marks = (about.cold ? "cold " : "") + (about.oversize ? "oversize" : "");
  const refused = about.refused ? JSON.stringify(about.refused) : "";
  let address = "";
  let fields = "";
  // An iterator would make two objects for each.
  request.headers.forEach((value, name) => {
    if (name === "cf-connecting-ip") address = value;
    fields += "\n" + name + "\n" + value;
  });
  return request.method + "\n" + request.url + "\n" + address + "\n" + about.arrived + "\n" + marks + "\n" + refused + fields;
}

/** What readBody finds where there is none. */
export const NO_BODY = { body: null, oversize: false, release: () => undefined };

/**
 * Reads a body, but never more than one byte beyond the limit.
 * @param {Request} request an incoming request
 * @param {import("./admission.mjs").Gate} budget bytes that the isolate may hold
 * @returns {Promise<{body: Uint8Array|null, oversize: boolean, release: function(): void}>} what was read, and what
 *   gives its bytes back to the budget; rejects with a Failure when the budget is used up or the body breaks off
 */
export async function readBody(request, budget) {
  if (!request.body) return NO_BODY;
  if (Number(request.headers.get("Content-Length")) > MAX_BODY_BYTES) return { body: null, oversize: true, release: () => undefined };
  const leaves = [];
  const release = () => leaves.forEach((leave) => leave());
  const reader = request.body.getReader();
  try {
    const chunks = [];
    let length = 0;
    while (length <= MAX_BODY_BYTES) {
      const { done, value } = await read(reader);
      if (done) return { body: join(chunks, length), oversize: false, release };
      const leave = budget.enter(value.length);
      if (!leave) throw overloaded();
      leaves.push(leave);
      chunks.push(value);
      length += value.length;
    }
    reader.cancel().catch(() => undefined);
    return { body: join(chunks, MAX_BODY_BYTES + 1), oversize: true, release };
  } catch (e) {
    release();
    throw e;
  }
}

async function read(reader) {
  try {
    return await reader.read();
  } catch (e) {
    throw new Failure(400, "validation_error", "The request body broke off");
  }
}

function join(chunks, length) {
  if (chunks.length === 1 && chunks[0].length === length) return chunks[0];
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    const part = chunk.subarray(0, length - offset);
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
