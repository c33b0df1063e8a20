package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A console block of a document is a promise: lines that begin with "$ " are commands, the others what they print, with
// "..." for what differs from run to run. The commands of one document run in one shell against one fresh service.

// step is a command of a document and what it promises to print.
type step struct{ command, output string }

var consoleBlock = regexp.MustCompile("(?ms)^```console\n(.*?)^```$")

func stepsOf(document string) []step {
	var steps []step
	for _, block := range consoleBlock.FindAllStringSubmatch(document, -1) {
		continued := false
		for line := range strings.Lines(block[1]) {
			command, isCommand := strings.CutPrefix(line, "$ ")
			switch {
			case isCommand:
				steps = append(steps, step{command: command})
			case continued:
				steps[len(steps)-1].command += line
			default:
				steps[len(steps)-1].output += line
			}
			continued = (isCommand || continued) && strings.HasSuffix(line, "\\\n")
		}
	}
	return steps
}

func TestDocumentsDoWhatTheySay(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the real module")
	}
	buildModule(t)
	for _, name := range []string{"README.md"} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(repository, name))
			if err != nil {
				t.Fatal(err)
			}
			steps := stepsOf(string(text))
			if len(steps) == 0 {
				t.Fatal("the document has no console block")
			}
			follow(t, steps)
		})
	}
}

func follow(t *testing.T, steps []step) {
	const address, between = "127.0.0.1:8787", "\x01"
	service := startChild(t, t.TempDir())
	var script strings.Builder
	for _, s := range steps {
		script.WriteString(strings.ReplaceAll(s.command, address, strings.TrimPrefix(service.url, "http://")))
		script.WriteString("\nprintf '" + `\001` + "'\n")
	}
	out, err := exec.Command("bash", "-ec", script.String()).CombinedOutput()
	if err != nil {
		t.Errorf("the commands end with %v", err)
	}
	printed := strings.Split(string(out), between)
	for i, s := range steps {
		if i >= len(printed) {
			t.Fatalf("not run: %s", s.command)
		}
		if got, want := strings.TrimSpace(printed[i]), strings.TrimSpace(s.output); !likened(want).MatchString(got) {
			t.Errorf("$ %s prints\n%s\nand the document says\n%s", s.command, got, want)
		}
	}
}

// likened is a pattern that matches a promise, with anything for each "...".
func likened(promise string) *regexp.Regexp {
	return regexp.MustCompile(`(?s)^` + strings.ReplaceAll(regexp.QuoteMeta(promise), `\.\.\.`, `.+?`) + `$`)
}

func TestStepsOf(t *testing.T) {
	got := stepsOf("text\n```console\n$ a \\\n  b\nout ...\n$ c\n```\nmore\n```sh\n$ not\n```\n")
	want := []step{{"a \\\n  b\n", "out ...\n"}, {"c\n", ""}}
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] {
		t.Fatalf("%q", got)
	}
	if !likened("a ... c").MatchString("a b c") || likened("a ... c").MatchString("a b d") || likened("a").MatchString("ab") {
		t.Fatal("likened is not exact")
	}
}
