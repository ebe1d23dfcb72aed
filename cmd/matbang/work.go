package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"matbang/internal/actor"
	"matbang/internal/app"
	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/payout"
	"matbang/internal/payout/payoutsheet"
	"matbang/internal/recon/reconsheet"
	"matbang/internal/report"
	"matbang/internal/webkit"
)

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func verify(ctx context.Context, e env) error {
	f := flags("verify")
	asJSON := f.Bool("json", false, "")
	if words, err := parse(f, e.args); err != nil || len(words) > 0 {
		return firstError(err, misplaced(words))
	}
	return with(ctx, e, func(a *app.App) error {
		results, err := a.Verify(ctx)
		if err != nil {
			return err
		}
		found := 0
		for _, r := range results {
			found += len(r.Faults)
		}
		if *asJSON {
			err = writeJSON(e.out, map[string]any{"faults": found, "checks": results})
		} else {
			for _, r := range results {
				fmt.Fprintf(e.out, "%2d  %-28s %s: %d\n", r.Number, r.Name, r.Title, len(r.Faults))
				for _, line := range r.Faults {
					fmt.Fprintln(e.out, "      ", line)
				}
			}
			fmt.Fprintf(e.out, "%d lỗi trong %d phép kiểm tra\n", found, len(results))
		}
		if err == nil && found > 0 {
			return errFaultsListed
		}
		return err
	})
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

const reportUsage = "report monthly --period YYYY-MM [--format json|xlsx] [--out FILE] | report payout-list --order CODE [--format pdf|xlsx|docx] [--user U] [--out FILE] | " +
	"report reconciliation --account CODE --period YYYY-MM [--format docx|pdf|xlsx|json] [--out FILE]"

// payoutList writes the list for signing of an order. In somebody's name, who may open them, its numbers are whole and the log says so;
// without one they are masked.
func payoutList(ctx context.Context, e env, order, format, out, username string) error {
	if format == "" {
		format = "pdf"
	}
	if order == "" || format != "pdf" && format != "xlsx" && format != "docx" {
		return usageError(reportUsage)
	}
	return with(ctx, e, func(a *app.App) error {
		who, full := console(payout.Read), username != ""
		var err error
		if full {
			if who, err = actorOf(ctx, a, username); err != nil {
				return err
			}
		}
		file, err := payoutsheet.Desk{Payouts: a.Rooms.Payouts, Mask: webkit.Mask}.Make(ctx, who, order, "list."+format, full)
		if err != nil {
			return err
		}
		return writeOut(e, out, file.Content)
	})
}

// agreement writes the minutes of a month with the bank or treasury; they hold no identity or account number of a person.
func agreement(ctx context.Context, e env, account, period, format, out string) error {
	month, err := day.ParseMonth(period)
	if err != nil {
		return usageError("--period is a month such as 2023-12")
	}
	return with(ctx, e, func(a *app.App) error {
		minutes, err := a.Rooms.Recon.Agreement(ctx, console(bank.Read), account, month.First(), month.Last())
		if err != nil {
			return err
		}
		file, err := reconsheet.Make(minutes, cmp.Or(format, "docx"))
		if err != nil {
			return err
		}
		return writeOut(e, out, file.Content)
	})
}

func writeReport(ctx context.Context, e env) error {
	f := flags("report")
	period, format, out := f.String("period", "", ""), f.String("format", "", ""), f.String("out", "", "")
	order, username, account := f.String("order", "", ""), f.String("user", "", ""), f.String("account", "", "")
	words, err := parse(f, e.args)
	if err != nil {
		return err
	}
	if len(words) == 1 && words[0] == "payout-list" && *period == "" {
		return payoutList(ctx, e, *order, *format, *out, *username)
	}
	if len(words) == 1 && words[0] == "reconciliation" && *account != "" && *order+*username == "" {
		return agreement(ctx, e, *account, *period, *format, *out)
	}
	if *format == "" {
		*format = "json"
	}
	if len(words) != 1 || words[0] != "monthly" || *format != "json" && *format != "xlsx" || *order+*username+*account != "" {
		return usageError(reportUsage)
	}
	month, err := day.ParseMonth(*period)
	if err != nil {
		return usageError("--period is a month such as 2023-12")
	}
	return with(ctx, e, func(a *app.App) error {
		m, err := a.Rooms.Reports.Monthly(ctx, console(report.Read), month)
		if err != nil {
			return err
		}
		var content bytes.Buffer
		if *format == "json" {
			err = writeJSON(&content, m)
		} else {
			err = report.WriteXLSX(&content, m, func(key string, args ...any) string { return a.Kit.T("vi", key, args...) })
		}
		if err != nil {
			return err
		}
		return writeOut(e, *out, content.Bytes())
	})
}

func writeOut(e env, file string, content []byte) error {
	if file == "" || file == "-" {
		_, err := e.out.Write(content)
		return err
	}
	return os.WriteFile(file, content, 0o600)
}

// console is the person at the machine's own console, for reads: whoever can start the program can read the database anyway.
func console(permissions ...actor.Permission) actor.Actor {
	who := actor.Actor{Username: "console", Name: "console", Grants: map[actor.Permission]actor.Reach{}}
	for _, p := range permissions {
		who.Grants[p] = actor.All
	}
	return who
}

func openapi(ctx context.Context, e env) error {
	return with(ctx, e, func(a *app.App) error {
		data, err := a.Kit.OpenAPI()
		if err == nil {
			_, err = e.out.Write(append(data, '\n'))
		}
		return err
	})
}
