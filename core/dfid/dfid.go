// Package dfid makes and checks the ids of items, DFID-<YYYYMMDD>-<sequence>-<checksum> (items, section 4.1), and draws
// the numbers in them.
package dfid

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

const prefix = "DFID"

// Format is the id of a number drawn at a time, whose UTC day it shows. The number is 1 or more.
func Format(drawn time.Time, number int64) string {
	day, sequence := drawn.UTC().Format("20060102"), fmt.Sprintf("%06d", number)
	return prefix + "-" + day + "-" + sequence + "-" + checksum(day, sequence)
}

// Valid reports whether a text has the form of an id with its checksum. The calendar is not checked.
func Valid(text string) bool {
	part := strings.Split(text, "-")
	return len(part) == 4 && part[0] == prefix && len(part[1]) == 8 && len(part[2]) >= 6 &&
		digits(part[1]) && digits(part[2]) && part[3] == checksum(part[1], part[2])
}

// checksum is a polynomial hash of the digits as printed, in upper-case hex without padding.
func checksum(day, sequence string) string {
	var h uint32
	for _, text := range [...]string{day, sequence} {
		for i := range len(text) {
			h = 31*h + uint32(text[i])
		}
	}
	return strings.ToUpper(strconv.FormatUint(uint64(h%65535), 16))
}

func digits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}
