package embedded

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the user that the server runs as. PostgreSQL refuses to run as root, so root lends it another.
type account struct {
	name     string
	uid, gid uint32
	drop     bool // whether we are root and must step down
}

// chooseAccount keeps the owner of an existing database; else root takes postgres or nobody. The server looks itself up in the
// list of users, so a bare number would not do.
func chooseAccount(dir string) (account, error) {
	if os.Geteuid() != 0 {
		return account{name: strconv.Itoa(os.Geteuid()), uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}, nil //nolint:gosec // ids fit
	}
	if info, err := os.Stat(dir); err == nil {
		if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 {
			return lookup(user.LookupId, strconv.FormatUint(uint64(stat.Uid), 10))
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		if a, err := lookup(user.Lookup, name); err == nil {
			return a, nil
		}
	}
	return account{}, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody to run it: add one with useradd --system postgres")
}

func lookup(find func(string) (*user.User, error), name string) (account, error) {
	u, err := find(name)
	if err != nil {
		return account{}, fmt.Errorf("the database belongs to user %s, whom this machine does not know: %w", name, err)
	}
	uid, errU := strconv.ParseUint(u.Uid, 10, 32)
	gid, errG := strconv.ParseUint(u.Gid, 10, 32)
	return account{name: u.Username, uid: uint32(uid), gid: uint32(gid), drop: true}, errors.Join(errU, errG)
}

func (a account) credential() *syscall.Credential {
	if !a.drop {
		return nil
	}
	return &syscall.Credential{Uid: a.uid, Gid: a.gid}
}

// own hands a folder to the server's user.
func (a account) own(path string) error {
	if !a.drop {
		return nil
	}
	return os.Chown(path, int(a.uid), int(a.gid))
}

// letIn opens an empty folder of root's for passing through, so that a fresh private folder need not send the database elsewhere.
// A folder with something in it is somebody's, and stays as it is.
func (a account) letIn(data string) {
	info, err := os.Stat(data)
	if err != nil || !a.drop || a.may(data, 0o1) {
		return
	}
	if entries, err := os.ReadDir(data); err == nil && len(entries) == 0 {
		_ = os.Chmod(data, info.Mode().Perm()|0o011)
	}
}

// reaches tells whether the user may pass through every folder down to path. Without it the server fails with a riddle.
func (a account) reaches(path string) bool {
	if !a.drop {
		return true
	}
	for {
		if !a.may(path, 0o1) {
			return false
		}
		if path == filepath.Dir(path) {
			return true
		}
		path = filepath.Dir(path)
	}
}

// may looks at the plain permission bits: 4 read, 2 write, 1 enter or run.
func (a account) may(path string, want os.FileMode) bool {
	info, err := os.Stat(path)
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	bits := info.Mode().Perm()
	switch {
	case stat.Uid == a.uid:
		bits >>= 6
	case stat.Gid == a.gid:
		bits >>= 3
	}
	return bits&want == want
}

// readable gives binaries that the server's user can run: a bundle unpacked in a private home is copied to where he may go.
func (p place) readable(b Binaries) (Binaries, error) {
	program := filepath.Join(b.Dir, "postgres")
	if !p.account.drop || (p.account.reaches(b.Dir) && p.account.may(program, 0o5)) {
		return b, nil
	}
	if !b.bundle {
		return b, fmt.Errorf("user %s may not run %s: open the folders above it, or name another in PG_BIN", p.account.name, program)
	}
	target := filepath.Join("/var/lib", "matbang-pg-"+majorName(b)+"-"+short(b.Dir))
	if !exists(target) {
		if err := copyBundle(filepath.Dir(b.Dir), target); err != nil {
			return b, fmt.Errorf("copying PostgreSQL to %s: %w", target, err)
		}
	}
	b.Dir = filepath.Join(target, "bin")
	return b, nil
}

// copyBundle copies to a name of its own first, so that a killed copy is never taken for a whole one.
func copyBundle(from, to string) error {
	fresh, err := os.MkdirTemp(filepath.Dir(to), "matbang-pg-new-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(fresh) }()
	if err := errors.Join(os.CopyFS(fresh, os.DirFS(from)), openToAll(fresh)); err != nil {
		return err
	}
	return os.Rename(fresh, to)
}

// openToAll lets everybody read and run what is there: they are public programs.
func openToAll(dir string) error {
	return filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.Type()&os.ModeSymlink != 0 {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		mode := info.Mode().Perm() | 0o444
		if d.IsDir() || mode&0o100 != 0 {
			mode |= 0o111
		}
		return os.Chmod(path, mode) //nolint:gosec // the tree was just made by us
	})
}
