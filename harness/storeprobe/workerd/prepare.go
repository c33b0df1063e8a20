package workerd

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// prepare fills a folder with what wrangler needs. The JavaScript is that of the repository, file by file.
func prepare(dir string, o Options) error {
	err := copyScripts(filepath.Join(o.Root, "worker"), filepath.Join(dir, "worker"))
	if err != nil {
		return err
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return err
	}
	root, err := filepath.Abs(o.Root)
	if err != nil {
		return err
	}
	for to, from := range map[string]string{
		"build/tracedge.wasm": o.Module,
		"build/wasm_exec.js":  filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", "wasm_exec.js"),
	} {
		if err := copyFile(from, filepath.Join(dir, to)); err != nil {
			return err
		}
	}
	config, err := os.ReadFile(filepath.Join(root, "wrangler.toml"))
	if err != nil {
		return err
	}
	config = withoutBuild(config)
	if o.Tail != "" {
		if config, err = addTail(dir, config, o.Tail); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "wrangler.toml"), config, 0o644); err != nil {
		return err
	}
	modules := filepath.Join(root, "node_modules")
	if _, err := os.Stat(modules); err != nil {
		return fmt.Errorf("%w (`make node_modules` installs them)", err)
	}
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		return err
	}
	vars, err := devVars(o.Vars)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, ".dev.vars"), vars, 0o600)
}

// withoutBuild leaves the table [build] out of a wrangler.toml: the module is built already.
func withoutBuild(config []byte) []byte {
	var out []byte
	skip := false
	for line := range bytes.Lines(config) {
		if bytes.HasPrefix(line, []byte("[")) {
			skip = bytes.HasPrefix(line, []byte("[build]"))
		}
		if !skip {
			out = append(out, line...)
		}
	}
	return out
}

// copyScripts copies the JavaScript modules below a folder.
func copyScripts(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".mjs" {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		return copyFile(path, filepath.Join(to, rel))
	})
}

func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o644)
}

// devVars is the text of .dev.vars.
func devVars(vars map[string]string) ([]byte, error) {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		value := vars[name]
		quote := "'" // inside either quote everything stands for itself, line ends too
		if strings.Contains(value, quote) {
			quote = "`"
		}
		if strings.Contains(value, quote) {
			return nil, fmt.Errorf("the value of %s holds both ' and `, which .dev.vars cannot express", name)
		}
		fmt.Fprintf(&b, "%s=%s%s%s\n", name, quote, value, quote)
	}
	return b.Bytes(), nil
}
