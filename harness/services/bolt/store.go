// Package bolt keeps KV namespaces and Durable Object storage in one file of
// go.etcd.io/bbolt. What a call acknowledged survives a kill of the process and
// a loss of power.
//
// # Layout
//
// Each Durable Object class has two buckets. "object:<class>" holds the pairs of
// all its objects: the key is the length of the object's name (uvarint), the
// name, then the key within the object, so that an object is one contiguous,
// ordered range and no name can reach into the range of another. (A bucket per
// object would cost a page each; there are very many small objects.)
// "alarm:<class>" holds the alarm of an object as eight bytes under the length
// and name.
//
// Each KV namespace has two buckets. "kv:<namespace>" holds the entries,
// "expiry:<namespace>" has one empty value per entry that expires, its key the
// expiration (eight bytes, big endian) and the KV key, so that what is due comes
// first.
package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"tracedge/harness/services"
)

// format is the version of the layout. A file of another version is refused.
const format = 1

var (
	metaBucket = []byte("meta")
	formatKey  = []byte("format")
)

// lockWait is how long Open waits for a process that is about to let go of the
// file, as after a restart.
const lockWait = 500 * time.Millisecond

// ErrLocked is returned by Open when another process has the file open.
var ErrLocked = errors.New("in use by another process")

// Store implements services.Store in a file.
type Store struct {
	db     *bbolt.DB
	now    func() time.Time
	writer *writer
}

var _ services.Store = (*Store)(nil)

// Options changes what a store does. The zero value is right for a server.
type Options struct {
	// Now is the clock by which KV entries expire; nil for time.Now.
	Now func() time.Time
}

// Open opens the file at path, or creates it and the folders above it. Nobody
// but the owner may read them: they hold the users' data. The file is locked
// until Close: a second Open fails with ErrLocked.
func Open(path string, o Options) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout:      lockWait,
		FreelistType: bbolt.FreelistMapType,
		NoStatistics: true,
	})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%s is %w", path, ErrLocked)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := checkFormat(db); err != nil {
		db.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	s := &Store{db: db, now: o.Now, writer: newWriter(db)}
	if s.now == nil {
		s.now = time.Now
	}
	return s, nil
}

// checkFormat marks a new file with the version of the layout and refuses one
// that has another.
func checkFormat(db *bbolt.DB) error {
	return db.Update(func(tx *bbolt.Tx) error {
		meta, err := tx.CreateBucketIfNotExists(metaBucket)
		if err != nil {
			return err
		}
		if v := meta.Get(formatKey); v != nil {
			if len(v) != 8 || binary.BigEndian.Uint64(v) != format {
				return fmt.Errorf("the file has format %x, this program reads format %d", v, format)
			}
			return nil
		}
		return meta.Put(formatKey, binary.BigEndian.AppendUint64(nil, format))
	})
}

// KV opens the namespace with this id.
func (s *Store) KV(namespace string) services.KV {
	return &kv{store: s, entries: []byte("kv:" + namespace), expiry: []byte("expiry:" + namespace)}
}

// Objects opens the storage of the objects of this class.
func (s *Store) Objects(name string) services.Objects {
	return &class{store: s, pairs: []byte("object:" + name), alarms: []byte("alarm:" + name)}
}

// Close finishes the writes under way and closes the file.
func (s *Store) Close() error {
	s.writer.close()
	return s.db.Close()
}

// view runs f with one consistent view of the bucket called name; f is not
// called when nothing was ever written to it.
func (s *Store) view(name []byte, f func(*bbolt.Bucket) error) error {
	err := s.db.View(func(tx *bbolt.Tx) error {
		if b := tx.Bucket(name); b != nil {
			return f(b)
		}
		return nil
	})
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return services.ErrClosed
	}
	return err
}
