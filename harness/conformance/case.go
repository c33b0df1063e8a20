package conformance

import (
	"slices"
	"strings"
)

// Case is one promise of the contract.
type Case struct {
	Name string // area/what, unique within its group
	Run  func(*Session)

	// Alone cases put the service under load; they run after the others of their group, one after the other.
	Alone bool
}

// Group is a number of cases that share a service.
type Group struct {
	Name     string
	Settings map[string]string // changes to the defaults of the suite; "" unsets
	Serial   bool              // the cases build on each other's counters and run in order
	Cases    []Case
}

// Groups is the registry of all cases.
func Groups() []Group {
	groups := []Group{
		{Name: "default", Cases: slices.Concat(
			revocationCases(), mailCases(), // these wait, so they come first
			shellCases(), documentCases(), routeCases(), methodCases(), corsCases(), traceCases(), hostileCases(),
			contentTypeCases(), syntaxCases(), fieldCases(), sizeCases(),
			registerCases(), identityCases(), passwordCases(),
			loginCases(), verifyCases(), profileCases(), creditCases(), refreshCases(), tokenCases(), keyCases(), idempotencyCases(),
			forgotCases(), resetCases(), proxyCases(), keysCases(), raceCases(),
		)},
		throttleGroup(),
		gateGroup(),
		secretGroup("missing-secret", ""),
		secretGroup("short-secret", shortSecret),
		bootstrapGroup(),
		badBootstrapGroup(),
		keysAdminGroup(),
		adminGroup(),
		adminEnforcedGroup(),
		enforcedGroup(),
		chargedGroup(),
		{Name: "items", Cases: under("items", slices.Concat(
			itemCreateCases(), itemListCases(), itemChangeCases(), itemShareCases(), itemPendingCases(),
		)...)},
		itemsChargedGroup(),
		itemsStrictGroup(),
		adaptersGroup(),
		keylessGroup(),
		adaptersBootstrapGroup(),
		adaptersUnsealedGroup(),
		localsGroup(),
		strictnessGroup("registry"),
		strictnessGroup("strict"),
		eventsGroup(),
		eventsKeylessGroup(),
		pushGroup(),
		pushChargedGroup(),
		circuitsGroup(),
		circuitsEnforcedGroup(),
		historyGroup(),
		historyChargedGroup(),
		postActionsGroup(),
	}
	for i := range groups {
		groups[i].Cases = append(groups[i].Cases, recordCases()...)
	}
	return groups
}

// secrecy is the last case of a run: it searches all records of all services.
const secrecy = "no-secret-in-any-record"

// Count is the number of cases of a complete run.
func Count() int {
	n := 1 // secrecy
	for _, g := range Groups() {
		n += len(g.Cases)
	}
	return n
}

// answer is the case of one request and its reply.
func answer(name, says string, send Request, want ...Check) Case {
	return Case{Name: name, Run: func(s *Session) { s.ask(says, send, want...) }}
}

// under puts the names of cases below an area.
func under(area string, cases ...Case) []Case {
	for i := range cases {
		cases[i].Name = area + "/" + cases[i].Name
	}
	return cases
}

// sorted orders cases by name; tables that are maps have no order of their own.
func sorted(cases []Case) []Case {
	slices.SortFunc(cases, func(a, b Case) int { return strings.Compare(a.Name, b.Name) })
	return cases
}
