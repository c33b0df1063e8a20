package simulate

import (
	"regexp"
	"strings"
)

// mailHost is where the provider takes letters.
const mailHost = "api.mailersend.com"

// letters are the bodies of what the mail provider took, in order.
type letters []string

var tokenInLetter = regexp.MustCompile(`reset-password\?token=([0-9a-f]{64})`)

// tokenTo is the token in the newest letter to an address; "" for none.
func (l letters) tokenTo(email string) string {
	for n := len(l) - 1; n >= 0; n-- {
		if match := tokenInLetter.FindStringSubmatch(l[n]); match != nil && strings.Contains(l[n], `"`+email+`"`) {
			return match[1]
		}
	}
	return ""
}
