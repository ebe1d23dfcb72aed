package indicator_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/indicator"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
)

// world is a database with two departments: finance answers for THU-NS, economy for HTX-MOI.
type world struct {
	*testing.T
	indicator.Indicators
	db    *postgres.DB
	today day.Date
}

func open(t *testing.T) world {
	t.Helper()
	db := pgtest.Open(t)
	w := world{t, indicator.Indicators{DB: db, Log: audit.Log{DB: db}}, db, day.Must("2023-12-20")}
	w.sql(`INSERT INTO unit (code, name, kind) VALUES ('STC', 'Tài chính', 'department'), ('KINHTE', 'Kinh tế', 'department')`)
	w.sql(`INSERT INTO app_user (username, full_name, password_hash, unit_id) SELECT x.name, x.name, '!', u.id
		FROM (VALUES ('thu', 'STC'), ('kinhte', 'KINHTE'), ('head', 'KINHTE')) x(name, unit) JOIN unit u ON u.code = x.unit`)
	for _, i := range []indicator.Indicator{{Code: "THU-NS", Unit: "STC"}, {Code: "HTX-MOI", Unit: "KINHTE"}} {
		i.Name, i.Measure, i.Direction, i.FromYear = i.Code, "tỷ đồng", "higher", 2023
		w.must(w.Define(t.Context(), w.as("head"), i))
	}
	return w
}

func (w world) sql(query string) {
	w.Helper()
	if _, err := w.db.Pool().ExecContext(w.Context(), query); err != nil {
		w.Fatal(err)
	}
}

func (w world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w world) refused(err, want error) {
	w.Helper()
	if !errors.Is(err, want) {
		w.Errorf("%v, want %v", err, want)
	}
}

func (w world) as(name string) actor.Actor {
	who := actor.Actor{Username: name, Grants: map[actor.Permission]actor.Reach{indicator.Read: actor.All, indicator.Enter: actor.Unit}}
	if err := w.db.Pool().QueryRowContext(w.Context(), `SELECT id, unit_id FROM app_user WHERE username = $1`, name).Scan(&who.ID, &who.Unit); err != nil {
		w.Fatal(err)
	}
	if name == "head" {
		who.Grants = map[actor.Permission]actor.Reach{indicator.Read: actor.All, indicator.Enter: actor.All, indicator.Define: actor.All, indicator.Accept: actor.All}
	}
	return who
}

func result(code string, version int, n indicator.Figure) []indicator.Input {
	return []indicator.Input{{Code: code, Version: version, Value: indicator.Value{Result: &n, Mark: indicator.Exact}}}
}

func (w world) save(who string, in []indicator.Input) error {
	return w.Save(w.Context(), w.as(who), 2023, in, w.today)
}

func TestADepartmentEntersItsOwnAndAnotherHandAccepts(t *testing.T) {
	w := open(t)
	ctx, pick := t.Context(), []indicator.Pick{{Code: "THU-NS", Version: 1}}
	w.refused(w.save("thu", result("HTX-MOI", 0, 700)), indicator.ErrMissing)
	w.refused(w.Accept(ctx, w.as("head"), 2023, []indicator.Pick{{Code: "THU-NS"}}), indicator.ErrNotEntered)
	w.must(w.save("thu", result("THU-NS", 0, 22_300)))
	w.refused(w.Accept(ctx, w.as("thu"), 2023, pick), fault.New(fault.Forbidden, "forbidden"))
	w.must(w.save("head", result("HTX-MOI", 0, 700)))
	w.refused(w.Accept(ctx, w.as("head"), 2023, []indicator.Pick{{Code: "HTX-MOI"}}), indicator.ErrOwn)
	w.must(w.save("kinhte", result("HTX-MOI", 1, 700))) // the same figure by another hand
	w.refused(w.Accept(ctx, w.as("head"), 2023, []indicator.Pick{{Code: "HTX-MOI"}}), indicator.ErrOwn)
	if _, err := w.db.Pool().ExecContext(ctx, `UPDATE indicator_value SET state = 'accepted', accepted_by = (SELECT id FROM app_user WHERE username = 'head'), accepted_at = now()
		WHERE indicator_id = (SELECT id FROM indicator WHERE code = 'HTX-MOI')`); err == nil {
		t.Error("the database lets an earlier hand accept")
	}
	w.must(w.Accept(ctx, w.as("head"), 2023, pick))
	w.refused(w.save("thu", result("THU-NS", 1, 22_400)), fault.ChangedBy("", time.Time{}))
	w.must(w.save("thu", result("THU-NS", 2, 22_400)))

	rows, err := indicator.Reported(ctx, w.db.Read(ctx), 2023, time.Time{})
	w.must(err)
	if len(rows) != 0 {
		t.Errorf("a value changed after acceptance is reported: %+v", rows)
	}
	w.refused(w.Save(ctx, w.as("head"), 2025, result("THU-NS", 0, 1), w.today), fault.InvalidField("year", "indicator.year_far"))
}

// A report rebuilds to what was known: a later change does not reach back.
func TestWhatWasKnownThen(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	w.must(w.save("thu", result("THU-NS", 0, 22_300)))
	w.must(w.Accept(ctx, w.as("head"), 2023, []indicator.Pick{{Code: "THU-NS"}}))
	var then time.Time
	w.must(w.db.Pool().QueryRowContext(ctx, `SELECT clock_timestamp()`).Scan(&then))
	w.must(w.save("thu", result("THU-NS", 2, 99_900)))
	rows, err := indicator.Reported(ctx, w.db.Read(ctx), 2023, then)
	w.must(err)
	if len(rows) != 1 || *rows[0].Result != 22_300 {
		t.Errorf("known then: %+v", rows)
	}
}

func TestAClosedYearChangesForAReasonOnly(t *testing.T) {
	w := open(t)
	w.sql(`INSERT INTO report_issue (kind, month, number, issued_on, document, sha256, cutoff, issued_by)
		SELECT 'monthly', '2023-12-01', '1', '2023-12-31', '{}', repeat('0', 64), now(), min(id) FROM app_user`)
	in := result("THU-NS", 0, 1)
	w.refused(w.save("thu", in), fault.New(fault.Invalid, "invalid_input"))
	in[0].Reason = "Kho bạc điều chỉnh số thu"
	w.must(w.save("thu", in))
}

func TestTwoHandsAtOnce(t *testing.T) {
	w := open(t)
	var wait sync.WaitGroup
	refusals := make([]error, 8)
	for i := range refusals {
		wait.Go(func() { refusals[i] = w.save("head", result("THU-NS", 0, indicator.Figure(100+i))) })
	}
	wait.Wait()
	saved := 0
	for _, err := range refusals {
		if err == nil {
			saved++
		} else if fault.KindOf(err) != fault.Changed {
			t.Errorf("refused with %v", err)
		}
	}
	if saved != 1 {
		t.Errorf("%d saved over each other", saved)
	}
}

func TestTheDatabaseKeepsTheHandsApartToo(t *testing.T) {
	w := open(t)
	w.must(w.save("thu", result("THU-NS", 0, 1)))
	_, err := w.db.Pool().ExecContext(t.Context(), `UPDATE indicator_value SET state = 'accepted', accepted_by = entered_by, accepted_at = now(), version = 2`)
	if err == nil {
		t.Error("the enterer accepted")
	}
	if _, err := w.db.Pool().ExecContext(t.Context(), `DELETE FROM indicator_version`); err == nil {
		t.Error("history was deleted")
	}
}
