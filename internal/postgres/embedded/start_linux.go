package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// errHeld tells that another process holds the lock of the folder.
var errHeld = errors.New("the database is in use")

// Start starts the server of the data folder, or attaches to it when another process did. The server outlives ctx, which only
// bounds the waiting; it ends with Stop or with this process. The error is one sentence that says what to do.
func Start(ctx context.Context, o Options) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	at, err := choosePlace(o)
	if err != nil {
		return nil, err
	}
	for {
		s, err := startIfFree(ctx, o, at)
		if !errors.Is(err, errHeld) {
			return s, err
		}
		other := &Server{socket: at.socket}
		if other.ready(ctx) {
			return other, other.ensureDatabase(ctx)
		}
		if !pause(ctx) {
			return nil, fmt.Errorf("the database in %s is held by %s, which does not answer: stop it first", at.dir, at.holder())
		}
	}
}

// startIfFree starts the server when nobody holds the folder, and gives errHeld otherwise.
func startIfFree(ctx context.Context, o Options, at place) (*Server, error) {
	lock, err := at.lock()
	if err != nil {
		return nil, err
	}
	s, err := launch(ctx, o, at, lock)
	if err != nil {
		_ = lock.Close()
	}
	return s, err
}

func launch(ctx context.Context, o Options, at place, lock *os.File) (*Server, error) {
	major, err := at.major()
	if err != nil {
		return nil, err
	}
	bin, err := Find(o.Bin, major)
	if err != nil {
		return nil, err
	}
	if bin, err = at.readable(bin); err != nil {
		return nil, err
	}
	if major == 0 {
		err = at.initialise(ctx, o, bin, lock)
	} else {
		err = at.clearStale()
	}
	if err != nil {
		return nil, err
	}
	if err := at.makeSocketFolder(); err != nil {
		return nil, err
	}
	return run(ctx, o, at, bin, lock)
}

// run spawns the server and waits until it answers. That our own child is alive is checked too: on a taken socket another would answer.
func run(ctx context.Context, o Options, at place, bin Binaries, lock *os.File) (*Server, error) {
	c, err := spawn(at, o, bin, lock)
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL could not be started: %w", err)
	}
	s := &Server{socket: at.socket, child: c}
	for !s.ready(ctx) {
		if c.ended() {
			return nil, fmt.Errorf("PostgreSQL ended at once: %s (more in %s)", c.lastWords(), at.logFile())
		}
		if !pause(ctx) {
			_ = c.stop()
			return nil, fmt.Errorf("PostgreSQL does not answer: %w (more in %s)", ctx.Err(), at.logFile())
		}
	}
	if err := s.ensureDatabase(ctx); err != nil {
		_ = c.stop()
		return nil, fmt.Errorf("making the database %s: %w", Database, err)
	}
	o.say("PostgreSQL %d in %s", bin.Major, at.dir)
	return s, nil
}

// pause waits a moment and tells whether waiting still makes sense.
func pause(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(5 * time.Millisecond):
		return true
	}
}

// major is the version that made the database, 0 when there is none yet.
func (p place) major() (int, error) {
	data, err := os.ReadFile(filepath.Join(p.dir, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("the database in %s cannot be read: %w", p.dir, err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		return 0, fmt.Errorf("the folder %s holds no database that PostgreSQL understands", p.dir)
	}
	return n, nil
}

// initialise makes the database beside its place and moves it there when it is whole: a start that was killed half way leaves nothing behind.
func (p place) initialise(ctx context.Context, o Options, bin Binaries, lock *os.File) error {
	if err := p.checkEmpty(); err != nil {
		return err
	}
	out, err := p.initdb(ctx, o, bin, "C.UTF-8", lock)
	if err != nil && strings.Contains(out, "locale") { // a system without C.UTF-8
		out, err = p.initdb(ctx, o, bin, "C", lock)
	}
	if err != nil {
		return fmt.Errorf("initdb failed in %s: %s", p.base, lastLine(out))
	}
	_ = os.Remove(p.dir)
	if err := os.Rename(p.fresh(), p.dir); err != nil {
		return err
	}
	return p.leavePointer(o)
}

// checkEmpty refuses a folder pg with something else in it.
func (p place) checkEmpty() error {
	entries, err := os.ReadDir(p.dir)
	if err == nil && len(entries) > 0 {
		return fmt.Errorf("the folder %s is not empty and holds no database: move it away", p.dir)
	}
	return nil
}

func (p place) initdb(ctx context.Context, o Options, bin Binaries, locale string, lock *os.File) (string, error) {
	if err := errors.Join(os.RemoveAll(p.fresh()), os.Mkdir(p.fresh(), 0o700), p.account.own(p.fresh())); err != nil {
		return "", err
	}
	args := []string{"-D", p.fresh(), "-U", superuser, "-A", "trust", "-E", "UTF8", "--locale=" + locale, "-k", "--no-instructions"}
	if o.Fast {
		args = append(args, "--no-sync")
	}
	return output(ctx, p.command(bin, "initdb", args...), lock)
}

// clearStale removes the mark of a server that is gone. We hold the lock, so only a server started by hand could still be at work.
func (p place) clearStale() error {
	file := filepath.Join(p.dir, "postmaster.pid")
	data, err := os.ReadFile(file) //nolint:gosec // inside our own folder
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(data), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err == nil && serves(pid, p.dir) {
		return fmt.Errorf("a PostgreSQL that was started by hand (process %d) works in %s: stop it, or name it in DATABASE_URL", pid, p.dir)
	}
	return os.Remove(file)
}

// serves tells whether the process is a living PostgreSQL on that folder. A number may be used again by anybody, and a dead server
// whose parent does not ask after it stays in the list as a zombie.
func serves(pid int, dir string) bool {
	proc := "/proc/" + strconv.Itoa(pid)
	stat, err := os.ReadFile(proc + "/stat") //nolint:gosec // a number
	if err != nil {
		return false
	}
	name, rest, _ := strings.Cut(string(stat), ") ")
	if !strings.Contains(name, "(post") || strings.HasPrefix(rest, "Z") {
		return false
	}
	cwd, err := os.Readlink(proc + "/cwd")
	return err != nil || cwd == dir
}

// holder names who holds the lock, as far as can be known.
func (p place) holder() string {
	data, err := os.ReadFile(filepath.Join(p.dir, "postmaster.pid"))
	if first, _, ok := strings.Cut(string(data), "\n"); err == nil && ok {
		return "process " + first
	}
	return "another process"
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
