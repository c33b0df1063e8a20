package bench

import "fmt"

func (r *Report) writeInstances(t table) {
	if len(r.Instances) > 0 {
		t.title("Linear memory of an instance")
		t.head("scenario", "MiB after the first request", fmt.Sprintf("after %s", thousands(laterRequests)))
		for _, m := range r.Instances {
			t.row(m.Scenario, number(m.First), number(m.Later))
		}
	}
	if m := r.IsolateMemory; m != nil {
		t.title("Memory of an isolate in workerd")
		t.head("MiB of the process", "value", "95 %")
		t.row("with a worker in plain JavaScript", number(m.Plain), "")
		t.row("with 1 instance", number(m.One), "")
		t.row(fmt.Sprintf("for each further one, up to %d", m.Instances), number(m.Each.Center), interval(m.Each))
		t.row(fmt.Sprintf("new instances that fit into the %.0f MiB of an isolate", m.Isolate), fmt.Sprint(m.Fit), "")
		t.row("instances that fit when each has grown as far as above", fmt.Sprint(m.FitLater), "")
	}
}

func (r *Report) writeStart(t table) {
	s := r.StartCost
	if s == nil {
		return
	}
	t.title("Start of an instance")
	t.head("what", "value")
	t.row("host calls", fmt.Sprint(s.HostCalls))
	t.row("linear memory, MiB", number(s.MemoryMiB))
	t.row("packages that initialise something", fmt.Sprint(s.Packages))
	t.row("their allocations", fmt.Sprint(s.Allocations))
	t.row("KiB allocated by them", number(s.KiB))
	t.row("ms of their initialisation in wazero", number(s.Init.Center)+" ("+interval(s.Init)+")")
	t.row("most of it in "+s.Slowest+", ms", number(s.SlowestMs))
}
