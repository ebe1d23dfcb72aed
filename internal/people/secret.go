package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// argon2id with 19 MiB, two passes, one lane: about 60 ms. Each hash carries its own parameters, so they can be raised later.
const (
	hashMemory = 19 * 1024 // KiB
	hashPasses = 2
	hashLanes  = 1
	saltLength = 16
	keyLength  = 32
	hashForm   = "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
)

// hash makes the text kept for a password.
func (p *People) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLength)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	key, err := p.derive(ctx, password, salt, hashPasses, hashMemory, hashLanes)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf(hashForm, hashMemory, hashPasses, hashLanes, b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// matches compares a password with a kept hash. It takes as long for a wrong password as for the right one.
func (p *People) matches(ctx context.Context, kept, password string) (bool, error) {
	var memory, passes uint32
	var lanes uint8
	parts := strings.Split(kept, "$")
	if len(parts) != 6 {
		return false, fmt.Errorf("people: a kept password hash has %d parts", len(parts))
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil {
		return false, fmt.Errorf("people: a kept password hash: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("people: a kept password hash: %w", err)
	}
	key, err := p.derive(ctx, password, salt, passes, memory, lanes)
	encoded := base64.RawStdEncoding.EncodeToString(key)
	return err == nil && subtle.ConstantTimeCompare([]byte(encoded), []byte(parts[5])) == 1, err
}

// derive waits for a free place, and gives up when the client does. A password far beyond the bound cannot be right; it is cut so
// that its length costs nothing.
func (p *People) derive(ctx context.Context, password string, salt []byte, passes, memory uint32, lanes uint8) ([]byte, error) {
	select {
	case p.hashing <- struct{}{}:
		defer func() { <-p.hashing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	text := canonical(password[:min(len(password), 8*passwordMax)])
	return argon2.IDKey([]byte(text), salt, passes, memory, lanes, keyLength), nil
}

// nobodysHash is compared with when there is no such user, so that the answer takes the same time. No password has it: its key is zero.
func nobodysHash() string {
	return fmt.Sprintf(hashForm, hashMemory, hashPasses, hashLanes, strings.Repeat("A", 22), strings.Repeat("A", 43))
}

const tokenPrefix = "mb_"

// newToken makes a token of 256 random bits; the prefix lets scanners of leaked secrets know it.
func newToken() (string, error) {
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		return "", err
	}
	return tokenPrefix + base64.RawURLEncoding.EncodeToString(b), nil
}

// tokenHash is all that is kept of a token. A plain hash is enough: 256 random bits cannot be guessed.
func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
