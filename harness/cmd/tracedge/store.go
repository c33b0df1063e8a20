package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"tracedge/harness/services"
	"tracedge/harness/services/bolt"
	"tracedge/harness/services/memory"
)

// dataFile is the name of the file in the data folder.
const dataFile = "tracedge.db"

// openStore opens the data in the folder dir, or an empty store in memory. The
// folder belongs to one process at a time.
func openStore(dir string, inMemory bool) (services.Store, error) {
	if inMemory {
		return memory.New(nil), nil
	}
	store, err := bolt.Open(filepath.Join(dir, dataFile), bolt.Options{})
	if errors.Is(err, bolt.ErrLocked) {
		return nil, hint(fmt.Errorf("the data in %s is in use by another process", dir), "stop the other process, or choose another folder with --data (or --memory)")
	}
	if err != nil {
		return nil, hint(err, "choose another folder with --data, or --memory to keep nothing")
	}
	return store, nil
}
