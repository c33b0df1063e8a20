package accounts

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tracedge/core/digest"
	"tracedge/core/fault"
	"tracedge/core/storage"
)

// Fold is the form in which usernames and e-mail addresses are compared: NFC and lower case (conventions, section 5).
func Fold(text string) string { return norm.NFC.String(strings.ToLower(norm.NFC.String(text))) }

// UsernamePartition is where a username's claim and login live.
func UsernamePartition(name string) storage.Partition {
	return storage.In("username", digest.OfText(Fold(name)))
}

// EmailPartition is where an e-mail address's claim lives.
func EmailPartition(address string) storage.Partition {
	return storage.In("email", digest.OfText(Fold(address)))
}

// ownerClaim is the name of the claim in a name's partition.
const ownerClaim = "owner"

// owner is the value of such a claim.
type owner struct {
	UserID string `json:"user_id"`
}

// CheckIdentity applies the identity rules to a new account's names, the username first. Errors: 400 with field.
func CheckIdentity(username, email string) error {
	if err := checkText("username", username); err != nil {
		return err
	}
	if err := checkText("email", email); err != nil {
		return err
	}
	local, domain, ok := strings.Cut(email, "@")
	if !ok || local == "" || strings.Contains(domain, "@") || !strings.Contains(domain, ".") ||
		strings.ContainsFunc(domain, unicode.IsSpace) || strings.Trim(domain, ".") == "" {
		return fault.BadRequest("email", "Email address is not valid")
	}
	return nil
}

// CheckName applies the rules of a free text name: at most 255 bytes, no control characters. Errors: 400 with field.
func CheckName(field, text string) error {
	if len(text) > 255 {
		return fault.BadRequest(field, "Must be at most 255 bytes")
	}
	if strings.ContainsFunc(text, unicode.IsControl) || !utf8.ValidString(text) {
		return fault.BadRequest(field, "Must not contain control characters")
	}
	return nil
}

func checkText(field, text string) error {
	if text == "" {
		return fault.BadRequest(field, "Must not be empty")
	}
	return CheckName(field, text)
}
