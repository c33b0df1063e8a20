// Package gojs is the host of a GOOS=js GOARCH=wasm program in pure Go.
//
// Such a program imports the module "gojs": the scheduler's view of its host
// (clocks, timers, random data, standard error) and the operations of
// syscall/js on JavaScript values. In a browser or at the edge both come from
// wasm_exec.js, which is shipped with every Go release. Here the WebAssembly is
// run by wazero, the JavaScript values live in a sobek runtime, and this package
// stands between the two with the semantics of wasm_exec.js.
//
// A [Module] is a compiled program, shared by everything in the process. A
// [Program] is one run of it, with its own memory, and belongs to one
// sobek.Runtime: all its methods must be called on the event loop of that
// runtime. Whatever is not a pure function of the program and its inputs (both
// clocks, random data, the order of timers) comes through the interfaces of
// [Host], so that a caller who supplies them deterministically gets identical
// runs.
package gojs
