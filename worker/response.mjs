/**
 * @file A response in the form in which Go hands it over: the head as one text, and the body.
 */

/**
 * Makes a response.
 * @param {string} head lines: the status, and the name and the value of each header field; of fields with one name the
 *   values are joined, as HTTP has it
 * @param {Uint8Array|null} body its body; null for none, as a status like 204 needs
 * @returns {Response} the response
 */
export function responseOf(head, body) {
  const [status, ...fields] = head.split("\n");
  const headers = { __proto__: null };
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i];
    headers[name] = name in headers ? headers[name] + ", " + fields[i + 1] : fields[i + 1];
  }
  return new Response(body, { status: Number(status), headers });
}
