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
  const lines = head.split("\n");
  const headers = new Fields();
  for (let i = 1; i + 1 < lines.length; i += 2) {
    const [name, value] = [lines[i], lines[i + 1]];
    const before = headers[name];
    headers[name] = before === undefined ? value : before + ", " + value;
  }
  return new Response(body, { status: Number(lines[0]), headers });
}

/** Objects that inherit no properties. Unlike those that are made with no prototype they are not kept as tables. */
function Fields() {}
Fields.prototype = { __proto__: null };
