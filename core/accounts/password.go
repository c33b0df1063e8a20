package accounts

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/crypto/bcrypt"

	"tracedge/core/fault"
)

// MaxPassword is the longest password, in bytes: bcrypt looks at no more.
const MaxPassword = 72

// CheckPassword applies the password rules in their order. Errors: 400 with field.
func CheckPassword(field, password string) error {
	has := func(is func(rune) bool) bool { return strings.ContainsFunc(password, is) }
	switch {
	case len(password) < 8:
		return fault.BadRequest(field, "Password must be at least 8 bytes")
	case len(password) > MaxPassword:
		return fault.BadRequest(field, "Password must be at most 72 bytes")
	case !has(unicode.IsUpper):
		return fault.BadRequest(field, "Password must contain an upper-case letter")
	case !has(unicode.IsLower):
		return fault.BadRequest(field, "Password must contain a lower-case letter")
	case !has(func(r rune) bool { return '0' <= r && r <= '9' }):
		return fault.BadRequest(field, "Password must contain a digit")
	case !has(func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }):
		return fault.BadRequest(field, "Password must contain a character that is neither a letter nor a digit")
	}
	return nil
}

// HashPassword hashes a checked password with bcrypt in the form $2b$. It is slow on purpose and stands outside every
// update.
func HashPassword(password string, cost int) (string, error) {
	h, err := bcrypt.GenerateFromPassword([]byte(password), cost)
	if err != nil {
		return "", fmt.Errorf("accounts: %w", err)
	}
	// The library writes the older name of the same algorithm.
	return "$2b$" + strings.TrimPrefix(string(h), "$2a$"), nil
}

// MatchPassword compares a password with a hash in one of the forms 2a, 2b, 2x and 2y. It takes as long for a hash of
// nobody, DummyHash, as for a real one.
func MatchPassword(hash, password string) bool {
	return bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) == nil
}

// DummyHash is a well-formed hash of a cost that no password is known for, to compare with when there is no account.
func DummyHash(cost int) string {
	return fmt.Sprintf("$2b$%02d$%s", cost, strings.Repeat(".", 22+31)) // salt and digest of zeros
}

// WeakHash reports whether a hash is cheaper than the configured cost and should be made again.
func WeakHash(hash string, cost int) bool {
	c, err := bcrypt.Cost([]byte(hash))
	return err == nil && c < cost
}
