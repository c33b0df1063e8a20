package events

import "context"

// viewer is a user to whom events are shown. It asks once for each circuit that it meets.
type viewer struct {
	service *Service
	userID  string
	member  map[string]bool
}

func (s *Service) viewer(userID string) *viewer {
	return &viewer{s, userID, make(map[string]bool)}
}

// admitted tells whether the event's visibility admits the viewer. That the viewer is the source or may see the item is
// the other half, which the caller knows.
func (v *viewer) admitted(ctx context.Context, e Event) (bool, error) {
	if e.Source == v.userID {
		return true, nil
	}
	switch e.Visibility {
	case Public:
		return true, nil
	case Direct:
		return e.Recipient == v.userID, nil
	case CircuitOnly:
		return v.in(ctx, e.Circuit)
	default:
		return false, nil
	}
}

func (v *viewer) in(ctx context.Context, circuitID string) (bool, error) {
	if circuitID == "" {
		return false, nil
	}
	if is, known := v.member[circuitID]; known {
		return is, nil
	}
	is, err := v.service.circuits.Member(ctx, circuitID, v.userID)
	if err == nil {
		v.member[circuitID] = is
	}
	return is, err
}
