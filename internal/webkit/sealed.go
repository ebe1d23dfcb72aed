package webkit

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"strings"
)

// sealer writes texts so that they may stand in an address: what somebody searches for is often a name or the number of an account, and browsers,
// proxies and their logs keep addresses. The same text is always sealed alike, so that an address can be kept and compared.
type sealer struct {
	aead cipher.AEAD
	key  []byte
}

// sealMark begins what is sealed; without it a text is read as it stands, so that links to a code may be written by hand.
const sealMark = "~"

// newSealer derives its keys from a secret; without one they last as long as the program.
func newSealer(secret string) (sealer, error) {
	if secret == "" {
		secret = rand.Text()
	}
	keys, err := hkdf.Key(sha256.New, []byte(secret), nil, "what was searched for", 32+32)
	if err != nil {
		return sealer{}, err
	}
	block, err := aes.NewCipher(keys[:32])
	if err != nil {
		return sealer{}, err
	}
	aead, err := cipher.NewGCM(block)
	return sealer{aead, keys[32:]}, err
}

func (s sealer) seal(text string) string {
	if text == "" {
		return ""
	}
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(text))
	nonce := mac.Sum(nil)[:s.aead.NonceSize()] // from the text: one nonce never serves two texts
	return sealMark + base64.RawURLEncoding.EncodeToString(s.aead.Seal(nonce, nonce, []byte(text), nil))
}

// sealOnce leaves what is sealed already as it is: a form carries along what another one searched for.
func (s sealer) sealOnce(text string) string {
	if strings.HasPrefix(text, sealMark) && s.open(text) != "" {
		return text
	}
	return s.seal(text)
}

// open gives the text; nothing for what another program sealed, or nobody did.
func (s sealer) open(sealed string) string {
	rest, marked := strings.CutPrefix(sealed, sealMark)
	if !marked {
		return sealed
	}
	raw, err := base64.RawURLEncoding.DecodeString(rest)
	if n := s.aead.NonceSize(); err == nil && len(raw) > n {
		if text, err := s.aead.Open(nil, raw[:n], raw[n:], nil); err == nil {
			return string(text)
		}
	}
	return ""
}

// private tells which values of an address are sealed: what people type to search.
func private(name string) bool { return name == "q" || name == "find" }

// Seal is a searched text for an address that a page builds.
func (c *Ctx) Seal(text string) string { return c.kit.sealer.seal(text) }

// find turns a search form into the address of its answer: the form names the page in "to", and what was typed is sealed.
func (k *Kit) find(c *Ctx) error {
	values := url.Values{}
	maps.Copy(values, c.FormMap())
	values.Del("to")
	for name, all := range values {
		if private(name) {
			values.Set(name, k.sealer.sealOnce(clean(all[0])))
		}
	}
	to, _, _ := strings.Cut(localPath(c.Form("to")), "?")
	c.g.Redirect(http.StatusSeeOther, to+"?"+values.Encode())
	return nil
}
