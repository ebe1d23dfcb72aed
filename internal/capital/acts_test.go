package capital_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/capital"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/project"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

const (
	ours   = "7654321"
	theirs = "7654322"
)

var today = day.Must("2023-12-31") //nolint:gochecknoglobals // the day of every test

type world struct {
	capital.Capital
	t         *testing.T
	db        *postgres.DB
	lan, head actor.Actor // lan keeps the money of her unit's works; head does too, and reads every unit's works
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := pgtest.Open(t)
	log := audit.Log{DB: db}
	w := &world{t: t, db: db, Capital: capital.Capital{DB: db, Log: log, Projects: project.Projects{DB: db, Log: log}}}
	for range 2 { // reference data is safe to repeat
		w.must(w.PutSource(t.Context(), capital.Source{Code: "city", Name: "Ngân sách thành phố", Rank: 2}))
		w.must(w.PutSource(t.Context(), capital.Source{Code: "province", Name: "Ngân sách tỉnh", Rank: 1}))
	}
	w.sql(`INSERT INTO unit (code, name, kind) VALUES ('BQLDA', 'Ban QLDA', 'management'), ('KHAC', 'Đơn vị khác', 'management')`)
	w.lan = w.person("lan", actor.Unit)
	w.head = w.person("head", actor.All)
	w.sql(`INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, changed_by)
		SELECT c, 'Công trình', 'C', 'urban', (SELECT id FROM unit WHERE code = u), 'Ban', 2022, 2024, 1000, 'building', $1 FROM (VALUES ('7654321', 'BQLDA'), ('7654322', 'KHAC')) v(c, u)`, w.lan.ID)
	return w
}

// person keeps capital of the unit's works and reads works as far as reach goes.
func (w *world) person(name string, reach actor.Reach) actor.Actor {
	a := actor.Actor{Username: name, Name: name, Grants: map[actor.Permission]actor.Reach{capital.Read: actor.Unit, capital.Edit: actor.Unit, project.Read: reach}}
	w.get(&a.Unit, `SELECT id FROM unit WHERE code = 'BQLDA'`)
	w.get(&a.ID, `INSERT INTO app_user (username, full_name, password_hash, unit_id) VALUES ($1, $1, 'x', $2) RETURNING id`, name, a.Unit)
	return a
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) try(statement string, args ...any) error {
	return w.db.Run(context.Background(), func(ctx context.Context) error {
		_, err := w.db.Write(ctx).ExecContext(ctx, statement, args...)
		return err
	})
}

func (w *world) sql(statement string, args ...any) { w.t.Helper(); w.must(w.try(statement, args...)) }

func (w *world) get(dest any, query string, args ...any) {
	w.t.Helper()
	w.must(w.db.Run(context.Background(), func(ctx context.Context) error { return w.db.Write(ctx).GetContext(ctx, dest, query, args...) }))
}

func line(kind, number string, amount vnd.Amount) capital.Line {
	return capital.Line{Year: 2023, Source: "city", Kind: kind, Amount: amount, Number: number, DecidedOn: day.Must("2023-06-01"), Authority: "HĐND"}
}

func (w *world) plan() vnd.Amount {
	w.t.Helper()
	lines, err := w.Lines(context.Background(), w.lan, ours)
	w.must(err)
	return capital.Total(lines, 2023).Plan
}

// codeOf is the first wrong field's code, or the refusal's own.
func codeOf(err error) string {
	var f *fault.Fault
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &f):
		return err.Error()
	case len(f.Fields) > 0:
		return f.Fields[0].Name + " " + f.Fields[0].Code
	default:
		return f.Code
	}
}

func TestLinesAreAddedAndNeverChanged(t *testing.T) {
	w := newWorld(t)
	w.must(w.Add(t.Context(), w.lan, ours, line("assigned", "1/NQ", 100), today))
	w.must(w.Add(t.Context(), w.lan, ours, line("adjusted", "1/NQ", -40), today)) // one decision may assign and adjust
	other := line("assigned", "1/NQ", 5)
	other.Source = "province"
	w.must(w.Add(t.Context(), w.lan, ours, other, today))
	if err := w.Add(t.Context(), w.lan, ours, line("assigned", "1/NQ", 7), today); codeOf(err) != "decision_number capital.twice" {
		t.Errorf("told twice: %v", err)
	}
	lines, err := w.Lines(t.Context(), w.lan, ours)
	if w.must(err); len(lines) != 3 || w.plan() != 65 || lines[0].SourceName != "Ngân sách thành phố" || lines[0].RecordedBy != "lan" {
		t.Errorf("plan %s of %+v", w.plan(), lines)
	}
	for _, statement := range []string{`UPDATE capital_line SET amount = 1`, `DELETE FROM capital_line`} {
		var v *tx.Violation
		if err := w.try(statement); !errors.As(err, &v) || v.Kind != tx.Restrict {
			t.Errorf("%s: %v", statement, err)
		}
	}
	events, err := w.Log.History(t.Context(), "project", ours, 9)
	if w.must(err); len(events) != 3 || events[0].Act != "capital.add" {
		t.Errorf("%d events", len(events))
	}
}

