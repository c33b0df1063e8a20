package simulate

import (
	"encoding/binary"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"time"
)

// stream is a source of random numbers for one purpose. Streams of one seed
// know nothing of each other, so that drawing more from one changes no other.
func stream(seed uint64, purpose string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(purpose))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// bytesOf makes random data of a stream.
type bytesOf struct{ random *rand.Rand }

func (b bytesOf) Read(p []byte) (int, error) {
	for n := 0; n < len(p); n += 8 {
		var word [8]byte
		binary.LittleEndian.PutUint64(word[:], b.random.Uint64())
		copy(p[n:], word[:])
	}
	return len(p), nil
}

// RandomData is random data that repeats.
func RandomData(seed uint64) io.Reader { return bytesOf{stream(seed, "random data")} }

// between draws a duration from low up to high, small ones more often: networks
// are mostly fast.
func between(r *rand.Rand, low, high time.Duration) time.Duration {
	x := r.Float64()
	return low + time.Duration(x*x*x*float64(high-low))
}

// evenly draws a duration from low up to high.
func evenly(r *rand.Rand, low, high time.Duration) time.Duration {
	return low + time.Duration(r.Float64()*float64(high-low))
}

// one draws an element.
func one[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
