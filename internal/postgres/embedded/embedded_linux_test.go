package embedded

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// holdKey makes this test binary start a server on the named folder and hold it until it is killed.
const holdKey = "MATBANG_EMBEDDED_HOLD"

func TestMain(m *testing.M) {
	if data := os.Getenv(holdKey); data != "" {
		hold(data)
		return
	}
	os.Exit(m.Run())
}

func hold(data string) {
	s, err := Start(context.Background(), Options{Data: data, Fast: true})
	if err != nil {
		fmt.Println("refused:", err)
		return
	}
	fmt.Println("ready", s.Attached())
	select {}
}

// open gives a folder that every user may pass through; t.TempDir is closed to all but us.
func open(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "matbang-embedded-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // see above
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func start(t *testing.T, data string) *Server {
	t.Helper()
	began := time.Now()
	s, err := Start(t.Context(), Options{Data: data, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("started after %v", time.Since(began).Round(time.Millisecond))
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
}

func do(t *testing.T, s *Server, statement string) {
	t.Helper()
	err := s.with(t.Context(), Database, func(db *sql.DB) error {
		_, err := db.ExecContext(t.Context(), statement)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// holder starts another process that holds the server; kill ends it without a word.
func holder(t *testing.T, cmd *exec.Cmd) (said string, kill func()) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = sync.OnceFunc(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	t.Cleanup(kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal("the other process ended without a word")
	}
	return strings.TrimSpace(line), kill
}

func self(data string) *exec.Cmd {
	cmd := exec.Command(os.Args[0]) //nolint:gosec // this test binary
	cmd.Env = append(os.Environ(), holdKey+"="+data)
	return cmd
}

func TestColdThenWarm(t *testing.T) {
	data := open(t)
	s := start(t, data)
	if s.Attached() {
		t.Error("the first start says that another process has the server")
	}
	do(t, s, `CREATE TABLE kept (n int)`)
	do(t, s, `SELECT 'Đức Xuân' COLLATE "vi-VN-x-icu" < 'Ê'`)
	stop(t, s)
	stop(t, s)
	if exists(s.socket) {
		t.Error("the socket's folder was left behind")
	}
	do(t, start(t, data), `SELECT * FROM kept`)
}

func TestSecondStartAttaches(t *testing.T) {
	data := open(t)
	first := start(t, data)
	second := start(t, data)
	if !second.Attached() || first.DSN("x") != second.DSN("x") {
		t.Error("the second start did not attach to the first")
	}
	stop(t, second)
	do(t, first, `SELECT 1`)
	do(t, second, `SELECT 1`)
}

func TestManyAtOnceShareOne(t *testing.T) {
	data, owners := open(t), make(chan bool, 6)
	var all sync.WaitGroup
	for range cap(owners) {
		all.Go(func() {
			s, err := Start(t.Context(), Options{Data: data, Fast: true})
			if err != nil {
				t.Error(err)
				owners <- false
				return
			}
			owners <- !s.Attached()
			t.Cleanup(func() { _ = s.Stop() })
		})
	}
	all.Wait()
	count := 0
	for range cap(owners) {
		if <-owners {
			count++
		}
	}
	if count != 1 {
		t.Errorf("%d processes think that the server is theirs", count)
	}
}

func TestKilledHolder(t *testing.T) {
	data := open(t)
	said, kill := holder(t, self(data))
	if said != "ready false" {
		t.Fatal(said)
	}
	attached := start(t, data)
	if !attached.Attached() {
		t.Fatal("not attached to the other process's server")
	}
	do(t, attached, `CREATE TABLE kept (n int)`)
	kill()
	again := start(t, data)
	if again.Attached() {
		t.Error("attached to the server of a dead process")
	}
	do(t, again, `SELECT * FROM kept`)
	if log, err := os.ReadFile(filepath.Join(data, "pg.log")); err != nil || strings.Contains(string(log), "not properly shut down") {
		t.Errorf("the server of the killed process did not end cleanly (%v)", err)
	}
}

func TestKilledServer(t *testing.T) {
	data := open(t)
	s, err := Start(t.Context(), Options{Data: data}) // not fast: what was committed must survive
	if err != nil {
		t.Fatal(err)
	}
	do(t, s, `CREATE TABLE kept (n int)`)
	if err := s.child.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.child.done
	if s.Stop() == nil {
		t.Error("a killed server is reported as ended well")
	}
	s.child = nil
	do(t, start(t, data), `SELECT * FROM kept`)
}

// After a crash of the machine the number in postmaster.pid may belong to anybody.
func TestStaleMarkOfSomebodyElse(t *testing.T) {
	data := open(t)
	stop(t, start(t, data))
	mark := filepath.Join(data, "pg", "postmaster.pid")
	text := strconv.Itoa(os.Getpid()) + "\n" + filepath.Join(data, "pg") + "\n1\n5432\n/nowhere\n\n0 0\n"
	if err := os.WriteFile(mark, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	do(t, start(t, data), `SELECT 1`)
}

func TestLongPath(t *testing.T) {
	data := filepath.Join(open(t), strings.Repeat("đường dài ", 12), strings.Repeat("x", 100))
	if err := os.MkdirAll(data, 0o711); err != nil { //nolint:gosec // the server's user passes through
		t.Fatal(err)
	}
	do(t, start(t, data), `SELECT 1`)
}

func TestRefusals(t *testing.T) {
	full := open(t)
	if err := os.MkdirAll(filepath.Join(full, "pg", "photos"), 0o700); err != nil {
		t.Fatal(err)
	}
	other := open(t)
	if err := os.MkdirAll(filepath.Join(other, "pg"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other, "pg", "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	moved := open(t)
	if err := os.WriteFile(filepath.Join(moved, "pg.location"), []byte("/nowhere\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		o    Options
		want string
	}{
		"no binaries there": {Options{Data: open(t), Bin: "/nowhere"}, "holds no working initdb and postgres"},
		"folder in use":     {Options{Data: full}, "is not empty and holds no database"},
		"other version":     {Options{Data: other}, "made by PostgreSQL 9"},
		"moved away":        {Options{Data: moved}, "bring it back"},
		"no folder":         {Options{Data: "/dev/null/x"}, "cannot be used"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Start(t.Context(), c.o)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("one sentence with %q is wanted, got: %v", c.want, err)
			}
		})
	}
}

func TestServerThatCannotStart(t *testing.T) {
	data := open(t)
	stop(t, start(t, data))
	broken := []byte("no_such_setting = 1\n")
	if err := os.WriteFile(filepath.Join(data, "pg", "postgresql.auto.conf"), broken, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{Data: data})
	if err == nil || !strings.Contains(err.Error(), "ended at once") || !strings.Contains(err.Error(), "no_such_setting") && !strings.Contains(err.Error(), "configuration file") {
		t.Errorf("the reason is wanted, got: %v", err)
	}
	if _, err := Start(t.Context(), Options{Data: data}); err == nil || !strings.Contains(err.Error(), "ended at once") {
		t.Errorf("the failed start kept its lock: %v", err)
	}
}

func TestPrivateFolderOfRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("only root steps down to another user; nothing to see here")
		return
	}
	data := t.TempDir()
	s := start(t, data)
	note, err := os.ReadFile(filepath.Join(data, "pg.location"))
	if err != nil {
		t.Fatal(err)
	}
	base := strings.TrimSpace(string(note))
	t.Cleanup(func() { _ = os.RemoveAll(base) })
	do(t, s, `CREATE TABLE kept (n int)`)
	stop(t, s)
	do(t, start(t, data), `SELECT * FROM kept`)
	if !strings.HasPrefix(base, "/var/lib/matbang-") {
		t.Errorf("the database went to %s", base)
	}
}

func TestEmptyPrivateFolderIsOpened(t *testing.T) {
	data := filepath.Join(open(t), "fresh")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	do(t, start(t, data), `SELECT 1`)
	if !exists(filepath.Join(data, "pg", "PG_VERSION")) {
		t.Error("the database went elsewhere")
	}
}

func TestAsOrdinaryUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("every other test here runs as an ordinary user already")
		return
	}
	who, err := lookup(user.Lookup, "nobody")
	if err != nil {
		t.Fatal(err)
	}
	dir := open(t)
	binary := filepath.Join(dir, "test")
	data := filepath.Join(dir, "data")
	if program, err := os.ReadFile(os.Args[0]); err != nil || os.WriteFile(binary, program, 0o755) != nil { //nolint:gosec // others must run it
		t.Fatal("copying the test binary")
	}
	if err := os.Mkdir(data, 0o700); err != nil || who.own(data) != nil {
		t.Fatal("a folder for nobody")
	}
	cmd := self(data)
	cmd.Path, cmd.Dir = binary, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who.credential()}
	said, kill := holder(t, cmd)
	if said != "ready false" {
		t.Fatal(said)
	}
	kill()
	if s := start(t, data); s.Attached() { // root takes the owner of what is there
		t.Error("attached to the server of a dead process")
	}
}
