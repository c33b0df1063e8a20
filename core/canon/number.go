package canon

import (
	"math"
	"strconv"
	"strings"
)

// appendNumber writes a valid JSON number in its one form. A text without fraction and exponent is an integer as long
// as it fits 64 bits, signed or not; there is no negative zero among integers. A number that no float can hold is a
// *Misfit; one too small for any is zero.
func appendNumber(dst []byte, text string) ([]byte, error) {
	if !strings.ContainsAny(text, ".eE") {
		if text == "-0" {
			return append(dst, '0'), nil
		}
		if fitsInteger(text) {
			return append(dst, text...), nil
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if math.IsInf(f, 0) || err != nil && f == 0 {
		return dst, &Misfit{"A number is out of range"}
	}
	return appendFloat(dst, f), nil
}

func fitsInteger(text string) bool {
	if len(text) <= 18 {
		return true
	}
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return true
	}
	_, err := strconv.ParseUint(text, 10, 64)
	return err == nil
}

// appendFloat writes d.ddd x 10^e plainly when -5 <= e <= 15, else with an exponent.
func appendFloat(dst []byte, f float64) []byte {
	var buffer [32]byte
	text := strconv.AppendFloat(buffer[:0], f, 'e', -1, 64) // d.ddde+xx
	if text[0] == '-' {
		dst, text = append(dst, '-'), text[1:]
	}
	mark := len(text) - 1
	for text[mark] != 'e' {
		mark--
	}
	exponent, _ := strconv.Atoi(string(text[mark+1:]))
	digits := text[:mark]
	if len(digits) > 1 {
		digits[1] = digits[0]
		digits = digits[1:] // the point is gone
	}
	switch n := len(digits); {
	case exponent < -5 || exponent > 15:
		dst = append(dst, digits[0])
		if n > 1 {
			dst = append(append(dst, '.'), digits[1:]...)
		}
		dst = append(dst, 'e')
		return strconv.AppendInt(dst, int64(exponent), 10)
	case exponent < 0:
		dst = append(dst, "0."...)
		dst = append(dst, "00000"[:-exponent-1]...)
		return append(dst, digits...)
	case n <= exponent+1:
		dst = append(dst, digits...)
		dst = append(dst, "000000000000000"[:exponent+1-n]...)
		return append(dst, ".0"...)
	default:
		dst = append(append(dst, digits[:exponent+1]...), '.')
		return append(dst, digits[exponent+1:]...)
	}
}
