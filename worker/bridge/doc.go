// Package bridge connects the product to the JavaScript around the module: requests in, responses out, and one call for
// everything that the module asks of the platform.
//
// The JavaScript side is worker/instance.mjs. It sets globalThis.context while the module starts; this package keeps
// that object. An instance serves one request at a time, so the object always speaks of the current one.
//
// Crossing the boundary costs time, so each direction crosses it as seldom as possible: a request is one text and one
// array of bytes, a response is one text, a storage call is one text out and one text back.
package bridge
