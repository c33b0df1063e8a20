package accounts

import (
	"time"

	"tracedge/core/storage"
)

// Workspace is the record workspace/<id>/workspace.
type Workspace struct {
	ID        string    `json:"workspace_id"`
	Name      string    `json:"name"`
	OwnerID   string    `json:"owner_id"`
	CreatedAt time.Time `json:"created_at"`
}

func workspacePartition(id string) storage.Partition { return storage.In("workspace", id) }

// membership is the row that brings an account into a workspace, which is made when it is not there yet.
type membership struct {
	Workspace Workspace `json:"workspace"`
	UserID    string    `json:"user_id"`
	At        time.Time `json:"at"`
}

// member is the record workspace/<id>/member/<user>.
type member struct {
	UserID   string    `json:"user_id"`
	JoinedAt time.Time `json:"joined_at"`
}

func addWorkspace(tx *storage.Tx, r storage.Row) error {
	p, err := storage.ParsePartition(r.Target)
	if err != nil {
		return err
	}
	var m membership
	if err := r.Decode(&m); err != nil {
		return err
	}
	exists, err := tx.Exists(p.Key("workspace"))
	if err != nil {
		return err
	}
	if !exists {
		tx.Put(p.Key("workspace"), m.Workspace)
	}
	return tx.Put(p.Key("member", m.UserID), member{m.UserID, m.At})
}
