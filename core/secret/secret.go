// Package secret encrypts what is stored with AES-256-GCM.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"sync"
)

// Box seals and opens under one key. It implements storage.Sealer.
type Box struct {
	random io.Reader
	gcm    func() (cipher.AEAD, error)
}

// Derived returns a box whose key is derived from a secret for one purpose (HKDF-SHA-256, RFC 5869), so that the secret
// itself is never used for two things. The key is made on first use: most instances never need it.
func Derived(secret []byte, purpose string, random io.Reader) *Box {
	return &Box{random, sync.OnceValues(func() (cipher.AEAD, error) {
		key, err := hkdf.Key(sha256.New, secret, nil, purpose, 32)
		if err != nil {
			return nil, err
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, err
		}
		return cipher.NewGCM(block)
	})}
}

// Seal encrypts plain under a fresh nonce; context is authenticated with it. The result is base64 of nonce and text.
func (b *Box) Seal(plain []byte, context string) (string, error) {
	gcm, err := b.gcm()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, gcm.NonceSize(), gcm.NonceSize()+len(plain)+gcm.Overhead())
	if _, err := io.ReadFull(b.random, nonce); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(gcm.Seal(nonce, nonce, plain, []byte(context))), nil
}

// Open decrypts what Seal made for the same context.
func (b *Box) Open(sealed, context string) ([]byte, error) {
	gcm, err := b.gcm()
	if err != nil {
		return nil, err
	}
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < gcm.NonceSize() {
		return nil, errors.New("secret: malformed text")
	}
	return gcm.Open(nil, raw[:gcm.NonceSize()], raw[gcm.NonceSize():], []byte(context))
}
