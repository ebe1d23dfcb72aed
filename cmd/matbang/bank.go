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
	file, err := os.Open(words[1])
	if err != nil {
		return usageError(err.Error())
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return usageError(err.Error())
	}
	read := bank.FileOf(filepath.Base(words[1]), file, info.Size())
	return with(ctx, e, func(a *app.App) error {
		if words[0] == "inspect" {
			return inspect(ctx, e, a, read, *profile, *asJSON)
		}
		return importStatement(ctx, e, a, read, *account, *profile, *username, *asJSON)
	})
}

func inspect(ctx context.Context, e env, a *app.App, file bank.File, profile string, asJSON bool) error {
	profiles, err := a.Rooms.Bank.ProfilesFor(ctx, profile)
	if err != nil {
		return err
	}
	if asJSON {
		return bank.WriteInspection(e.out, file, profiles)
	}
	seen, err := bank.Inspect(file, profiles, 1)
	if err != nil {
		return err
	}
	for _, s := range seen.Statements {
		fmt.Fprintf(e.out, "%s  %s  %s – %s  đầu kỳ %s  cuối kỳ %s  %d dòng", s.Account, s.Currency, s.From, s.To, text(s.Opening), text(s.Closing), s.Count)
		if s.LeftOut > 0 {
			fmt.Fprintf(e.out, ", %d chưa hạch toán", s.LeftOut)
		}
		fmt.Fprintln(e.out)
	}
	return nil
}

// text is an amount that a file may not give.
func text(amount *bank.Exact) string {
	if amount == nil {
		return "–"
	}
	return amount.String()
}

func importStatement(ctx context.Context, e env, a *app.App, file bank.File, account, profile, username string, asJSON bool) error {
	who, err := actorOf(ctx, a, username)
	if err != nil {
		return err
	}
	loaded, err := a.Rooms.Bank.LoadFile(ctx, who, account, profile, file)
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(e.out, loaded[len(loaded)-1])
	}
	for _, s := range loaded {
		if err := printLoaded(e, s); err != nil {
			return err
		}
	}
	return nil
}

func printLoaded(e env, s bank.Statement) error {
	_, err := fmt.Fprintf(e.out, "%s: %d dòng, %d đã có; đầu kỳ %s, cuối kỳ %s\n", s.AccountCode, s.LineCount, s.KnownCount, s.Opening, s.Closing)
	if err == nil && s.LeftOut > 0 {
		_, err = fmt.Fprintf(e.out, "  %d bút toán chưa hạch toán, không nạp\n", s.LeftOut)
	}
	if g := s.Gap; err == nil && g != nil {
		_, err = fmt.Fprintf(e.out, "  số dư đầu không nối với sao kê trước (đến %s): phải là %s, chênh %s\n", g.From.VN(), g.Expected, g.Difference)
	}
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
