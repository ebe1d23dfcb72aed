package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/app"
	"matbang/internal/people"
)

const userUsage = `user add NAME --full-name "…" --unit CODE [--ward CODE] --roles a,b | user password NAME | user disable NAME | user roles NAME --roles a,b
      a password is read from standard input`

func user(ctx context.Context, e env) error {
	f := flags("user")
	name, unit, ward, roles := f.String("full-name", "", ""), f.String("unit", "", ""), f.String("ward", "", ""), f.String("roles", "", "")
	words, err := parse(f, e.args)
	if err != nil {
		return err
	}
	if len(words) != 2 || !slices.Contains([]string{"add", "password", "disable", "roles"}, words[0]) {
		return usageError(userUsage)
	}
	return with(ctx, e, func(a *app.App) error {
		room, who, username := a.Rooms.People, people.Console(), words[1]
		switch words[0] {
		case "add":
			password, err := readPassword(os.Stdin)
			if err != nil {
				return err
			}
			_, err = room.AddUser(ctx, who, people.NewUser{Username: username, Password: password, Roles: split(*roles),
				Details: people.Details{FullName: *name, Unit: *unit, Ward: *ward}})
			return err
		case "password":
			password, err := readPassword(os.Stdin)
			if err != nil {
				return err
			}
			return room.SetPassword(ctx, who, username, password)
		case "disable":
			return room.Disable(ctx, who, username, 0)
		default:
			return room.SetRoles(ctx, who, username, split(*roles), 0)
		}
	})
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// unit adds a body people work in, or corrects its name: the first thing a new installation needs, before its first user.
func unit(ctx context.Context, e env) error {
	f := flags("unit")
	name, kind, ward := f.String("name", "", ""), f.String("kind", "management", ""), f.String("ward", "", "")
	words, err := parse(f, e.args)
	if err != nil {
		return err
	}
	if len(words) != 2 || words[0] != "add" {
		return usageError(`unit add CODE --name "…" [--kind city|management|clearance|finance|department|ward] [--ward CODE]`)
	}
	return with(ctx, e, func(a *app.App) error {
		return a.Rooms.People.AddUnit(ctx, people.Console(), people.Unit{Code: words[1], Name: *name, Kind: *kind, WardCode: *ward})
	})
}

// readPassword takes the first line of standard input, so that no password stands among a command's words.
func readPassword(in io.Reader) (string, error) {
	data, err := io.ReadAll(io.LimitReader(in, 4096))
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(data), "\n")
	if line = strings.TrimRight(line, "\r"); line == "" {
		return "", usageError("the password is read from standard input, and there was none")
	}
	return line, nil
}

func token(ctx context.Context, e env) error {
	f := flags("token")
	username, days := f.String("user", "", ""), f.Int("days", 90, "")
	words, err := parse(f, e.args)
	if err != nil {
		return err
	}
	if len(words) != 1 || words[0] != "issue" || *username == "" {
		return usageError("token issue --user U [--days N]")
	}
	return with(ctx, e, func(a *app.App) error {
		text, err := a.Rooms.People.IssueToken(ctx, people.Console(), *username, *days, "console")
		if err == nil {
			_, err = fmt.Fprintln(e.out, text)
		}
		return err
	})
}

// actorOf is the user in whose name a command acts: money and records have a person behind them, never "the console".
func actorOf(ctx context.Context, a *app.App, username string) (actor.Actor, error) {
	if username == "" {
		return actor.Actor{}, usageError("--user says in whose name this is done")
	}
	u, err := a.Rooms.People.Get(ctx, people.Console(), username)
	if err != nil {
		return actor.Actor{}, err
	}
	who, err := a.Rooms.People.ActorByID(ctx, u.ID)
	return who, errors.Join(err)
}
