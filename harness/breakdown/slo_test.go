package breakdown

import (
	"strings"
	"testing"
)

func TestObjectives(t *testing.T) {
	r := reportOf(t, strings.Repeat(`{"event":"request","level":"info","endpoint":"/api/auth/login","status_code":200,"duration_ms":100}`, 98)+
		`{"event":"request","level":"error","endpoint":"/api/auth/login","status_code":503,"error_kind":"storage_lock_timeout","duration_ms":2000}`+
		`{"event":"request","level":"warn","endpoint":"/api/auth/login","status_code":401,"error_kind":"auth_error","duration_ms":10}`)
	for _, c := range []struct {
		objective, value string
		met              bool
	}{
		{"error-rate=1%", "1.00%", true}, {"error-rate=0.99%", "1.00%", false}, {"error-rate=0%", "1.00%", false},
		{"lock-timeout=1%", "1.00%", true}, {"lock-timeout=0.1%", "1.00%", false}, {"uncovered=0%", "0.00%", true},
		{"login-p95=102ms", "100ms", true}, {"login-p95=90ms", "100ms", false}, {"login-p99=0.2s", "100ms", true},
		{"p95=1200ms", "100ms", true}, {"p99=99ms", "100ms", false},
	} {
		objectives, err := ParseObjectives(c.objective)
		if err != nil {
			t.Fatal(err)
		}
		verdicts, met := Judge(r, objectives)
		if met != c.met || verdicts[0].Met != c.met || verdicts[0].Value != c.value || !verdicts[0].Judged {
			t.Errorf("%s: %+v", c.objective, verdicts[0])
		}
	}
	objectives, err := ParseObjectives("error-rate=2%, login-p95=1200ms,lock-timeout=0.1%")
	if err != nil {
		t.Fatal(err)
	}
	verdicts, met := Judge(r, objectives)
	if met || !verdicts[0].Met || !verdicts[1].Met || verdicts[2].Met {
		t.Errorf("%+v", verdicts)
	}
	if got := verdicts[2].String(); got != "lock-timeout is 1.00%, the limit is 0.10%" {
		t.Error(got)
	}
}

func TestObjectivesWithoutData(t *testing.T) {
	objectives, err := ParseObjectives("error-rate=2%,login-p95=1200ms")
	if err != nil {
		t.Fatal(err)
	}
	verdicts, met := Judge(reportOf(t, `{"event":"request","level":"info","status_code":200}`), objectives)
	if !met || !verdicts[0].Judged || verdicts[1].Judged || verdicts[1].Value != "no data" || verdicts[0].word() != "met" || verdicts[1].word() != "not judged" {
		t.Errorf("a log without logins: %+v", verdicts)
	}
	if verdicts, met := Judge(reportOf(t, "not a log"), objectives); met || verdicts[0].Met || verdicts[0].Judged || verdicts[0].word() != "MISSED" || verdicts[0].String() != "error-rate has no data, the limit is 2.00%" {
		t.Errorf("a log without requests: %+v", verdicts)
	}
	if _, met := Judge(Report{}, nil); !met {
		t.Error("no objective is missed where there is none")
	}
}

func TestObjectivesThatMakeNoSense(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "is not an objective",
		"error-rate":                  "is not an objective",
		"error-rate=2%,":              "is not an objective",
		"errors=1%":                   "is not measured; error-rate, lock-timeout",
		"error-rate=2":                "is like 2%",
		"error-rate=%":                "is like 2%",
		"error-rate=-1%":              "is like 2%",
		"error-rate=101%":             "is like 2%",
		"error-rate=NaN%":             "is like 2%",
		"error-rate=Inf%":             "is like 2%",
		"error-rate=1200ms":           "is like 2%",
		"login-p95=5":                 "is like 1200ms",
		"login-p95=2%":                "is like 1200ms",
		"login-p95=-1ms":              "is like 1200ms",
		"login-p95=0s":                "is like 1200ms",
		"p95=1s,error-rate=2%,p95=2s": "p95 has two limits",
	} {
		if _, err := ParseObjectives(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
