package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/app"
	"matbang/internal/capital/capitalsheet"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/land/landsheet"
	"matbang/internal/listing"
	"matbang/internal/payout"
	"matbang/internal/payout/payoutsheet"
	"matbang/internal/people"
	"matbang/internal/progress"
	"matbang/internal/progress/progresssheet"
	"matbang/internal/sheet"
)

const importUsage = `import KIND FILE [--project CODE] [--month YYYY-MM] [--user U] [--dry-run] [--json] | import KIND --template FILE
      KIND: capital-plan, cases, deposits, payments, progress. --user says in whose name it is written; a dry run does without`

// importJob is one import as it was asked for.
type importJob struct {
	kind, name, project, username string
	content                       []byte
	month                         day.Month // zero: any
	dryRun, asJSON                bool
}

// importAnswer is the document of --json. Written counts rows: all or none.
type importAnswer struct {
	Kind    string        `json:"kind"`
	Rows    int           `json:"rows"`
	Written int           `json:"written"`
	Faults  []importFault `json:"faults"`
	summary string
}

type importFault struct {
	Sheet   string `json:"sheet"`
	Row     int    `json:"row"`
	Column  string `json:"column"`
	Found   string `json:"found"`
	Allowed string `json:"allowed"`
}

// importKinds are the kinds that can be imported, with the role of whoever enters such files.
func importKinds() map[string]string {
	return map[string]string{"capital-plan": "planner", "cases": "clearance", "deposits": "director", "payments": "accountant", "progress": "planner"}
}

func importFile(ctx context.Context, e env) error {
	f := flags("import")
	var j importJob
	f.StringVar(&j.project, "project", "", "")
	f.StringVar(&j.username, "user", "", "")
	f.BoolVar(&j.dryRun, "dry-run", false, "")
	f.BoolVar(&j.asJSON, "json", false, "")
	month, template := f.String("month", "", ""), f.String("template", "", "")
	words, err := parse(f, e.args)
	if err != nil {
		return err
	}
	if err := j.check(words, *month, *template); err != nil {
		return err
	}
	if *template != "" {
		return with(ctx, e, func(a *app.App) error { return writeTemplate(ctx, e, a, j, *template) })
	}
	if j.content, err = os.ReadFile(words[1]); err != nil {
		return usageError(err.Error())
	}
	j.name = filepath.Base(words[1])
	return with(ctx, e, func(a *app.App) error { return j.run(ctx, e, a) })
}

func (j *importJob) check(words []string, month, template string) error {
	if len(words) == 0 {
		return usageError(importUsage)
	}
	j.kind = words[0]
	if importKinds()[j.kind] == "" {
		later := []string{"projects", "inventory", "prices", "opening-balances"}
		if slices.Contains(later, j.kind) {
			return usageError(fmt.Sprintf("import %s is not there yet; there are: capital-plan, cases, deposits, payments, progress", j.kind))
		}
		return usageError(fmt.Sprintf("import knows no %q; there are: capital-plan, cases, deposits, payments, progress", j.kind))
	}
	if month != "" {
		var err error
		if j.month, err = day.ParseMonth(month); err != nil {
			return usageError("--month is a month such as 2023-12")
		}
	}
	switch {
	case j.kind != "cases" && j.project != "", j.kind != "progress" && month != "":
		return usageError("--project is for cases, --month for progress")
	case template != "" && len(words) != 1, template == "" && len(words) != 2:
		return usageError(importUsage)
	case template == "" && j.username == "" && !j.dryRun:
		return usageError("--user says in whose name this is done")
	}
	return nil
}

