package simulate

import (
	"fmt"
	"time"

	"github.com/anishathalye/porcupine"
)

// registers are things that clients set and look at, such as the name of a key,
// with what each of them saw: the same check as for partitions, from outside.
type registers struct {
	names []string
	cells map[string][]porcupine.Operation
}

func newRegisters() *registers { return &registers{cells: map[string][]porcupine.Operation{}} }

// access is one look at a register, or one change of it.
type access struct {
	write bool
	value string
}

func (a access) String() string {
	if a.write {
		return fmt.Sprintf("set %q", a.value)
	}
	return fmt.Sprintf("see %q", a.value)
}

// forEver is when something ends whose outcome nobody learned: it may take
// effect at any time, or never.
const forEver = int64(1) << 62

// Set notes that a client has set a register. An unsure one may have set it, now
// or later or never.
func (c *Client) Set(register, value string, began time.Time, unsure bool) {
	end := c.now.UnixNano()
	if unsure {
		end = forEver
	}
	c.registers.add(register, porcupine.Operation{ClientId: c.plan.ID, Input: access{true, value}, Call: began.UnixNano(), Return: end})
}

// See notes what a client has seen in a register.
func (c *Client) See(register, value string, began time.Time) {
	c.registers.add(register, porcupine.Operation{ClientId: c.plan.ID, Input: access{false, value}, Call: began.UnixNano(), Return: c.now.UnixNano()})
}

func (r *registers) add(name string, o porcupine.Operation) {
	if _, known := r.cells[name]; !known {
		r.names = append(r.names, name)
	}
	r.cells[name] = append(r.cells[name], o)
}

// registerModel is a register for porcupine.
var registerModel = porcupine.Model{
	Init: func() any { return "" },
	Step: func(state, input, _ any) (bool, any) {
		a := input.(access)
		if a.write {
			return true, a.value
		}
		return state == a.value, state
	},
	DescribeOperation: func(input, _ any) string { return input.(access).String() },
}

func (w *World) checkRegisters() {
	for _, name := range w.registers.names {
		operations := w.registers.cells[name]
		for n := range operations { // what clients of one id do may overlap for ever
			operations[n].ClientId = n
		}
		w.check(partitionHistory{name, registerModel, operations})
	}
}
