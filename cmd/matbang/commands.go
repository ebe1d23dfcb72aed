package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"matbang/internal/app"
	"matbang/internal/config"
	"matbang/internal/fault"
	"matbang/internal/webkit"
	"matbang/web"
)

// env is what a command gets: settings, the words after its name, where its answer goes and where its remarks go.
type env struct {
	settings config.Settings
	args     []string
	out, log io.Writer
}

type command struct {
	usage, does   string
	needsSettings bool
	run           func(ctx context.Context, e env) error
}

// usageError is a command used wrongly.
type usageError string

func (u usageError) Error() string { return string(u) }

// errFaultsListed ends a command that found faults and has printed them.
var errFaultsListed = errors.New("faults were found")

func commands() map[string]command {
	return map[string]command{
		"serve":     {"serve [--demo]", "serve the pages and the API; --demo also migrates and loads the sample city into an empty database", true, serve},
		"migrate":   {"migrate up|down N|version|force N", "change the schema", true, migrate},
		"seed":      {"seed reference|demo|synthetic --projects N --cases N [--seed S]", "load reference data (safe to repeat), the sample city, or generated data of any size", true, seed},
		"import":    {"import KIND FILE [--project CODE] [--month YYYY-MM] [--user U] [--dry-run] [--json] | import KIND --template FILE", "load a workbook; KIND: capital-plan, cases, deposits, payments, progress", true, importFile},
		"statement": {"statement inspect FILE [--profile P] [--json] | statement import FILE --account CODE --user U [--json]", "read or load a bank statement", true, statement},
		"reconcile": {"reconcile --account CODE [--through DAY] --user U [--json]", "match statement lines with payments", true, reconcile},
		"report":    {reportUsage, "write a report, or the list for signing of an approved order", true, writeReport},
		"verify":    {"verify [--json]", "check every invariant over the whole database", true, verify},
		"unit":      {"unit add CODE --name \"…\" [--kind KIND] [--ward CODE]", "add a unit: a new installation needs one before its first user", true, unit},
		"user":      {"user add|password|disable|roles …", "keep accounts", true, user},
		"token":     {"token issue --user U [--days N]", "issue an API token", true, token},
		"openapi":   {"openapi", "print the description of the API", true, openapi},
		"version":   {"version", "print the version", false, printVersion},
		"help":      {"help [settings]", "print this", false, help},
	}
}

func help(_ context.Context, e env) error {
	if len(e.args) > 0 && e.args[0] == "settings" {
		_, err := io.WriteString(e.out, config.Help())
		return err
	}
	fmt.Fprintln(e.out, "Mặt Bằng: capital works and the clearance of land for them.")
	fmt.Fprintln(e.out)
	all := commands()
	for _, name := range []string{"serve", "migrate", "seed", "import", "statement", "reconcile", "report", "verify", "unit", "user", "token", "openapi", "version", "help"} {
		fmt.Fprintf(e.out, "  matbang %s\n      %s\n", all[name].usage, all[name].does)
	}
	fmt.Fprintln(e.out, "\nExit codes: 0 done, 1 faults were found and listed, 2 used wrongly.")
	return nil
}

func printVersion(_ context.Context, e env) error {
	_, err := fmt.Fprintln(e.out, "matbang", version)
	return err
}

// flags makes the flag set of a command; it prints nothing by itself.
func flags(name string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	return f
}

// parse reads flags that may stand before or after the other words, and gives those.
func parse(f *flag.FlagSet, args []string) ([]string, error) {
	var words []string
	for {
		if err := f.Parse(args); err != nil {
			return nil, usageError(err.Error() + "; 'matbang help' shows the usage")
		}
		if f.NArg() == 0 {
			return words, nil
		}
		words = append(words, f.Arg(0))
		args = f.Args()[1:]
	}
}

// open builds the program on a schema it knows; the caller closes it.
func open(ctx context.Context, e env) (*app.App, error) {
	a, err := app.Open(ctx, e.settings, version, e.log)
	if err != nil {
		return nil, err
	}
	if err := a.Ready(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// with runs a command on the program and closes it whatever happens.
func with(ctx context.Context, e env, do func(a *app.App) error) error {
	a, err := open(ctx, e)
	if err != nil {
		return err
	}
	return errors.Join(do(a), a.Close())
}

// plain is an error as a person reads it: a refusal in its sentence, with each wrong field; anything else as it is.
func plain(err error) string {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return err.Error()
	}
	words, loadErr := webkit.LoadWords(web.Locale)
	if loadErr != nil {
		return err.Error()
	}
	lines := []string{words.Say("vi", "fault."+f.Code, f.Args...)}
	for _, field := range f.Fields {
		lines = append(lines, "  "+field.Name+": "+words.Say("vi", "fault."+field.Code, field.Args...))
	}
	return strings.Join(lines, "\n")
}
