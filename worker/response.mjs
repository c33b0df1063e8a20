/**
 * @file A response in the form in which Go hands it over: one text.
 */

/**
 * Makes a response.
 * @param {string} text a line with the status, a line each for the name and the value of each header field, an empty line,
 *   and the body
 * @param {Uint8Array} [bytes] the body, when it is not text
 * @returns {Response} the response; one without a body has null, as a status like 204 needs
 */
export function responseOf(text, bytes) {
  let at = text.indexOf("\n");
  const status = Number(text.slice(0, at));
  const headers = [];
  for (;;) {
    const end = text.indexOf("\n", at + 1);
    if (end === at + 1) {
      at = end + 1;
      break;
    }
    const last = text.indexOf("\n", end + 1);
    headers.push([text.slice(at + 1, end), text.slice(end + 1, last)]);
    at = last;
  }
  return new Response(bytes || (at < text.length ? text.slice(at) : null), { status, headers });
}
