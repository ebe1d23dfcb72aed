// Command testdb lends a throw-away PostgreSQL to a command: testdb COMMAND ARGS… runs it with MATBANG_TEST_DATABASE_URL set.
// Without a command it only prints the folder of the PostgreSQL that would be used, and fails when there is none.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"matbang/internal/postgres/embedded"
)

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "testdb:", err)
	}
	os.Exit(code)
}

func run(args []string) (int, error) {
	if len(args) == 0 {
		found, err := embedded.Find("", 0)
		if err != nil {
			return 1, err
		}
		fmt.Println(found.Dir)
		return 0, nil
	}
	if os.Getenv("MATBANG_TEST_DATABASE_URL") != "" {
		return lend(args, os.Getenv("MATBANG_TEST_DATABASE_URL"))
	}
	server, err := embedded.StartShared(context.Background(), embedded.Options{Log: os.Stderr})
	if err != nil {
		return 1, err
	}
	code, err := lend(args, server.DSN("postgres"))
	return code, errors.Join(err, server.Stop())
}

// lend runs the command. Ctrl-C reaches it from the terminal; we outlive it to stop the server.
func lend(args []string, dsn string) (int, error) {
	cmd := exec.Command(args[0], args[1:]...) //nolint:gosec // running what it is given is its purpose
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "MATBANG_TEST_DATABASE_URL="+dsn)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	go func() {
		for s := range signals {
			if s == syscall.SIGTERM {
				_ = cmd.Process.Signal(s)
			}
		}
	}()
	err := cmd.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil
	}
	return 0, err
}
