package trace

import (
	"strconv"
	"time"
)

// Millis is a duration in milliseconds with three digits after the point.
type Millis time.Duration

// MarshalJSON writes milliseconds as a number.
func (m Millis) MarshalJSON() ([]byte, error) { return m.append(nil), nil }

func (m Millis) append(b []byte) []byte {
	var room decimal
	text := room.millis(time.Duration(m), 3)
	for text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	if text[len(text)-1] == '.' {
		text = text[:len(text)-1]
	}
	return append(b, text...)
}

// decimal is room for one number. Texts that go to clients and texts that stay in records are written with the same function
// but never through the same bytes.
type decimal [32]byte

// millis is milliseconds with so many digits after the point, rounded half away from zero. Durations are whole numbers and
// stay so: numbers with a floating point take much longer to write.
func (r *decimal) millis(d time.Duration, digits int) []byte {
	b := r[:0]
	if d < 0 {
		b, d = append(b, '-'), -d
	}
	unit, scale := int64(time.Millisecond), int64(1)
	for range digits {
		unit, scale = unit/10, scale*10
	}
	n := int64(d) / unit
	if int64(d)%unit >= unit/2 {
		n++
	}
	b = append(strconv.AppendInt(b, n/scale, 10), '.')
	for scale /= 10; scale > 0; scale /= 10 {
		b = append(b, '0'+byte(n/scale%10))
	}
	return b
}
