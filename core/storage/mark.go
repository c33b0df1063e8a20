package storage

import "time"

// mark tells the sweep that a partition has rows to deliver or reservations to resolve. It is written by the commit that
// leaves them and replicated under an index key, so the sweep cannot overlook one: the sequencer tries until KV has it.
type mark struct {
	Partition string    `json:"partition"`
	Due       time.Time `json:"due"`
}

func (p Partition) markKey() Key  { return p.Key(markArea, "mark") }
func (p Partition) markEdge() Key { return EdgeKey(markArea, p.name) }

// markPrefix lists the marks of all partitions.
const markPrefix Key = markArea + "/"

// leave adds what the commit owes the sweep: its rows and the mark.
func (tx *Tx) leave() error {
	for i := range tx.rows {
		r := &tx.rows[i]
		if err := r.seal(tx.store.sealer, tx.partition); err != nil {
			return err
		}
		if err := tx.Put(r.key(tx.partition), r); err != nil {
			return err
		}
	}
	if len(tx.rows) == 0 && !tx.mark {
		return nil
	}
	return tx.arm(tx.now.Add(lease))
}

// arm writes the mark, due at a time.
func (tx *Tx) arm(due time.Time) error {
	return tx.Put(tx.partition.markKey(), mark{tx.partition.name, due}, ReplicatedAs(tx.partition.markEdge()))
}