func TestNoMoneyFallsBelowWhatIsDrawn(t *testing.T) {
	w := newWorld(t)
	w.must(w.Add(t.Context(), w.lan, ours, line("assigned", "1/NQ", 100), today))
	w.sql(`INSERT INTO app_user (username, full_name, password_hash, unit_id) VALUES ('accepts', 'x', 'x', $1)`, w.lan.Unit)
	w.sql(`INSERT INTO progress_entry (project_id, month, state, executed, estimate_month_end, disbursed, disbursed_treasury, physical_bp, entered_by, changed_by, submitted_by, accepted_by, accepted_at)
		SELECT p.id, m::date, s, 90, 0, d, 0, 0, $1, $1, $1, CASE WHEN s = 'accepted' THEN (SELECT id FROM app_user WHERE username = 'accepts') END, now()
		FROM project p CROSS JOIN (VALUES ('2023-05-01', 'accepted', 60), ('2023-06-01', 'submitted', 90), ('2022-12-01', 'accepted', 95)) v(m, s, d) WHERE p.code = $2`, w.lan.ID, ours)
	err := w.Add(t.Context(), w.lan, ours, line("adjusted", "2/NQ", -41), today)
	var f *fault.Fault
	if !errors.As(err, &f) || f.Fields[0].Code != "capital.below_drawn" || f.Fields[0].Args[0] != vnd.Amount(59) || f.Fields[0].Args[1] != vnd.Amount(60) {
		t.Errorf("got %v", err)
	}
	w.must(w.Add(t.Context(), w.lan, ours, line("adjusted", "2/NQ", -40), today))
}

func TestWhoMayAddWhere(t *testing.T) {
	w := newWorld(t)
	nobody := actor.Actor{ID: w.lan.ID, Unit: w.lan.Unit, Grants: map[actor.Permission]actor.Reach{project.Read: actor.All}}
	unknown := line("assigned", "1/NQ", 1)
	unknown.Source = "moon"
	for _, c := range []struct {
		why, code string
		who       actor.Actor
		line      capital.Line
		want      string
	}{
		{"another unit's work", theirs, w.lan, line("assigned", "1/NQ", 1), "project.missing"},
		{"another unit's work, which one may read", theirs, w.head, line("assigned", "1/NQ", 1), "project.missing"},
		{"no such work", "0000000", w.lan, line("assigned", "1/NQ", 1), "project.missing"},
		{"without the permission", ours, nobody, line("assigned", "1/NQ", 1), "forbidden"},
		{"an unknown source", ours, w.lan, unknown, "source choose"},
		{"of the own unit", ours, w.head, line("assigned", "1/NQ", 1), ""},
	} {
		if got := codeOf(w.Add(t.Context(), c.who, c.code, c.line, today)); got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
	if _, err := w.Lines(t.Context(), w.head, theirs); codeOf(err) != "project.missing" {
		t.Errorf("another unit's capital is read by whoever may read its works: %v", err)
	}
	if _, err := w.Lines(t.Context(), nobody, ours); codeOf(err) != "forbidden" {
		t.Errorf("without the permission: %v", err)
	}
}

// Each of two adjustments at once fits the plan, both together do not.
func TestTwoAdjustmentsAtOnceSeeEachOther(t *testing.T) {
	w := newWorld(t)
	w.must(w.Add(t.Context(), w.lan, ours, line("assigned", "1/NQ", 100), today))
	var both sync.WaitGroup
	for _, number := range []string{"2/NQ", "3/NQ", "4/NQ", "5/NQ"} {
		both.Go(func() {
			if got := codeOf(w.Add(context.Background(), w.lan, ours, line("adjusted", number, -60), today)); got != "" && got != "amount capital.below_zero" {
				t.Error(got)
			}
		})
	}
	both.Wait()
	if w.plan() != 40 {
		t.Errorf("the plan is %s", w.plan())
	}
}

func TestSourcesStandInTheirOrder(t *testing.T) {
	w := newWorld(t)
	sources, err := w.Sources(t.Context())
	if w.must(err); len(sources) != 2 || sources[0].Code != "province" {
		t.Errorf("got %+v", sources)
	}
}
