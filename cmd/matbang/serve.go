package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

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

func migrate(ctx context.Context, e env) error {
	if len(e.args) == 0 {
		return usageError("migrate up|down N|version|force N")
	}
	n := 0
	if len(e.args) > 1 {
		var err error
		if n, err = strconv.Atoi(e.args[1]); err != nil {
			return usageError("a whole number is needed: " + e.args[1])
		}
	}
	a, err := app.Open(ctx, e.settings, version, e.log)
	if err != nil {
		return err
	}
	return errors.Join(a.WithSchema(ctx, func(s *postgres.Schema) error { return migrateBy(s, e, e.args[0], n) }), a.Close())
}

func migrateBy(s *postgres.Schema, e env, verb string, n int) error {
	switch verb {
	case "up":
		return s.Up()
	case "down":
		if n < 1 {
			return usageError("migrate down N: how many steps")
		}
		return s.Down(n)
	case "force":
		return s.Force(n)
	case "version":
		version, dirty, err := s.Version()
		if err == nil {
			_, err = fmt.Fprintln(e.out, version, map[bool]string{true: "dirty", false: "clean"}[dirty])
		}
		return err
	default:
		return usageError("migrate up|down N|version|force N")
	}
}

func seed(ctx context.Context, e env) error {
	f := flags("seed")
	words, err := parse(f, e.args)
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return usageError("seed reference|demo")
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
		err = usageError("seed reference|demo")
	}
	return errors.Join(err, a.Close())
}