func (j importJob) run(ctx context.Context, e env, a *app.App) error {
	who, err := j.actor(ctx, a)
	if err != nil {
		return err
	}
	answer, found, err := j.load(ctx, a, who)
	if err != nil {
		if found = ofFile(err, j.name); found == nil {
			return err
		}
	}
	answer.Kind, answer.Faults = j.kind, make([]importFault, 0, len(found))
	for _, f := range found {
		answer.Faults = append(answer.Faults, importFault{f.Sheet, f.Row, f.Column, f.Found, a.Kit.T("vi", "fault."+f.Code, f.Args...)})
	}
	if j.asJSON {
		err = writeJSON(e.out, answer)
	} else {
		err = answer.print(e, found)
	}
	if err == nil && len(found) > 0 {
		return errFaultsListed
	}
	return err
}

// actor is in whose name the file comes in. A dry run keeps nothing, so the first account that could enter the file stands in.
func (j importJob) actor(ctx context.Context, a *app.App) (actor.Actor, error) {
	if j.username != "" {
		return actorOf(ctx, a, j.username)
	}
	role := importKinds()[j.kind]
	users, err := a.Rooms.People.List(ctx, people.Console(), people.Filter{Role: role, State: "active"}, listing.Query{Per: 1})
	if err != nil {
		return actor.Actor{}, err
	}
	if len(users.Items) == 0 {
		return actor.Actor{}, usageError("no account has the role " + role + "; --user says in whose name this is checked")
	}
	return actorOf(ctx, a, users.Items[0].Username)
}

func (j importJob) load(ctx context.Context, a *app.App, who actor.Actor) (importAnswer, []sheet.Fault, error) {
	switch j.kind {
	case "progress":
		return j.loadProgress(ctx, a, who)
	case "capital-plan":
		return j.loadCapital(ctx, a, who)
	case "payments":
		return j.loadResults(ctx, a, who, payoutsheet.ImportResults)
	case "deposits":
		return j.loadResults(ctx, a, who, payoutsheet.ImportDeposits)
	}
	opts := landsheet.Options{Project: j.project, DryRun: j.dryRun, Today: a.Today()}
	r, err := landsheet.Importer{Land: a.Rooms.Land}.Import(ctx, who, j.name, j.content, opts)
	answer := importAnswer{Rows: r.Rows, summary: a.Kit.T("vi", "landsheet.counts", r.Cases, r.Parcels, r.Recovered)}
	if r.Written {
		answer.Written, answer.summary = r.Rows, a.Kit.T("vi", "landsheet.imported", r.Cases, r.Parcels, r.Recovered, j.name)
	}
	return answer, r.Faults, err
}

func (j importJob) loadCapital(ctx context.Context, a *app.App, who actor.Actor) (importAnswer, []sheet.Fault, error) {
	r, err := capitalsheet.Importer{Capital: a.Rooms.Capital}.Import(ctx, who, j.name, j.content, j.dryRun, a.Today())
	answer := importAnswer{Rows: r.Rows, summary: a.Kit.T("vi", "capital.import.counts", r.Works, len(r.Years))}
	if r.Written {
		answer.Written, answer.summary = r.Rows, a.Kit.T("vi", "capital.imported", r.Rows, j.name)
	}
	return answer, r.Faults, err
}

// importResults is how a file with results of payments is read.
type importResults func(ctx context.Context, payouts payout.Payouts, who actor.Actor, name string, content []byte, dryRun bool, today day.Date) (payoutsheet.Results, error)

func (j importJob) loadResults(ctx context.Context, a *app.App, who actor.Actor, read importResults) (importAnswer, []sheet.Fault, error) {
	r, err := read(ctx, a.Rooms.Payouts, who, j.name, j.content, j.dryRun, a.Today())
	answer := importAnswer{Rows: r.Rows, summary: a.Kit.T("vi", "payout.results.read", r.Rows)}
	if r.Written {
		answer.Written, answer.summary = r.Rows, a.Kit.T("vi", "payout.results.imported", r.Rows, j.name)
	}
	return answer, r.Faults, err
}

