// Package apptest starts the whole program for request tests: the value that main starts, on a database of the test's own.
package apptest

import (
	"context"
	"io"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/app"
	"matbang/internal/config"
	"matbang/internal/people"
	"matbang/internal/postgres/pgtest"
)

// Password is the password of the sample accounts in tests.
const Password = "mat-khau-thu-nghiem"

// Empty is the program on a migrated, empty database.
func Empty(t testing.TB) *app.App {
	t.Helper()
	return open(t, pgtest.Clone(t))
}

// SampleCity is the program on a database that holds the sample city. The city is loaded once a test process; each test gets a clone.
func SampleCity(t testing.TB) *app.App {
	t.Helper()
	return open(t, pgtest.CloneOf(t, "city", loadCity))
}

func open(t testing.TB, dsn string) *app.App {
	t.Helper()
	a, err := start(context.Background(), dsn)
	if err != nil {
		t.Fatalf("starting the program: %v", err)
	}
	t.Cleanup(func() { _ = a.Close() })
	if err := a.Ready(context.Background()); err != nil {
		t.Fatalf("starting the program: %v", err)
	}
	return a
}

func start(ctx context.Context, dsn string) (*app.App, error) {
	return app.Open(ctx, config.Settings{DatabaseURL: dsn, Addr: "127.0.0.1:0", BaseURL: "http://127.0.0.1", DemoPassword: Password}, "test", io.Discard)
}

func loadCity(ctx context.Context, dsn string) error {
	a, err := start(ctx, dsn)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	return a.LoadSampleCity(ctx, io.Discard)
}

// Actor is a sample person.
func Actor(t testing.TB, a *app.App, account string) actor.Actor {
	t.Helper()
	u, err := a.Rooms.People.Get(t.Context(), people.Console(), account)
	if err != nil {
		t.Fatalf("account %s: %v", account, err)
	}
	who, err := a.Rooms.People.ActorByID(t.Context(), u.ID)
	if err != nil {
		t.Fatalf("account %s: %v", account, err)
	}
	return who
}
