package load

import "math/rand/v2"

// scenario makes requests. Users are accounts that were made before.
type scenario struct {
	name       string
	needsUsers bool
	next       func(users []User) Request
}

// scenarios are those that Options takes. Strangers are logins of names that nobody has: each works on a partition of its
// own, which makes injected faults countable.
func scenarios() []scenario {
	return []scenario{
		{"login", true, func(users []User) Request { return pick(users).login() }},
		{"register", false, func([]User) Request { return NewUser().register() }},
		{"verify", true, func(users []User) Request { return pick(users).verify() }},
		{"mixed", true, mixed},
		{"strangers", false, func([]User) Request { return NewUser().login() }},
	}
}

// mixed is how clients use the service: mostly with the token that they have.
func mixed(users []User) Request {
	switch n := rand.N(100); {
	case n < 70:
		return pick(users).verify()
	case n < 90:
		return pick(users).login()
	case n < 95:
		return NewUser().register()
	default:
		return health()
	}
}

func pick(users []User) User { return users[rand.N(len(users))] }

// Scenarios are the names that Options takes.
func Scenarios() []string {
	var names []string
	for _, s := range scenarios() {
		names = append(names, s.name)
	}
	return names
}

func findScenario(name string) (scenario, bool) {
	for _, s := range scenarios() {
		if s.name == name {
			return s, true
		}
	}
	return scenario{}, false
}
