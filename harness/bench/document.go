package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// A document has parts that a run makes, between these lines; all else is written by hand:
//
//	<!-- bench: NAME -->
//	<!-- /bench -->
var partPattern = regexp.MustCompile(`(?s)(<!-- bench: (\w+) -->\n).*?(<!-- /bench -->)`)

// parts are what documents may hold, by name. Each writes nothing when it was not measured.
func (r *Report) parts() map[string]func(table) {
	return map[string]func(table){
		"machine": r.writeMachine,
		"budgets": r.writeVerdicts,
		"latency": r.writeRatios,
		"cpu":     r.writeProcessor,
		"start":   func(t table) { r.writeNamed(t, "start", "start/instance"); r.writeStart(t) },
		"bcrypt":  func(t table) { r.writeNamed(t, "bcrypt") },
		"load":    r.writeLoads,
		"rates":   r.writeRates,
		"memory":  func(t table) { r.writeMemory(t); r.writeInstances(t) },
		"counts":  r.writeCounts,
		"growth":  r.writeGrowth,
	}
}

// Document writes what was measured into the parts of the document at path, and plots beside it, into a folder of its name.
// Parts of which nothing was measured stay as they are.
func (r *Report) Document(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	filled, err := r.fill(text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	folder := strings.TrimSuffix(path, filepath.Ext(path))
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	for name, plot := range map[string]string{"ratios.svg": r.ratioPlot(), "growth.svg": r.growthPlot()} {
		if plot == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(plot), 0o666); err != nil {
			return err
		}
	}
	return os.WriteFile(path, filled, 0o666)
}

func (r *Report) fill(document []byte) ([]byte, error) {
	var unknown []string
	out := partPattern.ReplaceAllFunc(document, func(part []byte) []byte {
		m := partPattern.FindSubmatch(part)
		write, ok := r.parts()[string(m[2])]
		if !ok {
			unknown = append(unknown, string(m[2]))
			return part
		}
		var made bytes.Buffer
		form := noTitles
		if name := string(m[2]); name == "start" || name == "memory" { // which are several tables
			form = lineTitles
		}
		write(&markdownTable{w: &made, titles: form})
		if made.Len() == 0 {
			return part
		}
		return fmt.Appendf(nil, "%s\n%s\n\n%s", m[1], bytes.TrimSpace(made.Bytes()), m[3])
	})
	if len(unknown) > 0 {
		return nil, fmt.Errorf("there is no part %s", strings.Join(unknown, ", "))
	}
	return out, nil
}

func (r *Report) writeMachine(t table) {
	if r.Command == "" {
		return
	}
	t.head("what", "value")
	t.row("machine", fmt.Sprintf("%s, %d processors, %s", r.Machine.System, r.Machine.Processors, r.Machine.Go))
	t.row("module", fmt.Sprintf("%s bytes, %.3f MB gzip, SHA-256 `%.12s`", thousands(r.Module.Bytes), float64(r.Module.Gzip)/1e6, r.Module.SHA256))
	t.row("rounds", fmt.Sprint(r.Rounds))
	t.row("command", "`"+r.Command+"`")
}
