// Command matbang runs a city's capital works and the clearance of land for them: the server, its schema, imports, reports and checks.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"matbang/internal/config"
)

// version is set when the program is built.
var version = "dev" //nolint:gochecknoglobals // the linker writes it

// Exit codes: the work was done; it found faults and listed them; the command was used wrongly.
const (
	done   = 0
	faults = 1
	misuse = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		args = []string{"help"}
	}
	command, known := commands()[args[0]]
	if !known {
		fmt.Fprintf(os.Stderr, "matbang: no command %q; 'matbang help' lists them\n", args[0])
		return misuse
	}
	settings, err := config.Load(os.Getenv)
	if err != nil && command.needsSettings {
		fmt.Fprintln(os.Stderr, err)
		return misuse
	}
	err = command.run(ctx, env{settings: settings, args: args[1:], out: os.Stdout, log: os.Stderr})
	return exitCode(err)
}

// exitCode prints what went wrong in one sentence and chooses the exit code.
func exitCode(err error) int {
	var wrong usageError
	switch {
	case err == nil:
		return done
	case errors.Is(err, errFaultsListed):
		return faults
	case errors.As(err, &wrong):
		fmt.Fprintln(os.Stderr, "matbang:", wrong)
		return misuse
	default:
		fmt.Fprintln(os.Stderr, "matbang:", plain(err))
		return faults
	}
}
