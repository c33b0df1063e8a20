package identifier

import (
	"slices"
	"strings"
)

// namespaces are those that level registry knows, exact lower case.
var namespaces = []string{"bovino", "aves", "suino", "soja", "milho", "algodao", "cafe", "leite", DefaultNamespace}

// KnownNamespace reports whether a namespace is one of the product's own.
func KnownNamespace(name string) bool { return slices.Contains(namespaces, name) }

// registry is what a registry demands of a canonical value. A digit is ASCII, a length counts UTF-8 bytes.
type registry struct {
	form   func(value string) bool
	digits func(value string) bool // check digits
}

// registryOf finds a registry by its name, in any case. An unknown one demands nothing.
func registryOf(name string) registry {
	r := registry{form: anything, digits: anything}
	switch strings.ToLower(name) {
	case "sisbov":
		r.form = sisbov
	case "cpf":
		r = registry{numbered(11), cpfDigits}
	case "cnpj":
		r = registry{numbered(14), cnpjDigits}
	case "car":
		r.form = func(v string) bool { return strings.HasPrefix(v, "BR-") && len(v) >= 9 && len(v) <= 44 }
	case "nirf":
		r.form = func(v string) bool { return len(onlyDigits(v)) >= 8 }
	case "ie":
		r.form = func(v string) bool { return len(v) >= 8 }
	case "rfid":
		r.form = func(v string) bool { return len(v) >= 10 }
	}
	return r
}

func anything(string) bool { return true }

func sisbov(v string) bool {
	number, ok := strings.CutPrefix(v, "BR")
	return ok && len(number) == 12 && onlyDigits(number) == number
}

// numbered is the rule of tax numbers: so many digits, not all equal, with anything between them.
func numbered(n int) func(string) bool {
	return func(v string) bool {
		d := onlyDigits(v)
		return len(d) == n && strings.Count(d, d[:1]) != n
	}
}

func onlyDigits(v string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, v)
}
