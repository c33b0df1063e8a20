package story

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Block is commands, with what they print in the end.
type Block struct {
	Line     int    // of the document, where the commands begin
	Commands string // for sh
	Want     string // JSON, "" when nothing is said
}

// Parse reads the blocks of a Markdown document: commands in fences of sh, and what they print in a fence of json that
// follows.
func Parse(document string) ([]Block, error) {
	var blocks []Block
	kind, start := "", 0
	var text []string
	for n, line := range strings.Split(document, "\n") {
		switch {
		case kind == "" && strings.HasPrefix(line, "```"):
			kind, start, text = strings.TrimPrefix(line, "```"), n+1, nil
			if kind == "" {
				return nil, fmt.Errorf("line %d: a fence without a kind", n+1)
			}
		case kind != "" && line == "```":
			content := strings.Join(text, "\n") + "\n"
			switch kind {
			case "sh":
				blocks = append(blocks, Block{Line: start + 1, Commands: content})
			case "json":
				if len(blocks) == 0 || blocks[len(blocks)-1].Want != "" {
					return nil, fmt.Errorf("line %d: output without commands before it", start)
				}
				blocks[len(blocks)-1].Want = content
			}
			kind = ""
		case kind != "":
			text = append(text, line)
		}
	}
	if kind != "" {
		return nil, fmt.Errorf("line %d: the fence is not closed", start)
	}
	return blocks, nil
}

// mark stands between the outputs of blocks.
const mark = "--- end of the commands of line"

// Script is one sh script of all blocks, so that variables last. It stops at the first command that fails.
func Script(blocks []Block) string {
	var b strings.Builder
	b.WriteString("set -eu\n")
	for _, block := range blocks {
		fmt.Fprintf(&b, "%s\nprintf '\\n%s %d\\n'\n", block.Commands, mark, block.Line)
	}
	return b.String()
}

// Outputs splits what the script has printed. There are less than blocks when it stopped.
func Outputs(printed string) (out []string) {
	rest := printed
	for {
		text, after, found := strings.Cut(rest, "\n"+mark)
		if !found {
			return out
		}
		out = append(out, text)
		_, rest, _ = strings.Cut(after, "\n")
	}
}

// Differ says where the last line of an output is not what a document shows, "" when it is. The document may leave
// members of objects out, and "..." stands for any value.
func Differ(output, want string) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	var got, wanted any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &got); err != nil {
		return fmt.Sprintf("the output is no JSON: %q", output)
	}
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		return "the document shows no JSON: " + err.Error()
	}
	return differ("", got, wanted)
}

func differ(at string, got, want any) string {
	if want == "..." && got != nil {
		return ""
	}
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			break
		}
		var names []string
		for name := range w {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if d := differ(at+"."+name, g[name], w[name]); d != "" {
				return d
			}
		}
		return ""
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			break
		}
		for i := range w {
			if d := differ(fmt.Sprintf("%s[%d]", at, i), g[i], w[i]); d != "" {
				return d
			}
		}
		return ""
	default:
		if got == want {
			return ""
		}
	}
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(want)
	return fmt.Sprintf("%s is %s, the document shows %s", strings.TrimPrefix(at, "."), g, w)
}
