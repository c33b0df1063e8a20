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
	b = appendMillis(b, time.Duration(m), 3)
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	if b[len(b)-1] == '.' {
		b = b[:len(b)-1]
	}
	return b
}

// appendMillis appends milliseconds with so many digits after the point, rounded half away from zero. Durations are whole
// numbers and stay so: numbers with a floating point take much longer to write.
func appendMillis(b []byte, d time.Duration, digits int) []byte {
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
