package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
)

// NewID draws a random UUID (version 4, RFC 9562), hyphenated, in lower case.
func (c *Call) NewID() string {
	var b [16]byte
	if _, err := io.ReadFull(c.server.Random, b[:]); err != nil {
		panic(fmt.Sprintf("web: no randomness: %T", err)) // ids that are not random would collide
	}
	return formatUUID(b)
}

// Operation is the id of what this call does. Under an idempotency key it is the same in every run of the same request,
// so that a repeat after an interrupted run can be recognised; otherwise it is drawn once per call.
func (c *Call) Operation() string {
	if c.operation == "" {
		c.operation = c.NewID()
	}
	return c.operation
}

// StableID is an id for one purpose within the call, such as "event". It follows from Operation, so a repeat of an
// interrupted request uses the id that the first run used. Two purposes have two ids. It is no secret.
func (c *Call) StableID(purpose string) string {
	sum := sha256.Sum256([]byte(c.Operation() + "/" + purpose))
	return formatUUID([16]byte(sum[:16]))
}

// KeyedID is StableID for changes of more than one commit: under an idempotency key it follows from the key and the request
// alone, so that a repeat uses the ids of the first run even after that run has failed and freed the key.
func (c *Call) KeyedID(purpose string) string {
	r := c.reservation
	if r == nil {
		return c.StableID(purpose)
	}
	h := sha256.New()
	for _, text := range []string{r.UserID, r.Key, r.Fingerprint, purpose} {
		part(h, []byte(text))
	}
	return formatUUID([16]byte(h.Sum(nil)[:16]))
}

// formatUUID sets the bits of version 4 and of the variant and writes the UUID.
func formatUUID(b [16]byte) string {
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return hyphenate(hex.EncodeToString(b[:]))
}

func hyphenate(h string) string {
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
