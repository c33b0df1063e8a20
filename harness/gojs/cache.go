package gojs

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/tetratelabs/wazero"
)

// caches holds one compilation cache per directory, so that all modules of the
// process share what one of them compiled.
var caches = struct {
	sync.Mutex
	byDir map[string]wazero.CompilationCache
}{byDir: map[string]wazero.CompilationCache{}}

// DefaultCacheDir is where machine code is kept when no directory is asked for:
// "tracedge" in the user's cache directory, or "" when there is none.
func DefaultCacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "tracedge")
}

// compilationCache returns the cache kept in dir. Where dir is "" the default
// directory is tried, and memory is used when that is not writable; a directory
// that was asked for must work.
func compilationCache(dir string) (wazero.CompilationCache, error) {
	asked := dir != ""
	if !asked {
		dir = DefaultCacheDir()
	}
	caches.Lock()
	defer caches.Unlock()
	if c := caches.byDir[dir]; c != nil {
		return c, nil
	}
	var c wazero.CompilationCache
	var err error
	if dir != "" {
		c, err = wazero.NewCompilationCacheWithDir(dir)
	}
	switch {
	case err != nil && asked:
		return nil, fmt.Errorf("gojs: compilation cache: %w", err)
	case err != nil || dir == "":
		c = wazero.NewCompilationCache()
	}
	caches.byDir[dir] = c
	return c, nil
}
