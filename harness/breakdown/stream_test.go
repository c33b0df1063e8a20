package breakdown

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// pieces is a stream that arrives in pieces of the given sizes, over and over.
type pieces struct {
	rest  []byte
	sizes []int
	n     int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	size := p.sizes[p.n%len(p.sizes)]
	p.n++
	n := copy(b[:min(size, len(b))], p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// readIn breaks a stream down with a window of a size at first.
func readIn(in io.Reader, window, limit int) (Report, error) {
	b := newBreakdown(Filter{})
	err := b.read(newScanner(in, window, limit))
	return b.Report(), err
}

// logs are the files of testdata, each also with its end cut off.
func logs(t *testing.T) (all [][]byte) {
	names, err := filepath.Glob("testdata/forms/*")
	if err != nil || len(names) < 7 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b, b[:len(b)*2/3])
	}
	return append(all, bytes.Join(all, []byte("\n")))
}

// However a stream is cut into reads, and however long the window is, the report is the same.
func TestReadsMayEndAnywhere(t *testing.T) {
	all := logs(t)
	rapid.Check(t, func(t *rapid.T) {
		log := all[rapid.IntRange(0, len(all)-1).Draw(t, "log")]
		sizes := rapid.SliceOfN(rapid.IntRange(1, 3000), 1, 8).Draw(t, "sizes")
		window := rapid.IntRange(1, 5000).Draw(t, "window")
		want, err := readIn(bytes.NewReader(log), firstWindow, longest)
		if err != nil {
			t.Fatal(err)
		}
		got, err := readIn(&pieces{rest: log, sizes: sizes}, window, longest)
		if err != nil {
			t.Fatal(err)
		}
		if marshal(got) != marshal(want) {
			t.Fatalf("in pieces\n%s\nat once\n%s", indented(got), indented(want))
		}
	})
}

func TestOneByteAtATime(t *testing.T) {
	for _, log := range logs(t) {
		want, _ := readIn(bytes.NewReader(log), firstWindow, longest)
		for _, in := range []io.Reader{iotest.OneByteReader(bytes.NewReader(log)), iotest.HalfReader(bytes.NewReader(log)), iotest.DataErrReader(bytes.NewReader(log))} {
			if got, err := readIn(in, 1, longest); err != nil || marshal(got) != marshal(want) {
				t.Fatalf("%v\n%s", err, indented(got))
			}
		}
	}
}

// A log may be cut anywhere and begin anywhere: what is whole in it is counted, and the sums agree.
func TestLogsMayBeCutAnywhere(t *testing.T) {
	for _, log := range logs(t)[:14] {
		whole, _ := readIn(bytes.NewReader(log), firstWindow, longest)
		for i := 0; i < len(log); i += 97 {
			for _, part := range [][]byte{log[:i], log[i:]} {
				r, err := readIn(bytes.NewReader(part), 64, longest)
				if wrong := addUp(&r); err != nil || wrong != "" {
					t.Fatalf("%v, %s\n%s", err, wrong, indented(r))
				}
				// A record whose invocation was cut off stands alone, and its invocation's end may come as another one.
				if r.Requests > whole.Requests+1 || r.Input.Broken > whole.Input.Broken+2 {
					t.Fatalf("%d requests and %d broken values of %d and %d", r.Requests, r.Input.Broken, whole.Requests, whole.Input.Broken)
				}
			}
		}
	}
}

// Memory depends neither on the length of the stream nor on that of a value in it.
func TestMemoryIsConstant(t *testing.T) {
	// What a stream of 16 MB and one of 48 MB leave in use while the breakdown is held.
	held := func(in io.Reader) uint64 {
		b, err := Read(in, Filter{})
		if err != nil {
			t.Fatal(err)
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		runtime.KeepAlive(b)
		return m.HeapAlloc
	}
	in := newLong(compactForm, 0)
	least := held(in.again(16 << 20))
	if most := held(in.again(48 << 20)); most > least+16<<20 {
		t.Errorf("16 MB of input leave %d bytes in use, 48 MB leave %d", least, most)
	}
	endless := io.LimitReader(&pattern{text: "x"}, 48<<20)
	if most := held(io.MultiReader(strings.NewReader(`{"a":"`), endless)); most > least+16<<20 {
		t.Errorf("a string of 48 MB leaves %d bytes in use", most)
	}
}

// pattern repeats a text for ever.
type pattern struct {
	text string
	at   int
}

func (p *pattern) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = p.text[p.at%len(p.text)]
		p.at++
	}
	return len(b), nil
}

