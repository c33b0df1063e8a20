package conformance

import (
	"slices"
	"strings"
	"sync"
)

// secrets are all texts of the suite that must not appear in any record, with what each of them is. Everything that a
// person of a case types (names, addresses, passwords) carries a random tag, so that searching for the tag finds it in
// any spelling.
type secrets struct {
	mu   sync.Mutex
	what map[string]string // by text in lower case
}

// add remembers a secret.
func (s *secrets) add(what, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.what == nil {
		s.what = make(map[string]string)
	}
	s.what[strings.ToLower(text)] = what
}

// addToken remembers a JSON Web Token and each of its parts that says something, or another credential as a whole.
func (s *secrets) addToken(token string) {
	const telling = 24 // bytes: shorter texts may be anywhere by chance
	if len(token) >= telling {
		s.add("a token", token)
	}
	if parts := strings.Split(token, "."); len(parts) == 3 {
		for _, part := range parts[1:] {
			if len(part) >= telling {
				s.add("a part of a token", part)
			}
		}
	}
}

// in returns what is found in the words of a record, sorted.
func (s *secrets) in(words string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []string
	for text, what := range s.what {
		if strings.Contains(words, text) {
			found = append(found, what+" ("+cut(text, 60)+")")
		}
	}
	slices.Sort(found)
	return found
}

func (s *secrets) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.what)
}
