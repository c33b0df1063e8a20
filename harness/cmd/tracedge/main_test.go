package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tracedge": main})
}

// TestScripts runs the scripts in testdata/script: sessions at a command line.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			// The shortest WebAssembly module there is.
			return os.WriteFile(filepath.Join(env.WorkDir, "empty.wasm"), []byte("\x00asm\x01\x00\x00\x00"), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"mode": checkMode,
			"hold": holdData,
		},
	})
}