// holds tells what does not hold that must for every input: it ends, it adds up, memory stays bounded, and however it
// arrives, it is the same.
func holds(in []byte) (string, error) {
	const limit = 1 << 10
	s := newScanner(bytes.NewReader(in), 16, limit)
	b := newBreakdown(Filter{})
	if err := b.read(s); err != nil {
		return "", err
	}
	r := b.Report()
	if wrong := addUp(&r); wrong != "" {
		return wrong + ": " + indented(r), nil
	}
	if cap(s.window) > 8*limit || r.Input.Bytes != int64(len(in)) {
		return fmt.Sprintf("window %d bytes, read %d of %d", cap(s.window), r.Input.Bytes, len(in)), nil
	}
	if n := r.Input.Invocations + r.Input.Records + r.Input.Unknown; n != s.values {
		return fmt.Sprintf("%d of %d values", n, s.values), nil
	}
	slow, err := readIn(iotest.OneByteReader(bytes.NewReader(in)), 3, limit)
	if got, want := marshal(slow), marshal(r); got != want {
		return "read at once\n" + want + "\nand in pieces\n" + got, err
	}
	_, err = Waterfall(io.Discard, bytes.NewReader(in), "a")
	return "", err
}

// Inputs that are made of what inputs are made of: nearly always broken, and always in another way.
func TestBrokenInputs(t *testing.T) {
	tokens := []string{
		"{", "}", "[", "]", ",", ":", `"`, `{"`, `\`, `\"`, "\n", "\n{", "\n[{", " ", "x", "1", "-1.5e3", "true", "null", "text ", "\x00", "\ufeff",
		`"event":`, `"request"`, `"storage_error"`, `"level":"error"`, `"trace_id":"a"`, `"span_id":"b"`, `"op":"o"`, `"error_kind":"k"`, `"status_code":500`,
		`"duration_ms":1`, `"time":"2026-03-01T12:00:00Z"`, `"endpoint":"/x"`, `"outcome":"canceled"`, `"Outcome":"ok"`, `"logs":[{"message":[`, `"Logs":`,
		`"response":{"status":500}`, `"request":{"url":"https://x/y"}`, `"$workers":{"requestId":"r","outcome":"ok"`, `"source":`, `"wallTimeMs":1`,
		`{"event":"request","level":"info","status_code":503}`, `{"event":"request","level":"error","trace_id":"a","span_id":"b","error_kind":"k","ops":[{"op":"o","error_kind":"k"}]}`,
		`{"event":"storage_error","level":"error","trace_id":"a","span_id":"b","op":"o","error_kind":"k"}`,
		`{"outcome":"exception","event":{"request":{}},"logs":[]}`, `"` + strings.Repeat("y", 600) + `"`,
	}
	rapid.Check(t, func(t *rapid.T) {
		in := strings.Join(rapid.SliceOfN(rapid.SampledFrom(tokens), 0, 40).Draw(t, "tokens"), "")
		if wrong, err := holds([]byte(in)); wrong != "" || err != nil {
			t.Fatalf("%q: %s, %v", in, wrong, err)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"event":"request","level":"error","status_code":500,"error_kind":"internal_error","time":"2026-03-01T12:00:00Z","ops":[{"op":"x","error_kind":"y"}]}`))
	f.Add([]byte(`[{"outcome":"exceededCpu","event":{"request":{"url":"https://x/y"},"response":{"status":500}},"logs":[{"message":["{\"event\":\"request\",\"level\":\"info\"}"]}]}]`))
	f.Add([]byte(`{"source":{"event":"request","level":"info"},"$workers":{"outcome":"ok","requestId":"r","eventType":"fetch","wallTimeMs":1}}`))
	f.Add([]byte("text\n{\"a\":\n[{}]\n{\"b\":[\n{\"c\":1},"))
	f.Add([]byte(`{"event":"storage_error","level":"error","trace_id":"a","span_id":"b","op":"x"}{"Outcome":"canceled","Event":{"Request":{}}}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		if wrong, err := holds(in); wrong != "" || err != nil {
			t.Fatalf("%s, %v", wrong, err)
		}
	})
}
