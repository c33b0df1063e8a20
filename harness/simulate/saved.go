package simulate

import (
	"encoding/json"
	"fmt"
	"io"
)

// Saved is a plan that is kept. It holds its steps and faults themselves: another script, or another weight, changes what
// a seed draws, and leaves this as it is.
type Saved struct {
	// Property is the promise that it broke, "" for none.
	Property string `json:"property,omitempty"`
	// Mutant names the fault that was put into the worker for it to break the promise; "" for one of the worker's own,
	// which is mended.
	Mutant string `json:"mutant,omitempty"`
	Plan   *Plan  `json:"plan"`
}

// Write writes it for ReadSaved.
func (s *Saved) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(s)
}

// ReadSaved reads what Write has written.
func ReadSaved(r io.Reader) (*Saved, error) {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	s := &Saved{}
	if err := d.Decode(s); err != nil {
		return nil, fmt.Errorf("a saved plan: %w", err)
	}
	if s.Plan == nil || len(s.Plan.Clients) == 0 {
		return nil, fmt.Errorf("a saved plan: nobody does anything in it")
	}
	for _, c := range s.Plan.Clients {
		for _, step := range c.Steps {
			if scriptNamed(step.Script).Run == nil {
				return nil, fmt.Errorf("a saved plan: there is no script %q", step.Script)
			}
		}
	}
	return s, nil
}

// Keep makes what is to be saved of a plan: what Shrink leaves of it where it breaks a promise, any with "" for the
// property, and all of it otherwise.
func (l *Lab) Keep(p *Plan, property string) *Saved {
	if s := l.shrink(p, property); s != nil {
		return &Saved{Property: s.Property, Plan: s.Plan}
	}
	return &Saved{Plan: p.Only(nil, nil)}
}
