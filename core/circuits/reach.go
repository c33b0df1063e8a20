package circuits

import (
	"context"

	"tracedge/core/circuits/roles"
)

// What items and events ask of circuits. Pointers in other partitions say where to ask; the answer is the circuit's.

// Standing says whether a user is a member of one of the circuits that holds the item, and whether it has Push in one.
func (s *Service) Standing(ctx context.Context, userID, dfid string, circuitIDs []string) (member, push bool, err error) {
	for _, id := range circuitIDs {
		st, holds, err := CheckHolding(ctx, s.store, id, dfid, Viewer{UserID: userID})
		if err != nil {
			return false, false, err
		}
		if holds && st.exists() && st.IsMember() {
			member, push = true, push || st.Permissions.Has(roles.Push) && st.Head.Status == Active
		}
	}
	return member, push, nil
}

// Publishes says whether one of the circuits shows the item to everybody.
func (s *Service) Publishes(ctx context.Context, dfid string, circuitIDs []string) (bool, error) {
	for _, id := range circuitIDs {
		f, err := s.readPublic(ctx, id, Viewer{}, s.store.Now())
		if err != nil {
			return false, err
		}
		if f.publishes(dfid) {
			return true, nil
		}
	}
	return false, nil
}

// Member says whether a user is a member of a circuit.
func (s *Service) Member(ctx context.Context, circuitID, userID string) (bool, error) {
	st, err := CheckMembership(ctx, s.store, circuitID, Viewer{UserID: userID})
	return err == nil && st.exists() && st.IsMember(), err
}
