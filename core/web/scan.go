package web

// Functions of this file walk JSON that is known to be valid: they find where values end and judge nothing.

// skipSpace is the position of the first byte at or after i that is no white space.
func skipSpace(data []byte, i int) int {
	for i < len(data) {
		switch data[i] {
		case ' ', '\t', '\r', '\n':
			i++
		default:
			return i
		}
	}
	return i
}

// stringEnd is the position after the string that begins at i. It is safe on text that is not valid.
func stringEnd(data []byte, i int) int {
	for i++; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(data)
}

// valueEnd is the position after the value that begins at i.
func valueEnd(data []byte, i int) int {
	depth := 0
	for i < len(data) {
		switch data[i] {
		case '"':
			i = stringEnd(data, i)
		case '[', '{':
			depth++
			i++
			continue
		case ']', '}':
			depth--
			i++
		case ',', ':', ' ', '\t', '\r', '\n':
			i++
			continue
		default:
			i = wordEnd(data, i)
		}
		if depth == 0 {
			return i
		}
	}
	return i
}

// wordEnd is the position after the number or literal that begins at i.
func wordEnd(data []byte, i int) int {
	for i < len(data) {
		switch data[i] {
		case ',', ':', ']', '}', '[', '{', '"', ' ', '\t', '\r', '\n':
			return i
		}
		i++
	}
	return i
}
