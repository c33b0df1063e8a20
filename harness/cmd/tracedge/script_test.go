package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"

	"tracedge/harness/services/bolt"
)

// checkMode is the script command "mode FILE 600": the permissions of a file.
func checkMode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mode FILE PERMISSIONS")
	}
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%o", info.Mode().Perm()); got != args[1] {
		ts.Fatalf("%s has mode %s, want %s", args[0], got, args[1])
	}
}

// holdData is the script command "hold DIR": the data in a folder is in use, by
// the test itself, until the script ends.
func holdData(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hold DIR")
	}
	store, err := bolt.Open(filepath.Join(ts.MkAbs(args[0]), dataFile), bolt.Options{})
	ts.Check(err)
	ts.Defer(func() { store.Close() })
}
