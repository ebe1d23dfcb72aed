package embedded

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// place is where a database lies and who serves it.
type place struct {
	data    string  // the data folder of the program, as one real path
	base    string  // folder around dir: data, or one under /var/lib when the server's user may not enter data
	dir     string  // the database itself
	socket  string  // folder of the socket, short, because its path may have 107 bytes at most
	account account // who the server runs as
}

func (p place) fresh() string   { return p.dir + ".new" }
func (p place) logFile() string { return filepath.Join(p.base, "pg.log") }

// pointer is a note in the data folder that says where the database went.
func (p place) pointer() string { return filepath.Join(p.data, "pg.location") }

// choosePlace looks at what is there: an existing database is never left behind for a new one elsewhere.
func choosePlace(o Options) (place, error) {
	data, err := realFolder(o.Data)
	if err != nil {
		return place{}, fmt.Errorf("the data folder %s cannot be used: %w", o.Data, err)
	}
	p := place{data: data, base: data}
	if p.account, err = chooseAccount(filepath.Join(data, "pg")); err != nil {
		return p, err
	}
	p.account.letIn(data)
	if p.base, err = p.chooseBase(); err != nil {
		return p, err
	}
	p.dir = filepath.Join(p.base, "pg")
	if p.account, err = chooseAccount(p.dir); err != nil {
		return p, err
	}
	p.socket = filepath.Join(shortTemp(), fmt.Sprintf("matbang-%d-%s", p.account.uid, short(p.dir)))
	return p, nil
}

func (p place) chooseBase() (string, error) {
	target, err := os.ReadFile(p.pointer())
	switch {
	case err == nil:
		base := strings.TrimSpace(string(target))
		if !exists(filepath.Join(base, "pg", "PG_VERSION")) {
			return "", fmt.Errorf("%s says that the database lies in %s, where it is not: bring it back, or remove the note to begin anew", p.pointer(), base)
		}
		return base, nil
	case !errors.Is(err, fs.ErrNotExist):
		return "", err
	case p.account.reaches(p.data):
		return p.data, nil
	case exists(filepath.Join(p.data, "pg", "PG_VERSION")):
		return "", fmt.Errorf("the database in %s is closed to user %s, who must serve it: open the folders above it with chmod o+x", p.data, p.account.name)
	}
	base := filepath.Join("/var/lib", "matbang-"+short(p.data))
	return base, os.MkdirAll(base, 0o755) //nolint:gosec // the server's user must pass through; the database inside is 0700
}

// leavePointer writes the note, once the database is whole.
func (p place) leavePointer(o Options) error {
	if p.base == p.data {
		return nil
	}
	o.say("user %s, who serves the database, may not enter %s: the database lies in %s", p.account.name, p.data, p.base)
	return os.WriteFile(p.pointer(), []byte(p.base+"\n"), 0o600)
}

// realFolder makes the folder if need be and gives its one true path. As root it lets the server's user pass through, not look around.
func realFolder(path string) (string, error) {
	mode := fs.FileMode(0o700)
	if os.Geteuid() == 0 {
		mode = 0o711
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(path, mode); err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(path)
}

// lock takes the folder for one server, or gives errHeld. The file is handed to the server, so that the lock lasts exactly as long as
// the last of its processes: neither a killed starter nor an orphaned backend can fool the next start.
func (p place) lock() (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(p.base, "pg.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the database in %s belongs to somebody else or cannot be written: %w", p.base, err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return file, nil
	}
	_ = file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errHeld
	}
	return nil, fmt.Errorf("locking %s: %w", p.base, err)
}

// makeSocketFolder makes the folder that only the server's user may enter; whoever enters is trusted as superuser, so its owner is checked.
func (p place) makeSocketFolder() error {
	switch err := os.Mkdir(p.socket, 0o700); {
	case err == nil:
		return p.account.own(p.socket)
	case !errors.Is(err, fs.ErrExist):
		return fmt.Errorf("no folder for the database's socket: %w", err)
	}
	info, err := os.Lstat(p.socket)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || info.Mode().Perm() != 0o700 || stat.Uid != p.account.uid {
		return fmt.Errorf("%s exists and is not a private folder of user %s: remove it", p.socket, p.account.name)
	}
	return nil
}

// shortTemp prefers /tmp: a long TMPDIR would break the limit on a socket's path.
func shortTemp() string {
	if info, err := os.Stat("/tmp"); err == nil && info.IsDir() && info.Mode().Perm()&0o002 != 0 {
		return "/tmp"
	}
	return os.TempDir()
}

func short(path string) string {
	sum := sha256.Sum256([]byte(path))
	return hex.EncodeToString(sum[:6])
}

// majorName is a part of folder names that keeps versions apart.
func majorName(b Binaries) string { return strconv.Itoa(b.Major) }
