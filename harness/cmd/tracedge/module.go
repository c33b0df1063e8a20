package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"tracedge/harness/deployment"
)

const modulePath = deployment.ModulePath

// wasmModule is the module that runs.
type wasmModule struct {
	path string
	code []byte
}

// readModule reads the module in file, or the one that the build leaves in dir
// when file is "".
func readModule(dir, file string) (wasmModule, error) {
	path, advice := file, "check the path after --wasm"
	if path == "" {
		path, advice = filepath.Join(dir, filepath.FromSlash(modulePath)), "run `make wasm`, or name a module with --wasm"
	}
	code, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return wasmModule{}, hint(fmt.Errorf("there is no module %s", path), "%s", advice)
	}
	if err != nil {
		return wasmModule{}, err
	}
	if string(code[:min(len(code), 4)]) != "\x00asm" {
		return wasmModule{}, hint(fmt.Errorf("%s is not a WebAssembly module", path), "%s", advice)
	}
	return wasmModule{path: path, code: code}, nil
}

// sum is the SHA-256 of the module in lower-case hex.
func (m wasmModule) sum() string {
	sum := sha256.Sum256(m.code)
	return hex.EncodeToString(sum[:])
}
