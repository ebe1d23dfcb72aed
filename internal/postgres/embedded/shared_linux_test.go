package embedded

import (
	"os"
	"testing"
)

func TestSharedServersDoNotMeet(t *testing.T) {
	t.Setenv("TMPDIR", open(t))
	first, err := StartShared(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	second, err := StartShared(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if first.DSN("x") == second.DSN("x") {
		t.Error("two test processes were given one server")
	}
	do(t, first, `CREATE DATABASE t_left`)
	do(t, first, `CREATE DATABASE tpl_kept`)
	stop(t, first)
	do(t, second, `SELECT 1`)
	stop(t, second)
	again, err := StartShared(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer stop(t, again)
	if again.DSN("x") != first.DSN("x") {
		t.Error("the free server was not used again")
	}
	do(t, again, `CREATE DATABASE t_left`)
	do(t, again, `DROP DATABASE tpl_kept`)
	if _, err := os.Stat(os.TempDir()); err != nil {
		t.Error(err)
	}
}
