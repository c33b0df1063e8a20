package web

import "strconv"

// maxInteger is 2^53 - 1, the greatest integer that every JSON reader keeps exactly.
const maxInteger = 1<<53 - 1

// JSSafe is an integer of 64 bits on the wire: a JSON number within +-(2^53 - 1) and a decimal string beyond. Input takes
// both forms in the whole range.
type JSSafe int64

// MarshalJSON writes the number or the string.
func (n JSSafe) MarshalJSON() ([]byte, error) {
	text := strconv.FormatInt(int64(n), 10)
	if n > maxInteger || n < -maxInteger {
		text = `"` + text + `"`
	}
	return []byte(text), nil
}

// UnmarshalJSON reads either form; null changes nothing.
func (n *JSSafe) UnmarshalJSON(doc []byte) error {
	text := string(doc)
	if text == "null" {
		return nil
	}
	if doc[0] == '"' {
		text = unquote(doc)
	}
	i, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !isInteger(text) {
		return expected("an integer or a decimal string")
	}
	*n = JSSafe(i)
	return nil
}

// isInteger tells whether a text is an integer as JSON writes it: no plus sign, no leading zeros, no fraction, no
// exponent.
func isInteger(s string) bool {
	if len(s) > 1 && s[0] == '-' {
		s = s[1:]
	}
	if s == "" || len(s) > 1 && s[0] == '0' {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
