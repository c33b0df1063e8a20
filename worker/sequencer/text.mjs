/**
 * @file Sizes of strings and their compact form in storage.
 *
 * A storage row ends at 2 MB, and the engine stores a string with one byte per character only while every
 * character is below U+0100. One emoji in a long ASCII document would double it. Such documents are packed: their
 * UTF-8 bytes become the characters of the stored string.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Longest string, in UTF-16 units, that fits a row even at two bytes per unit. */
const PLAIN_UNITS = 900000;

/** Characters converted by one call of String.fromCharCode: engines bound the number of arguments. */
const CHUNK = 8192;

/**
 * Length of a string in UTF-8.
 * @param {string} text any string
 * @returns {number} bytes
 */
export function utf8Length(text) {
  return encoder.encode(text).length;
}

/**
 * Whether a string takes at most `max` bytes of UTF-8, without encoding it where its length already tells.
 * @param {string} text any string
 * @param {number} max bytes
 * @returns {boolean} true when it fits
 */
export function fits(text, max) {
  if (text.length * 3 <= max) return true;
  if (text.length > max) return false;
  return utf8Length(text) <= max;
}

/**
 * Whether a document must be packed to fit a row.
 * @param {string} doc a document within MAX_DOC_BYTES
 * @returns {boolean} true when two bytes per unit would be too many
 */
export function needsPacking(doc) {
  return doc.length > PLAIN_UNITS && /[^\u0000-\u00ff]/.test(doc);
}

/**
 * The UTF-8 bytes of a document as a string of characters below U+0100.
 * @param {string} doc any string
 * @returns {string} one character per byte
 */
export function pack(doc) {
  const bytes = encoder.encode(doc);
  const parts = [];
  for (let i = 0; i < bytes.length; i += CHUNK) {
    parts.push(String.fromCharCode.apply(null, bytes.subarray(i, i + CHUNK)));
  }
  return parts.join("");
}

/**
 * The document that `pack` was given.
 * @param {string} packed one character per byte
 * @returns {string} the document
 */
export function unpack(packed) {
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
  return decoder.decode(bytes);
}
