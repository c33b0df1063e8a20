package simulate

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"tracedge/harness/services"
	"tracedge/harness/services/memory"
)

// disk is the storage of the objects. It takes time, it may fail, and it
// remembers which commits it holds: the last word where a reply was lost.
type disk struct {
	services.Objects
	world   *World
	names   []string // of objects, in order of their first appearance
	known   map[string]bool
	applied map[string]stored // by partition and token
}

// stored is a commit that is on disk.
type stored struct {
	version int64
	at      time.Time
}

func newDisk(w *World) *disk {
	return &disk{
		Objects: memory.New(w.Now).Objects("Sequencer"), world: w,
		known: map[string]bool{}, applied: map[string]stored{},
	}
}

// Object implements services.Objects.
func (d *disk) Object(name string) services.Object {
	if !d.known[name] {
		d.known[name] = true
		d.names = append(d.names, name)
	}
	return &diskObject{d.Objects.Object(name), d, name}
}

type diskObject struct {
	services.Object
	disk *disk
	name string
}

func (o *diskObject) Apply(ctx context.Context, b services.Batch) error {
	w := o.disk.world
	w.Sleep(between(w.network, time.Millisecond, 15*time.Millisecond))
	if w.misfortunes.strike(DiskFails, o.name) != nil {
		return errors.New("simulated: the disk refuses")
	}
	if err := o.Object.Apply(ctx, b); err != nil {
		return err
	}
	for _, p := range b.Puts {
		o.note(p)
	}
	return nil
}

// note remembers a row of the commit log: l/<version>/<part> with the token.
func (o *diskObject) note(p services.Pair) {
	rest, isLog := strings.CutPrefix(p.Key, "l/")
	if !isLog {
		return
	}
	var row struct {
		Token string `json:"t"`
	}
	if json.Unmarshal(p.Value, &row) != nil || row.Token == "" {
		return
	}
	version, _, _ := strings.Cut(rest, "/")
	o.disk.applied[o.name+" "+row.Token] = stored{number(version), o.disk.world.Now()}
}

// record is one stored record.
type record struct {
	Key     string
	Version int64  `json:"v"`
	Doc     string `json:"d"`
	Expires int64  `json:"x"` // Unix ms, 0 for never
	Edge    string `json:"e"` // key of the replica in KV
	Packed  int    `json:"p"`
}

// records are all that the objects hold and that has not expired.
func (d *disk) records() ([]record, error) {
	var out []record
	for _, name := range d.names {
		pairs, err := d.Objects.Object(name).List(services.ListOptions{Prefix: "r/"})
		if err != nil {
			return nil, err
		}
		for _, p := range pairs {
			r := record{Key: p.Key[2:]}
			if err := json.Unmarshal(p.Value, &r); err != nil {
				return nil, err
			}
			if r.Expires == 0 || r.Expires > d.world.Now().UnixMilli() {
				out = append(out, r)
			}
		}
	}
	return out, nil
}
