package circuits

import (
	"context"
	"time"

	"tracedge/core/circuits/roles"
	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// Rows is what a circuit is read from: an update of its partition, whose commit then verifies what was read, or a view of
// it.
type Rows interface {
	Get(storage.Key, any) (bool, error)
	Decode(storage.Record, any) error
}

// Viewer is who looks at a circuit. The zero value is somebody without a credential.
type Viewer struct {
	UserID string
	Admin  bool // may read every circuit
}

// ViewerOf is the caller of a call. An API key of an admin reads like one only with its own admin permission.
func ViewerOf(c *web.Call) Viewer {
	who := c.Caller()
	if who == nil {
		return Viewer{}
	}
	return Viewer{who.UserID, who.Admin && (who.Credential != web.ByKey || who.Key.Admin)}
}

// Standing is what a user is to a circuit at one moment, from the circuit's own rows.
type Standing struct {
	Head     *Head     // nil when there is no circuit
	Settings *Settings // nil when there are none
	Viewer   Viewer
	Member   *Member // the user's row, nil for none
	Role     *Role   // the custom role of the row, nil for none

	// Permissions are the effective ones: all for the owner, those of the custom role, or those of the base role.
	Permissions roles.Set

	now time.Time
}

// standingKeys are what Stand reads first, to be fetched ahead. A custom role comes after these; it lies in the range of
// roles.
func standingKeys(p storage.Partition, userID string) []storage.Key {
	keys := []storage.Key{headKey(p), settingsKey(p)}
	if !nobody(userID) {
		keys = append(keys, memberKey(p, userID))
	}
	return keys
}

// Stand finds a user's standing in the circuit of a partition at a moment. Within an update the commit verifies it.
func Stand[R Rows](rows R, p storage.Partition, who Viewer, now time.Time) (*Standing, error) {
	s := &Standing{Viewer: who, now: now}
	var h Head
	if ok, err := rows.Get(headKey(p), &h); !ok || err != nil {
		return s, err
	}
	s.Head = &h
	var settings Settings
	if ok, err := rows.Get(settingsKey(p), &settings); err != nil {
		return s, err
	} else if ok {
		s.Settings = &settings
	}
	var err error
	s.Member, s.Role, s.Permissions, err = memberOf(rows, p, &h, who.UserID)
	return s, err
}

// memberOf is the row of a user, the custom role that it names, and what the user may do (section 4.2).
func memberOf[R Rows](rows R, p storage.Partition, h *Head, userID string) (*Member, *Role, roles.Set, error) {
	if nobody(userID) {
		return nil, nil, 0, nil
	}
	var m Member
	ok, err := rows.Get(memberKey(p, userID), &m)
	switch {
	case err != nil:
		return nil, nil, 0, err
	case userID == h.OwnerID && !ok:
		return nil, nil, roles.All, nil
	case userID == h.OwnerID:
		return &m, nil, roles.All, nil
	case !ok:
		return nil, nil, 0, nil
	case m.Custom == "":
		return &m, nil, m.Role.Permissions(), nil
	}
	var r Role
	if ok, err := rows.Get(roleKey(p, m.Hash), &r); !ok || err != nil {
		return &m, nil, 0, err
	}
	return &m, &r, r.Permissions, nil
}

// Owner tells whether the user is the circuit's owner.
func (s *Standing) Owner() bool {
	return s.Head != nil && s.Viewer.UserID != "" && s.Viewer.UserID == s.Head.OwnerID
}

// IsMember tells whether the user is the owner or has a row.
func (s *Standing) IsMember() bool { return s.Owner() || s.Member != nil }

// Manager tells whether the user sees what managers see: pending requests.
func (s *Standing) Manager() bool {
	return s.IsMember() && s.Permissions.Has(roles.ManageMembers) || s.Viewer.Admin
}

// Listed tells whether the circuit is shown to everybody.
func (s *Standing) Listed() bool { return s.Head != nil && listed(s.Head, s.Settings, s.now) }

// Open tells whether the circuit's published items are shown to everybody.
func (s *Standing) Open() bool { return s.Head != nil && open(s.Head, s.Settings, s.now) }

// Inside tells whether the user sees the circuit in full: a member, or an admin.
func (s *Standing) Inside() bool { return s.exists() && (s.IsMember() || s.Viewer.Admin) }

// Visible tells whether the user may know that the circuit exists.
func (s *Standing) Visible() bool { return s.Inside() || s.Listed() }

func (s *Standing) exists() bool { return s.Head != nil && s.Head.Status != Archived }

// See refuses who may not know of the circuit. Errors: 404, the same for a circuit that does not exist.
func (s *Standing) See() error {
	if !s.Visible() {
		return NoCircuit()
	}
	return nil
}

// Read refuses who may not read the circuit as a member with a permission does; "" asks for membership alone. An admin may
// read everything. Errors: 404; 403 permission_denied.
func (s *Standing) Read(need roles.Permission) error {
	if err := s.See(); err != nil {
		return err
	}
	if s.Viewer.Admin || s.IsMember() && (need == "" || s.Permissions.Has(need)) {
		return nil
	}
	return denied(need)
}

// Change refuses who may not change the circuit with a permission, in the order of section 1. An admin who is no member
// has no right to. Errors: 404; 403 permission_denied; 409 circuit_inactive.
func (s *Standing) Change(need roles.Permission) error {
	if err := s.Right(need); err != nil {
		return err
	}
	return s.Working()
}

// Right is Change for what can be done to an inactive circuit too. Errors: 404; 403 permission_denied.
func (s *Standing) Right(need roles.Permission) error {
	if err := s.See(); err != nil {
		return err
	}
	if !s.IsMember() || !s.Permissions.Has(need) {
		return denied(need)
	}
	return nil
}

// Working refuses changes of an inactive circuit. Errors: 409 circuit_inactive.
func (s *Standing) Working() error {
	if s.Head.Status != Active {
		return conflict("circuit_inactive", "The circuit is not active")
	}
	return nil
}

// CheckMembership reads what a user is to a circuit, for other areas. One call of the sequencer.
func CheckMembership(ctx context.Context, s *storage.Store, circuitID string, who Viewer) (*Standing, error) {
	standing, _, err := CheckHolding(ctx, s, circuitID, "", who)
	return standing, err
}

// CheckHolding is CheckMembership that also tells whether the circuit holds an item.
func CheckHolding(ctx context.Context, s *storage.Store, circuitID, dfid string, who Viewer) (*Standing, bool, error) {
	p, now := Partition(circuitID), s.Now()
	keys := append(standingKeys(p, who.UserID), held(p, []string{dfid})...)
	v, err := s.View(ctx, "circuits_check_membership", p, keys, customs(p))
	if err != nil {
		return nil, false, err
	}
	standing, err := Stand(v, p, who, now)
	if err != nil || nobody(dfid) {
		return standing, false, err
	}
	_, holds := v.Record(ItemKey(p, dfid))
	return standing, holds, nil
}

// reader is the standing of a caller that may read what belongs to a permission, "" for what every member sees. Errors:
// 404; 403.
func reader(v storage.View, p storage.Partition, c *web.Call, need roles.Permission) (*Standing, error) {
	standing, err := Stand(v, p, ViewerOf(c), c.Now())
	if err != nil {
		return nil, err
	}
	return standing, standing.Read(need)
}

// NoCircuit is the 404 of a circuit that is missing, archived or invisible.
func NoCircuit() *fault.Error { return fault.NotFound("Circuit not found") }

// membershipNeeded stands where a permission is named when a route asks for membership alone.
const membershipNeeded = "Member"

func denied(need roles.Permission) error {
	if need == "" {
		need = membershipNeeded
	}
	return forbidden("permission_denied", "You may not do this in the circuit").With("required", need)
}

// forbidden and conflict are refusals with the code of their rule.
func forbidden(code, message string) *fault.Error { return fault.Forbidden(message).With("code", code) }
func conflict(code, message string) *fault.Error {
	return fault.Conflict("", message).With("code", code)
}
