package main

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// newTestLogs returns logs that write to buffers, on a terminal as env says.
func newTestLogs(t *testing.T, format string) (l *logs, stdout, stderr *bytes.Buffer) {
	t.Helper()
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	l, err := newLogs(format, terminal{stdout: stdout, stderr: stderr, lookupEnv: func(string) (string, bool) { return "", false }})
	if err != nil {
		t.Fatal(err)
	}
	return l, stdout, stderr
}

func TestJSONLogsAreAsTheWorkerWroteThem(t *testing.T) {
	l, stdout, stderr := newTestLogs(t, "json")
	record := `{"level":"info","event":"request","z":1,"a":{"b":[1.50,"\u001b[31m"]}}`
	l.write("log", time.Now(), []any{json.RawMessage(record)})
	l.write("warn", time.Now(), []any{"text", json.RawMessage(`{"a":1}`), 1.5, int64(7), true, nil, math.Inf(1)})
	l.write("log", time.Now(), []any{json.RawMessage(`[1,2]`)})
	l.write("log", time.Now(), []any{`{"looks":"like a record"}`})
	l.write("log", time.Now(), nil)
	if stdout.String() != record+"\n" {
		t.Errorf("stdout is %q", stdout)
	}
	want := "warn: text {\"a\":1} 1.5 7 true null +Inf\nlog: [1,2]\nlog: {\"looks\":\"like a record\"}\nlog: \n"
	if stderr.String() != want {
		t.Errorf("stderr is %q, want %q", stderr, want)
	}
}

func TestPrettyLogs(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.Local)
	utc := at.Add(time.Second).UTC().Format(time.RFC3339Nano)
	for _, tt := range []struct{ record, want string }{
		{
			`{"level":"info","event":"request","trace_id":"0af7651916cd43dd8448eb211c80319c","method":"POST","endpoint":"/api/auth/register","status_code":200,"duration_ms":12.3,"storage_calls":4,"storage_ms":8.1,"user_id":"u","time":"` + utc + `"}`,
			"03:04:06.006 info  200 POST    /api/auth/register                            12.3ms   4 ops      8.1ms  0af7651916cd43dd8448eb211c80319c",
		},
		{
			`{"level":"warn","event":"request","trace_id":"t","method":"GET","endpoint":"/","status_code":409,"duration_ms":0,"storage_calls":0,"storage_ms":0,"error_kind":"conflict","message":"taken \u001b[2J"}`,
			"03:04:05.006 warn  409 GET     /                                                0ms   0 ops        0ms  t  conflict: taken \ufffd[2J",
		},
		{
			`{"time":"never","level":"error","event":"storage_error","op":"auth_claim","attempts":3,"nested":{"b":1,"a":"x\ny"},"gone":null,"big":9007199254740993}`,
			`03:04:05.006 error storage_error attempts=3 big=9007199254740993 nested={"a":"x\ny","b":1} op=auth_claim`,
		},
		{`{"no":"level"}`, "03:04:05.006        no=level"},
		{"{broken\x1b", "{broken\ufffd"},
	} {
		l, stdout, _ := newTestLogs(t, "pretty")
		l.write("log", at, []any{json.RawMessage(tt.record)})
		if stdout.String() != tt.want+"\n" {
			t.Errorf("got  %q\nwant %q", stdout, tt.want)
		}
	}
}

func TestTextCannotControlTheTerminal(t *testing.T) {
	l, _, stderr := newTestLogs(t, "pretty")
	l.write("error", time.Now(), []any{"Error: a\x1b]0;b\n\tat c\r"})
	if want := "error: Error: a\ufffd]0;b\n\tat c\ufffd\n"; stderr.String() != want {
		t.Errorf("stderr is %q, want %q", stderr, want)
	}
}

func TestColour(t *testing.T) {
	colourful := &pretty{colour: true}
	got := string(colourful.line([]byte(`{"level":"error","event":"e"}`), time.Date(2026, 1, 2, 3, 4, 5, 0, time.Local)))
	if want := "\x1b[2m03:04:05.000\x1b[0m \x1b[31merror\x1b[0m e"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}

	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	none := func(string) (string, bool) { return "", false }
	if wantsColour(terminal{stdout: file, lookupEnv: none}) {
		t.Error("a file gets colour")
	}
	device, err := os.Open(os.DevNull) // a character device, as a terminal is
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	if !wantsColour(terminal{stdout: device, lookupEnv: none}) {
		t.Error("a character device gets no colour")
	}
	for _, env := range []map[string]string{{"NO_COLOR": ""}, {"TERM": "dumb"}} {
		lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
		if wantsColour(terminal{stdout: device, lookupEnv: lookup}) {
			t.Errorf("colour under %v", env)
		}
	}
}
