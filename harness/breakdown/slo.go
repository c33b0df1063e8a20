package breakdown

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Objective is a service objective: a measure that must not be above a limit.
type Objective struct {
	measure measure
	limit   float64
}

// measure is something that objectives are about. It reports false when the report has nothing to measure.
type measure struct {
	name  string
	unit  string // share or ms
	value func(*Report) (float64, bool)
}

// The units of measures and changes.
const (
	shareUnit = "share" // 0 to 1
	msUnit    = "ms"
)

func measures() []measure {
	ofRequests := func(part func(*Report) int64) func(*Report) (float64, bool) {
		return func(r *Report) (float64, bool) { return share(part(r), r.Requests), r.Requests > 0 }
	}
	quantile := func(of func(*Report) (float64, int64)) func(*Report) (float64, bool) {
		return func(r *Report) (float64, bool) {
			v, n := of(r)
			return v, n > 0
		}
	}
	return []measure{
		{"error-rate", shareUnit, ofRequests(func(r *Report) int64 { return r.Server })},
		{"lock-timeout", shareUnit, ofRequests(func(r *Report) int64 { return r.lockTimeouts })},
		{"uncovered", shareUnit, func(r *Report) (float64, bool) { return 1 - r.Coverage.Share, r.Requests > 0 }},
		{"login-p95", msUnit, quantile(func(r *Report) (float64, int64) { return r.Logins.P95, r.Logins.Count })},
		{"login-p99", msUnit, quantile(func(r *Report) (float64, int64) { return r.Logins.P99, r.Logins.Count })},
		{"p95", msUnit, quantile(func(r *Report) (float64, int64) { return r.All.P95, r.All.Count })},
		{"p99", msUnit, quantile(func(r *Report) (float64, int64) { return r.All.P99, r.All.Count })},
	}
}

// Measures are the names that ParseObjectives takes: error-rate (server errors), lock-timeout (storage_lock_timeout) and
// uncovered (failures without a record) are shares; the others are latencies, login-* of logins that succeeded.
func Measures() (names []string) {
	for _, m := range measures() {
		names = append(names, m.name)
	}
	return names
}

// ParseObjectives reads a list like error-rate=2%,login-p95=1200ms,lock-timeout=0.1%. Limits of shares are percentages,
// those of latencies are durations.
func ParseObjectives(text string) ([]Objective, error) {
	var out []Objective
	named := make(map[string]bool)
	for part := range strings.SplitSeq(text, ",") {
		name, limit, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok {
			return nil, fmt.Errorf("%q is not an objective: it is like error-rate=2%%", part)
		}
		m, err := measureNamed(name)
		if err != nil {
			return nil, err
		}
		if named[name] {
			return nil, fmt.Errorf("%s has two limits", name)
		}
		named[name] = true
		o := Objective{measure: m}
		if o.limit, err = m.parse(limit); err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

func measureNamed(name string) (measure, error) {
	for _, m := range measures() {
		if m.name == name {
			return m, nil
		}
	}
	return measure{}, fmt.Errorf("%q is not measured; %s are", name, strings.Join(Measures(), ", "))
}

// parse reads a limit.
func (m measure) parse(text string) (float64, error) {
	if m.unit == msUnit {
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			return 0, fmt.Errorf("%q is no limit for %s: it is like 1200ms", text, m.name)
		}
		return float64(d) / float64(time.Millisecond), nil
	}
	number, isPercentage := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || !isPercentage || !(v >= 0 && v <= 100) {
		return 0, fmt.Errorf("%q is no limit for %s: it is like 2%%", text, m.name)
	}
	return v / 100, nil
}

// Verdict is an objective held against a report.
type Verdict struct {
	Objective string  `json:"objective"`
	Value     string  `json:"value"` // for people, "no data" when the log has nothing to measure
	Limit     string  `json:"limit"` // for people
	Met       bool    `json:"met"`
	Judged    bool    `json:"judged"`   // the log has something to measure
	Measured  float64 `json:"measured"` // Value as a number; latencies have the relative error of the report
	Allowed   float64 `json:"allowed"`  // Limit as a number
	Unit      string  `json:"unit"`     // share (0 to 1) or ms
}

// word is the verdict in a word.
func (v Verdict) word() string {
	switch {
	case !v.Met:
		return "MISSED"
	case !v.Judged:
		return "not judged"
	}
	return "met"
}

// String is the verdict as a sentence.
func (v Verdict) String() string {
	if !v.Judged {
		return fmt.Sprintf("%s has no data, the limit is %s", v.Objective, v.Limit)
	}
	return fmt.Sprintf("%s is %s, the limit is %s", v.Objective, v.Value, v.Limit)
}

// Judge holds a report against objectives, and tells whether all are met. What cannot be measured is taken as met, since a
// log need not hold a login; but a log without requests meets nothing: it is not the log that was meant.
func Judge(r Report, objectives []Objective) (verdicts []Verdict, met bool) {
	met = true
	for _, o := range objectives {
		v := Verdict{Objective: o.measure.name, Value: "no data", Limit: inUnit(o.limit, o.measure.unit), Allowed: o.limit, Unit: o.measure.unit}
		if v.Measured, v.Judged = o.measure.value(&r); v.Judged {
			v.Value = inUnit(v.Measured, v.Unit)
		}
		v.Met = r.Requests > 0 && (!v.Judged || v.Measured <= o.limit)
		met = met && v.Met
		verdicts = append(verdicts, v)
	}
	return verdicts, met
}

func inUnit(v float64, unit string) string {
	if unit == msUnit {
		return strconv.FormatFloat(v, 'f', 0, 64) + "ms"
	}
	return strconv.FormatFloat(v*100, 'f', 2, 64) + "%"
}
