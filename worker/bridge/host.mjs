/**
 * @file The calls that the Go module makes to the outside: one name, one target and one text in, one text out.
 */

import { edgeGet, edgeScan, linesOf } from "./edge.mjs";
import { fetchText } from "./fetch.mjs";

/** A call that could not be answered, with the kind that Go knows it by. */
export class CallError extends Error {
  /**
   * @param {"overloaded"|"unavailable"|"unbound"|"timeout"} kind what happened
   * @param {string} message text for the log
   */
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

/**
 * Answers one call. Objects of the platform are made for each call: they belong to the request that made them.
 * @param {object} env bindings of the current request
 * @param {string} kind "read" and "commit" (target: partition), "edge_get", "edge_scan", "fetch"
 * @param {string} target partition of a sequencer call, keys of an edge read by lines, else ""
 * @param {string} payload JSON of the request, "" for an edge read
 * @returns {Promise<string>} JSON of the reply, of the edge lines; rejects with a CallError
 */
export async function answer(env, kind, target, payload) {
  try {
    switch (kind) {
      case "read":
        return await bound(env, "SEQUENCER").getByName(target).read(payload);
      case "commit":
        return await bound(env, "SEQUENCER").getByName(target).commit(payload);
      case "edge_get":
        return linesOf(await edgeGet(bound(env, "STORE"), target.split("\n")));
      case "edge_scan":
        return linesOf(await edgeScan(bound(env, "STORE"), JSON.parse(payload)));
      case "fetch":
        return JSON.stringify(await fetchText(JSON.parse(payload)));
      default:
        throw new CallError("unavailable", "no call is named " + kind);
    }
  } catch (e) {
    throw asCallError(e);
  }
}

function bound(env, name) {
  const binding = env[name];
  if (!binding) throw new CallError("unbound", name + " is not bound");
  return binding;
}

function asCallError(e) {
  if (e instanceof CallError) return e;
  const message = String((e && e.message) || e).slice(0, 300);
  if (e && e.name === "TimeoutError") return new CallError("timeout", message);
  return new CallError(e && e.overloaded ? "overloaded" : "unavailable", message);
}
