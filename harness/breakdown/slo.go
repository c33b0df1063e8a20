package breakdown

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Objective is a service objective: a measure that must not be above a limit.
type Objective struct {
	Name  string
	limit float64
	value func(Report) float64
	unit  func(float64) string
}

// Verdict is an objective held against a report.
type Verdict struct {
	Objective string `json:"objective"`
	Value     string `json:"value"`
	Limit     string `json:"limit"`
	Met       bool   `json:"met"`
}

func measures() map[string]Objective {
	percent := func(v float64) string { return strconv.FormatFloat(v*100, 'f', 2, 64) + "%" }
	millis := func(v float64) string { return strconv.FormatFloat(v, 'f', 0, 64) + "ms" }
	return map[string]Objective{
		"error-rate":   {value: func(r Report) float64 { return share(r.Server, r.Requests) }, unit: percent},
		"lock-timeout": {value: func(r Report) float64 { return share(r.lockTimeouts, r.Requests) }, unit: percent},
		"login-p95":    {value: func(r Report) float64 { return r.Logins.P95 }, unit: millis},
		"p95":          {value: func(r Report) float64 { return r.All.P95 }, unit: millis},
		"uncovered":    {value: func(r Report) float64 { return 1 - r.Coverage.Share }, unit: percent},
	}
}

// ParseObjectives reads a list like error-rate=2%,login-p95=1200ms,lock-timeout=0.1%. Shares are percentages, latencies
// durations. The measures are error-rate (status 500 and above), lock-timeout, login-p95, p95 and uncovered.
func ParseObjectives(text string) ([]Objective, error) {
	var out []Objective
	known := measures()
	for part := range strings.SplitSeq(text, ",") {
		name, limit, ok := strings.Cut(strings.TrimSpace(part), "=")
		o, isKnown := known[name]
		if !ok || !isKnown {
			return nil, fmt.Errorf("%q is not an objective: write NAME=LIMIT with error-rate, lock-timeout, login-p95, p95 or uncovered", part)
		}
		var err error
		if strings.HasSuffix(name, "p95") {
			var d time.Duration
			d, err = time.ParseDuration(limit)
			o.limit = float64(d) / float64(time.Millisecond)
		} else {
			o.limit, err = strconv.ParseFloat(strings.TrimSuffix(limit, "%"), 64)
			o.limit /= 100
			if !strings.HasSuffix(limit, "%") {
				err = fmt.Errorf("no percentage")
			}
		}
		if err != nil || o.limit < 0 {
			return nil, fmt.Errorf("%q: the limit of %s is like 2%% for a share and like 1200ms for a latency", part, name)
		}
		o.Name = name
		out = append(out, o)
	}
	return out, nil
}

// Judge holds a report against objectives.
func Judge(r Report, objectives []Objective) (verdicts []Verdict, met bool) {
	met = true
	for _, o := range objectives {
		v := o.value(r)
		ok := v <= o.limit
		met = met && ok
		verdicts = append(verdicts, Verdict{o.Name, o.unit(v), o.unit(o.limit), ok})
	}
	return verdicts, met
}
