package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"matbang/internal/app"
	"matbang/internal/bank"
	"matbang/internal/day"
)

const statementUsage = "statement inspect FILE [--profile P] [--json] | statement import FILE --account CODE --user U [--json]"

func statement(ctx context.Context, e env) error {
	f := flags("statement")
	profile, account, username := f.String("profile", "", ""), f.String("account", "", ""), f.String("user", "", "")
	asJSON := f.Bool("json", false, "")
	words, err := parse(f, e.args)
	if err != nil {
		return err
	}
	if len(words) != 2 || words[0] != "inspect" && words[0] != "import" {
		return usageError(statementUsage)
	}
	content, err := os.ReadFile(words[1])
	if err != nil {
		return usageError(err.Error())
	}
	return with(ctx, e, func(a *app.App) error {
		if words[0] == "inspect" {
			return inspect(ctx, e, a, content, *profile, *asJSON)
		}
		return importStatement(ctx, e, a, words[1], content, *account, *profile, *username, *asJSON)
	})
}

func inspect(ctx context.Context, e env, a *app.App, content []byte, profile string, asJSON bool) error {
	profiles, err := a.Rooms.Bank.Profiles(ctx)
	if profile != "" {
		var one bank.Profile
		one, err = a.Rooms.Bank.ProfileOf(ctx, profile)
		profiles = []bank.Profile{one}
	}
	if err != nil {
		return err
	}
	seen, err := bank.Inspect(content, profiles)
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(e.out, seen)
	}
	for _, s := range seen.Statements {
		fmt.Fprintf(e.out, "%s  %s  %s – %s  đầu kỳ %s  cuối kỳ %s  %d dòng\n", s.Account, s.Currency, s.From, s.To, text(s.Opening), text(s.Closing), len(s.Lines))
	}
	return nil
}

// text is an amount that a file may not give.
func text(amount *string) string {
	if amount == nil {
		return "–"
	}
	return *amount
}

func importStatement(ctx context.Context, e env, a *app.App, file string, content []byte, account, profile, username string, asJSON bool) error {
	who, err := actorOf(ctx, a, username)
	if err != nil {
		return err
	}
	loaded, err := a.Rooms.Bank.LoadBy(ctx, who, account, profile, filepath.Base(file), content)
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(e.out, loaded)
	}
	return printLoaded(e, loaded)
}

func printLoaded(e env, s bank.Statement) error {
	_, err := fmt.Fprintf(e.out, "%s: %d dòng, %d đã có; đầu kỳ %s, cuối kỳ %s\n", s.AccountCode, s.LineCount, s.KnownCount, s.Opening, s.Closing)
	return err
}

func reconcile(ctx context.Context, e env) error {
	f := flags("reconcile")
	account, through, username := f.String("account", "", ""), f.String("through", "", ""), f.String("user", "", "")
	asJSON := f.Bool("json", false, "")
	words, err := parse(f, e.args)
	if err != nil || len(words) > 0 || *account == "" {
		return firstError(err, misplaced(words), usageError("reconcile --account CODE [--through DAY] --user U [--json]"))
	}
	return with(ctx, e, func(a *app.App) error {
		last := a.Today()
		if *through != "" {
			if last, err = day.Parse(*through); err != nil {
				return usageError("--through is a day such as 2023-12-31")
			}
		}
		who, err := actorOf(ctx, a, *username)
		if err != nil {
			return err
		}
		out, err := a.Rooms.Recon.Match(ctx, who, *account, last, a.Today())
		if err != nil {
			return err
		}
		if *asJSON {
			return writeJSON(e.out, out)
		}
		_, err = fmt.Fprintf(e.out, "khớp %d, trả lại %d, phí %d, còn mở %d\n", out.Matched, out.Returned, out.Fees, out.Open)
		return err
	})
}
