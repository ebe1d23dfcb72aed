package embedded

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// linkBundle puts in the symbolic links that a package cannot carry. Its file names them from the folder above native.
func linkBundle(native string) error {
	data, err := os.ReadFile(filepath.Join(native, "pg-symlinks.json")) //nolint:gosec // the bundle's own list
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(data, &links); err != nil {
		return err
	}
	above, err := os.OpenRoot(filepath.Dir(native))
	if err != nil {
		return err
	}
	defer func() { _ = above.Close() }()
	for _, l := range links {
		if err := link(above, l.Source, l.Target); err != nil {
			return err
		}
	}
	return nil
}

func link(in *os.Root, source, target string) error {
	if _, err := in.Lstat(target); err == nil {
		return nil
	}
	to, err := filepath.Rel(filepath.Dir(target), source)
	if err != nil {
		return err
	}
	if err := in.Symlink(to, target); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
