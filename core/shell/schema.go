package shell

import (
	"context"

	"tracedge/core/storage"
)

// schemaVersion is the form of the records that this program reads and writes.
const schemaVersion = 1

// schema is the record system/storage/schema.
type schema struct {
	Version  int  `json:"version"`
	Changing bool `json:"changing"` // a migration is running
}

func systemPartition() storage.Partition { return storage.In("system", "storage") }
func schemaKey() storage.Key             { return systemPartition().Key("schema") }

// Initialise writes the schema record of a storage that has none. One commit; it changes nothing where there is one.
func (s *Service) Initialise(ctx context.Context) error {
	return s.store.Update(ctx, "shell_write_schema", systemPartition(), func(tx *storage.Tx) error {
		if exists, err := tx.Exists(schemaKey()); exists || err != nil {
			return err
		}
		return tx.Put(schemaKey(), schema{Version: schemaVersion})
	}, storage.Reading(schemaKey()))
}
