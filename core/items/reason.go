package items

import (
	"slices"
	"strings"

	"tracedge/core/canon"
)

// Reason says why a request waits for a decision of its owner (items, 15.3).
type Reason struct {
	Name     string   `json:"name"`
	Details  *string  `json:"details"`            // text for people
	Items    []string `json:"items,omitempty"`    // dfids in conflict
	Subject  string   `json:"subject,omitempty"`  // identifier, or kind of the issue
	Severity string   `json:"severity,omitempty"` // of a DataQualityIssue
}

// The names of reasons.
const (
	noIdentifiers      = "NoIdentifiers"
	invalidIdentifiers = "InvalidIdentifiers"
	conflictingDFIDs   = "ConflictingDFIDs"
	dataQualityIssue   = "DataQualityIssue"
)

// reasonNames are the names of all reasons, those that nothing here produces included.
func reasonNames() []string {
	return []string{
		noIdentifiers, invalidIdentifiers, conflictingDFIDs, dataQualityIssue, "IdentifierMappingConflict", "ProcessingError",
		"ValidationError", "DuplicateDetectionAmbiguous", "CrossSystemConflict",
	}
}

// formal finds what is wrong with the identifiers alone: rows 1 and 2 of the conflict rules; nil is nothing.
func (w wanted) formal() *Reason {
	if len(w.identifiers) == 0 {
		return &Reason{Name: noIdentifiers}
	}
	for _, i := range w.identifiers {
		if i.IsBlank() {
			return reason(invalidIdentifiers, "Blank key or value: "+i.Key+":"+i.Value)
		}
	}
	return nil
}

// conflict is row 3: identifiers that lead to several items. subject is the first identifier involved.
func conflict(subject string, dfids []string) *Reason {
	slices.Sort(dfids)
	r := reason(conflictingDFIDs, subject+" "+strings.Join(dfids, ","))
	r.Subject, r.Items = subject, dfids
	return r
}

// quality finds what is wrong with the data: rows 4 and 5, in the order of its names; nil is nothing.
func (w wanted) quality() *Reason {
	if w.data == nil {
		return nil
	}
	if name, ok := first(*w.data, func(name string, _ canon.Value) bool { return strings.TrimSpace(name) == "" }); ok {
		return issue("empty_key", "Medium", "Blank key "+canon.Text(name).String())
	}
	if name, ok := first(*w.data, func(_ string, v canon.Value) bool { return v.IsNull() }); ok {
		return issue("null_value", "Low", "Null value of "+name)
	}
	return nil
}

func first(o canon.Object, test func(string, canon.Value) bool) (string, bool) {
	for name, v := range o.All() {
		if test(name, v) {
			return name, true
		}
	}
	return "", false
}

func issue(kind, severity, details string) *Reason {
	r := reason(dataQualityIssue, details)
	r.Subject, r.Severity = kind, severity
	return r
}

func reason(name, details string) *Reason { return &Reason{Name: name, Details: &details} }

// The priorities.
const (
	low      = 1
	normal   = 2
	high     = 3
	critical = 4
)

// priority is how urgent a reason is, 1 to 4.
func (r *Reason) priority() int {
	switch r.Name {
	case conflictingDFIDs:
		return critical
	case noIdentifiers, "IdentifierMappingConflict", "CrossSystemConflict":
		return high
	case dataQualityIssue:
		return map[string]int{"Low": low, "Medium": normal, "High": high, "Critical": critical}[r.Severity]
	case "ProcessingError":
		return low
	default:
		return normal
	}
}

// manual says whether somebody has to look at it.
func (r *Reason) manual() bool {
	switch r.Name {
	case conflictingDFIDs, "IdentifierMappingConflict", "DuplicateDetectionAmbiguous", "CrossSystemConflict":
		return true
	case dataQualityIssue:
		return r.Severity == "High" || r.Severity == "Critical"
	default:
		return false
	}
}

// Suggestion is something that could be done about a pending item.
type Suggestion struct {
	Action      string  `json:"action_type"`
	Description string  `json:"description"`
	Confidence  float64 `json:"confidence"`
	Automated   bool    `json:"automated"`
}

func (r *Reason) suggestions() []Suggestion {
	switch r.Name {
	case noIdentifiers:
		return []Suggestion{
			{"add_identifiers", "Add identifiers", 0.9, false}, {"generate_dfid", "Create an item without identifiers", 0.8, true},
		}
	case conflictingDFIDs:
		return []Suggestion{
			{"manual_merge", "Merge the items", 0.7, false}, {"create_separate", "Create an item of its own", 0.6, true},
		}
	case "DuplicateDetectionAmbiguous":
		return []Suggestion{{"review_duplicates", "Look at the possible duplicates", 0.8, false}}
	default:
		return []Suggestion{{"manual_review", "Look at the request", 0.7, false}}
	}
}
