package breakdown

import (
	"encoding/binary"
	"math/bits"
)

// What valueEnd says of a text that is no value. The first is no fault when more of the stream can be read.
const (
	short       = "the input ends inside a value"
	tooDeep     = "nested too deep"
	noValue     = "no value begins here"
	noKey       = "a member's name is missing"
	noColon     = "a colon is missing"
	noComma     = "a comma or an end is missing"
	badNumber   = "this is no number"
	badLiteral  = "this is neither true, false nor null"
	badEscape   = "this escape is unknown"
	brokenText  = "a line ends inside a string"
	controlChar = "a control character is inside a string"
	tooLong     = "the value is longer than 8 MiB"
)

// maxDepth is how deep arrays and objects may be nested.
const maxDepth = 1024

// valueEnd returns the index behind the JSON value that begins at b[i], or at white space in front of it, and "". When
// there is none it returns the index at which that shows, and why. It checks the grammar of RFC 8259 and allocates
// nothing; UTF-8 is not checked.
func valueEnd(b []byte, i int) (int, string) {
	var objects [maxDepth / 64]uint64 // a bit for each level: set for an object
	depth, problem := 0, ""
	for {
		i = space(b, i)
		if i == len(b) {
			return i, short
		}
		switch c := b[i]; c {
		case '"':
			i, problem = stringEnd(b, i+1)
		case '{', '[':
			if depth == maxDepth {
				return i, tooDeep
			}
			if i = space(b, i+1); i == len(b) {
				return i, short
			}
			if b[i] == c+2 { // the bracket that closes is two behind the one that opens
				i++
				break
			}
			word, bit := depth/64, uint64(1)<<(depth%64)
			depth++
			if objects[word] &^= bit; c == '{' {
				objects[word] |= bit
				if i, problem = nameEnd(b, i); problem != "" {
					return i, problem
				}
			}
			continue
		case 't':
			i, problem = literalEnd(b, i, "true")
		case 'f':
			i, problem = literalEnd(b, i, "false")
		case 'n':
			i, problem = literalEnd(b, i, "null")
		default:
			if c != '-' && (c < '0' || c > '9') {
				return i, noValue
			}
			i, problem = numberEnd(b, i)
		}
		if problem != "" {
			return i, problem
		}
		for { // a value has ended
			if depth == 0 {
				return i, ""
			}
			if i = space(b, i); i == len(b) {
				return i, short
			}
			inObject := objects[(depth-1)/64]>>((depth-1)%64)&1 == 1
			if b[i] == ',' {
				if i++; inObject {
					if i, problem = nameEnd(b, i); problem != "" {
						return i, problem
					}
				}
				break
			}
			if b[i] != '}' && b[i] != ']' || (b[i] == '}') != inObject {
				return i, noComma
			}
			i++
			depth--
		}
	}
}

// nameEnd returns the index behind a member's name and its colon.
func nameEnd(b []byte, i int) (int, string) {
	if i = space(b, i); i == len(b) {
		return i, short
	}
	if b[i] != '"' {
		return i, noKey
	}
	i, problem := stringEnd(b, i+1)
	if problem != "" {
		return i, problem
	}
	if i = space(b, i); i == len(b) {
		return i, short
	}
	if b[i] != ':' {
		return i, noColon
	}
	return i + 1, ""
}

// space returns the index of the first byte from i on that is no white space.
func space(b []byte, i int) int {
	for i < len(b) && b[i] <= ' ' && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// stringEnd returns the index behind the string whose opening quote is in front of i.
func stringEnd(b []byte, i int) (int, string) {
	for {
		if i = plain(b, i); i == len(b) {
			return i, short
		}
		switch c := b[i]; c {
		case '"':
			return i + 1, ""
		case '\n', '\r':
			return i, brokenText
		case '\\':
			if i+1 == len(b) {
				return i, short
			}
			switch b[i+1] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
				i += 2
			case 'u':
				for n := 2; n < 6; n++ {
					if i+n == len(b) {
						return i, short
					}
					if !hexDigit(b[i+n]) {
						return i, badEscape
					}
				}
				i += 6
			default:
				return i, badEscape
			}
		default:
			return i, controlChar
		}
	}
}

// plain returns the index of the first byte from i on that is a quote, a backslash or a control character. It looks at
// eight bytes at a time: strings are most of a log.
func plain(b []byte, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		quote, slash := w^ones*'"', w^ones*'\\'
		// The lowest bit that is set is right; those above it may come from a borrow.
		if hit := ((w-ones*' ')&^w | (quote-ones)&^quote | (slash-ones)&^slash) & highs; hit != 0 {
			return i + bits.TrailingZeros64(hit)/8
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c == '"' || c == '\\' || c < ' ' {
			return i
		}
	}
	return i
}

func literalEnd(b []byte, i int, literal string) (int, string) {
	for n := range len(literal) {
		if i+n == len(b) {
			return i + n, short
		}
		if b[i+n] != literal[n] {
			return i, badLiteral
		}
	}
	return i + len(literal), ""
}

// numberEnd returns the index behind the number that begins at b[i]. A number that reaches the end of b may go on.
func numberEnd(b []byte, i int) (int, string) {
	if b[i] == '-' {
		i++
	}
	begin := i
	if i = digits(b, i); i == len(b) {
		return i, short
	}
	if i == begin || b[begin] == '0' && i > begin+1 {
		return begin, badNumber
	}
	if b[i] == '.' {
		begin = i + 1
		if i = digits(b, begin); i == len(b) {
			return i, short
		}
		if i == begin {
			return i, badNumber
		}
	}
	if b[i] != 'e' && b[i] != 'E' {
		return i, ""
	}
	if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
		i++
	}
	begin = i
	if i = digits(b, i); i == len(b) {
		return i, short
	}
	if i == begin {
		return i, badNumber
	}
	return i, ""
}

func digits(b []byte, i int) int {
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		i++
	}
	return i
}

func hexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}
