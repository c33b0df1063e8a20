package trace

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"
)

func TestMillis(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0", 499: "0", 500: "0.001", time.Microsecond: "0.001", 1234567: "1.235", 10 * time.Microsecond: "0.01",
		time.Second: "1000", -time.Millisecond: "-1", 12 * time.Hour: "43200000", 1500 * time.Microsecond: "1.5",
		math.MaxInt64 - 500: "9223372036854.775",
	} {
		got, err := json.Marshal(Millis(d))
		if string(got) != want || err != nil {
			t.Errorf("%d is %s, %v, want %s", d, got, err, want)
		}
		if tenths, want := string(new(decimal).millis(d, 1)), fmt.Sprintf("%.1f", math.Round(float64(d)/1e5)/10); tenths != want {
			t.Errorf("%d with one digit is %s, want %s", d, tenths, want)
		}
	}
}
