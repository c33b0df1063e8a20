// Package bridge connects the product to the JavaScript around the module: requests in, responses out, and one call for
// everything that the module asks of the platform.
//
// All of it goes through the port (port.go, and worker/bridge/port.mjs on the other side): texts and bytes in the memory of
// the module, by its own imports and its export "wake". The values of syscall/js would take several crossings for each, and
// a reference counted on both sides. An instance serves one request at a time.
package bridge
