/**
 * @file Numbers of the sequencer protocol, in one place because the tests and the documents quote them.
 */

/** Longest record or KV key, in bytes (Workers KV refuses longer names). */
export const MAX_KEY_BYTES = 512;

/** Longest document, in bytes of UTF-8: a row holds key and value and ends at 2 MB. */
export const MAX_DOC_BYTES = 1572864;

/** A scan stops once the documents it returned exceed this many bytes of UTF-8. */
export const MAX_SCAN_BYTES = 4 * 1024 * 1024;

/** Most records one scan returns. */
export const MAX_SCAN_RECORDS = 1000;

/** How long the reply of an applied commit is kept for repetitions of its token, in ms. */
export const TOKEN_MS = 5 * 60 * 1000;

/** Most expired records purged along with one commit. */
export const PURGE_PER_COMMIT = 32;

/** Most expired records, and most log rows, removed by one alarm. */
export const SWEEP_PER_ALARM = 1000;

/** Purging wakes the object this long after an expiry, in ms, so that neighbours in time go in one pass. */
export const PURGE_SLACK_MS = 60 * 1000;

/** From a commit to the first replication pass, in ms: long enough to coalesce a burst. */
export const FIRST_PASS_MS = 100;

/** Least time between two passes, in ms. KV refuses a second write to a key within 1 s; the rest absorbs jitter. */
export const PASS_INTERVAL_MS = 1100;

/** Longest back-off after failed passes, in ms. */
export const MAX_BACKOFF_MS = 60 * 1000;

/** Greatest expiration that KV takes, in Unix seconds (January 2038); it refuses a greater one as out of range. */
export const MAX_KV_EXPIRATION = 2 ** 31 - 1;

/** Dirty keys per log row, and the number after which a pass ends. An alarm may make 1,000 KV calls. */
export const KEYS_PER_ROW = 250;
