package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"matbang/internal/app"
	"matbang/internal/postgres"
)

func serve(ctx context.Context, e env) error {
	f := flags("serve")
	demo := f.Bool("demo", false, "")
	if words, err := parse(f, e.args); err != nil || len(words) > 0 {
		return errors.Join(err, misplaced(words))
	}
	a, err := app.Open(ctx, e.settings, version, e.log)
	if err != nil {
		return err
	}
	return errors.Join(serveOn(ctx, e, a, *demo), a.Close())
}

func serveOn(ctx context.Context, e env, a *app.App, demo bool) error {
	if demo {
		if err := a.Migrate(ctx); err != nil {
			return err
		}
		if err := a.LoadSampleCity(ctx, e.log); err != nil {
			return err
		}
	}
	if err := a.Ready(ctx); err != nil {
		return err
	}
	return a.Serve(ctx, func(address string) {
		fmt.Fprintf(e.log, "Mặt Bằng %s: http://%s\n", version, address)
		for _, line := range a.Greeting() {
			fmt.Fprintln(e.log, line)
		}
	})
}

func misplaced(words []string) error {
	if len(words) == 0 {
		return nil
	}
	return usageError(fmt.Sprintf("%q is not understood here; 'matbang help' shows the usage", words[0]))
}

const migrateUsage = "migrate up|down N|version|force N"

func migrate(ctx context.Context, e env) error {
	verb, n, err := migration(e.args)
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, e.settings, version, e.log)
	if err != nil {
		return err
	}
	return errors.Join(a.WithSchema(ctx, func(s *postgres.Schema) error { return migrateBy(s, e, verb, n) }), a.Close())
}

// migration reads what is asked for: down and force need their number, force 0 means "no step at all".
func migration(args []string) (verb string, n int, err error) {
	verb = strings.Join(args[:min(1, len(args))], "")
	numbered := verb == "down" || verb == "force"
	if !numbered && verb != "up" && verb != "version" || numbered != (len(args) == 2) || len(args) > 2 {
		return "", 0, usageError(migrateUsage)
	}
	if numbered {
		if n, err = strconv.Atoi(args[1]); err != nil || n < 0 || verb == "down" && n == 0 {
			return "", 0, usageError(migrateUsage + ": N is how many steps down, or the step that stands; not " + args[1])
		}
	}
	return verb, n, nil
}

func migrateBy(s *postgres.Schema, e env, verb string, n int) error {
	switch verb {
	case "up":
		return s.Up()
	case "down":
		return s.Down(n)
	case "force":
		return s.Force(n)
	default:
		version, dirty, err := s.Version()
		if err == nil {
			_, err = fmt.Fprintln(e.out, version, map[bool]string{true: "dirty", false: "clean"}[dirty])
		}
		return err
	}
}

func seed(ctx context.Context, e env) error {
	f := flags("seed")
	works, cases, seed := f.Int("projects", 0, ""), f.Int("cases", 0, ""), f.Int("seed", 1, "")
	words, err := parse(f, e.args)
	if err != nil {
		return err
	}
	if len(words) != 1 || !slices.Contains([]string{"reference", "demo", "synthetic"}, words[0]) {
		return usageError("seed reference|demo|synthetic --projects N --cases N [--seed S]")
	}
	a, err := app.Open(ctx, e.settings, version, e.log)
	if err != nil {
		return err
	}
	switch words[0] {
	case "reference":
		err = a.LoadReference(ctx)
	case "demo":
		err = a.LoadSampleCity(ctx, e.log)
	default:
		err = a.LoadSynthetic(ctx, app.Synthetic{Works: *works, Cases: *cases, Seed: *seed}, e.log)
	}
	return errors.Join(err, a.Close())
}
