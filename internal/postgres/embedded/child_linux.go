package embedded

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// tooLong is the size from which the server's log is begun anew at the next start.
const tooLong = 5 << 20

// child is the server process that we started.
type child struct {
	cmd    *exec.Cmd
	log    string
	from   int64         // where this run begins in the log
	done   chan struct{} // closed when the server is gone and everything is put away
	err    error         // how it ended; read after done
	ending sync.Once
}

// command prepares a program of PostgreSQL: as the server's user, in a group of its own so that Ctrl-C reaches only us, and ending
// when the thread that started it ends. Its folder is / because it may not be allowed to look at ours.
func (p place) command(bin Binaries, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(bin.Dir, name), args...) //nolint:gosec // found by Find
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + bin.Dir + ":/usr/bin:/bin", "LC_ALL=C"}
	if libraries := os.Getenv("LD_LIBRARY_PATH"); libraries != "" {
		cmd.Env = append(cmd.Env, "LD_LIBRARY_PATH="+libraries)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.account.credential(), Setpgid: true, Pdeathsig: syscall.SIGINT}
	return cmd
}

// output runs a program to its end. It inherits the lock, so that a killed starter does not free the folder under it.
func output(ctx context.Context, cmd *exec.Cmd, lock *os.File) (string, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var text strings.Builder
	cmd.Stdout, cmd.Stderr = &text, &text
	cmd.ExtraFiles = []*os.File{lock}
	if err := cmd.Start(); err != nil {
		return err.Error(), err
	}
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer stop()
	err := cmd.Wait()
	return text.String(), err
}

func (p place) arguments(o Options) []string {
	settings := []string{
		"listen_addresses=", "port=5432", "unix_socket_permissions=0700", "shared_buffers=128MB", "random_page_cost=1.1",
		"jit=off", // queries here are short; compiling them costs more than it gives
		"logging_collector=off", "log_destination=stderr", "timezone=UTC",
	}
	if o.Fast {
		settings = append(settings, "fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=300", "wal_level=minimal", "max_wal_senders=0")
	}
	args := []string{"-D", p.dir, "-k", p.socket}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	return args
}

// spawn starts the server. The kernel ends it when the thread that started it ends, so one goroutine keeps its thread until then.
func spawn(p place, o Options, bin Binaries, lock *os.File) (*child, error) {
	log, from, err := openLog(p.logFile())
	if err != nil {
		return nil, err
	}
	cmd := p.command(bin, "postgres", p.arguments(o)...)
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = log, log, []*os.File{lock}
	c := &child{cmd: cmd, log: p.logFile(), from: from, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread is thrown away with the goroutine
		err := cmd.Start()
		_ = log.Close()
		started <- err
		if err != nil {
			return
		}
		c.err = cmd.Wait()
		_ = os.Remove(p.socket) // still under the lock: the next server makes its own
		_ = lock.Close()
		close(c.done)
	}()
	return c, <-started
}

// openLog gives the log as a file, not a pipe: the server must not die of our death before it has shut down.
func openLog(path string) (*os.File, int64, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > tooLong {
		_ = os.Remove(path)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) //nolint:gosec // inside our own folder
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0, err
	}
	return file, info.Size(), nil
}

func (c *child) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// lastWords are the last line of the log that is worth showing.
func (c *child) lastWords() string {
	data, err := os.ReadFile(c.log)
	if err != nil || int64(len(data)) <= c.from {
		return fmt.Sprint(c.err)
	}
	words := ""
	for line := range strings.SplitSeq(strings.TrimSpace(string(data[c.from:])), "\n") {
		if strings.Contains(line, "FATAL") || strings.Contains(line, "PANIC") || words == "" {
			words = line
		}
	}
	return words
}

// stop asks for a fast shutdown, which writes everything down, and only insists when that takes too long.
func (c *child) stop() error {
	c.ending.Do(func() { _ = c.cmd.Process.Signal(syscall.SIGINT) })
	for _, harder := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGKILL} {
		select {
		case <-c.done:
			return c.outcome()
		case <-time.After(20 * time.Second):
			_ = c.cmd.Process.Signal(harder)
		}
	}
	<-c.done
	return c.outcome()
}

// crash lets the server fall.
func (c *child) crash() {
	c.ending.Do(func() { _ = c.cmd.Process.Signal(syscall.SIGQUIT) })
	<-c.done
}

func (c *child) outcome() error {
	if c.err != nil {
		return fmt.Errorf("PostgreSQL ended badly: %w (more in %s)", c.err, c.log)
	}
	return nil
}