// loadProgress checks first and writes then, so that a month that was not meant is never written.
func (j importJob) loadProgress(ctx context.Context, a *app.App, who actor.Actor) (importAnswer, []sheet.Fault, error) {
	in := progresssheet.Importer{Progress: a.Rooms.Progress}
	r, err := in.Import(ctx, who, j.name, j.content, true, a.Today())
	if err != nil {
		return importAnswer{}, nil, err
	}
	for _, m := range r.Months {
		if !j.month.IsZero() && m != j.month {
			r.Faults = append(r.Faults, sheet.Fault{Found: m.VN(), Code: "import.month_other", Args: []any{j.month}})
		}
	}
	if !j.dryRun && len(r.Faults) == 0 {
		r, err = in.Import(ctx, who, j.name, j.content, false, a.Today())
	}
	answer := importAnswer{Rows: r.Rows, summary: a.Kit.T("vi", "progress.import.counts", r.New, r.Replaced)}
	if r.Written {
		answer.Written, answer.summary = r.Rows, a.Kit.T("vi", "progress.imported", r.Rows, j.name)
	}
	return answer, r.Faults, err
}

// ofFile turns the refusal of a whole file into faults; nil for any other error.
func ofFile(err error, name string) []sheet.Fault {
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.Invalid && f.Kind != fault.TooLarge {
		return nil
	}
	if len(f.Fields) == 0 {
		return []sheet.Fault{{Found: name, Code: f.Code, Args: f.Args}}
	}
	var faults []sheet.Fault
	for _, field := range f.Fields {
		faults = append(faults, sheet.Fault{Found: name, Code: field.Code, Args: field.Args})
	}
	return faults
}

func (answer importAnswer) print(e env, found []sheet.Fault) error {
	for i, f := range found {
		place := strings.TrimPrefix(strings.Join([]string{f.Sheet, f.Column}, "!"), "!")
		if f.Row > 0 {
			place += fmt.Sprint(f.Row)
		}
		fmt.Fprintf(e.out, "%s  %s: “%s”  %s\n", place, f.Title, f.Found, answer.Faults[i].Allowed)
	}
	if len(found) > 0 {
		_, err := fmt.Fprintf(e.out, "%d dòng, %d chỗ cần sửa; chưa ghi gì\n", answer.Rows, len(found))
		return err
	}
	_, err := fmt.Fprintf(e.out, "%d dòng. %s\n", answer.Rows, answer.summary)
	return err
}

func writeTemplate(ctx context.Context, e env, a *app.App, j importJob, file string) error {
	content, err := j.template(ctx, a)
	if err != nil {
		return err
	}
	return writeOut(e, file, content)
}

// template is an empty file of the kind; that of progress has the works of the month in it.
func (j importJob) template(ctx context.Context, a *app.App) ([]byte, error) {
	switch j.kind {
	case "cases":
		return landsheet.Importer{Land: a.Rooms.Land}.Template(ctx, j.project, a.Today())
	case "capital-plan":
		return capitalsheet.Importer{Capital: a.Rooms.Capital}.Template(ctx, a.Today().Year(), nil)
	}
	if j.kind == "payments" {
		open, err := a.Rooms.Payouts.OpenPayments(ctx, console(payout.RecordResult), "")
		if err != nil {
			return nil, err
		}
		return payoutsheet.ResultTemplate(open)
	}
	if j.kind == "deposits" {
		may, err := a.Rooms.Payouts.Depositable(ctx, console(payout.Deposit), "")
		if err != nil {
			return nil, err
		}
		return payoutsheet.DepositTemplate(may)
	}
	who, month := console(progress.Read), j.month
	if j.username != "" {
		var err error
		if who, err = actorOf(ctx, a, j.username); err != nil {
			return nil, err
		}
	}
	if month.IsZero() {
		month = a.Today().Month()
	}
	grid, err := a.Rooms.Progress.Grid(ctx, who, month, progress.GridFilter{}, listing.Query{Per: listing.MaxLimit})
	if err != nil {
		return nil, err
	}
	return progresssheet.Template(month, grid.Items)
}
