package config

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// KeyMaterial is the secret of the settings, or one made at random when it is first asked for and kept under Data; without Data none is kept.
func (s Settings) KeyMaterial() (string, error) {
	if s.Secret != "" || s.Data == "" {
		return s.Secret, nil
	}
	path := filepath.Join(s.Data, "secret")
	kept, err := os.ReadFile(path) //nolint:gosec // the settings name the folder
	if !errors.Is(err, fs.ErrNotExist) {
		return strings.TrimSpace(string(kept)), err
	}
	if err := os.MkdirAll(s.Data, 0o700); err != nil {
		return "", err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the same
	if errors.Is(err, fs.ErrExist) {                                         // another program of this folder was quicker
		kept, err = os.ReadFile(path) //nolint:gosec // the same
		return strings.TrimSpace(string(kept)), err
	}
	if err != nil {
		return "", err
	}
	secret := rand.Text() + rand.Text() // 256 bits
	_, err = file.WriteString(secret + "\n")
	return secret, errors.Join(err, file.Sync(), file.Close())
}
