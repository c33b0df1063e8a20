package simulate

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
)

// Witness is a hash over everything that the worker does to the outside: each
// call of a Go program to its host with its arguments, and each record.
type Witness struct {
	hash  hash.Hash
	calls uint64
	size  [4]byte
}

func newWitness() *Witness { return &Witness{hash: sha256.New()} }

// hostCall adds one call: who calls, what, and the arguments on its stack.
func (w *Witness) hostCall(isolate, name string, stack []byte) {
	w.calls++
	w.add([]byte(isolate))
	w.add([]byte(name))
	w.add(stack)
}

func (w *Witness) record(level string, text []byte) {
	w.add([]byte(level))
	w.add(text)
}

func (w *Witness) add(b []byte) {
	binary.LittleEndian.PutUint32(w.size[:], uint32(len(b)))
	_, _ = w.hash.Write(w.size[:])
	_, _ = w.hash.Write(b)
}

// Sum is the hash so far.
func (w *Witness) Sum() string { return hex.EncodeToString(w.hash.Sum(nil)[:16]) }
