package workerd

import (
	"fmt"
	"os"
	"path/filepath"
)

// tailConfig is the configuration of the Tail Worker that runs beside the service.
const tailConfig = "tail/wrangler.toml"

// tailScript posts what a Tail Worker gets, as it gets it.
const tailScript = `export default {
  async tail(events, env) {
    await fetch(env.SINK, { method: "POST", body: JSON.stringify(events) });
  },
};
`

// addTail puts a Tail Worker beside the service and returns the service's configuration with it.
func addTail(dir string, config []byte, sink string) ([]byte, error) {
	own := fmt.Sprintf("name = \"tail\"\nmain = \"tail.mjs\"\ncompatibility_date = \"2026-10-01\"\n[vars]\nSINK = %q\n", sink)
	for name, text := range map[string]string{tailConfig: own, "tail/tail.mjs": tailScript} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	return append(config, "\n[[tail_consumers]]\nservice = \"tail\"\n"...), nil
}
