package progress_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/invariant"
	"matbang/internal/listing"
	"matbang/internal/progress"
)

func TestAnEntryIsReturnedMendedSubmittedAndAccepted(t *testing.T) {
	o := newOffice(t)
	ctx, a := t.Context(), progress.Picks(o.workA)
	o.must(o.save(o.lan, o.december, row(o.workA, 0, 600, 500)))
	o.must(o.room.Submit(ctx, o.lan, o.december, a, o.today))
	if err := o.room.Return(ctx, o.head, o.december, a, "  "); told(err)[0] != "reason required" {
		t.Errorf("return without a reason: %v", err)
	}
	o.must(o.room.Return(ctx, o.head, o.december, a, "Thiếu biên bản nghiệm thu"))
	e := o.entry(o.workA, o.december)
	if e.State != progress.Returned || e.ReturnReason != "Thiếu biên bản nghiệm thu" {
		t.Fatalf("returned: %+v", e)
	}
	o.must(o.save(o.lan, o.december, row(o.workA, e.Version, 620, 500)))
	if e = o.entry(o.workA, o.december); e.State != progress.Draft || e.ReturnReason == "" {
		t.Errorf("mended: %+v", e)
	}
	o.must(o.room.Submit(ctx, o.lan, o.december, a, o.today))
	o.must(o.room.Accept(ctx, o.head, o.december, a))
	if e = o.entry(o.workA, o.december); e.State != progress.Accepted || e.Executed != 620 || e.AcceptName != "Trưởng phòng" {
		t.Errorf("accepted: %+v", e)
	}
	err := o.save(o.lan, o.december, row(o.workA, e.Version, 700, 500))
	if fault.KindOf(err) != fault.Conflict || told(err)[0] != o.workA+".executed progress.accepted_fixed" {
		t.Errorf("changing an accepted entry: %v", err)
	}
}

func TestWhoEnteredChangedOrSubmittedNeverAccepts(t *testing.T) {
	o := newOffice(t)
	ctx, a := t.Context(), progress.Picks(o.workA)
	both := func(who actor.Actor) actor.Actor {
		who.Grants = map[actor.Permission]actor.Reach{progress.Read: actor.All, progress.Enter: actor.All, progress.Accept: actor.All}
		return who
	}
	o.must(o.save(o.lan, o.december, row(o.workA, 0, 600, 500)))
	o.must(o.save(o.hoa, o.december, row(o.workA, 1, 610, 500)))
	o.must(o.room.Submit(ctx, both(o.other), o.december, a, o.today))
	for _, who := range []actor.Actor{o.lan, o.hoa, o.other} {
		if err := o.room.Accept(ctx, both(who), o.december, a); !errors.Is(err, progress.ErrOwn) {
			t.Errorf("%s accepts own figures: %v", who.Name, err)
		}
		_, err := o.db.Pool().ExecContext(ctx, `UPDATE progress_entry SET state = 'accepted', accepted_by = $1, accepted_at = now()`, who.ID)
		if err == nil {
			t.Errorf("the database lets %s accept", who.Name)
		}
	}
	o.must(o.room.Accept(ctx, o.head, o.december, a))
	if err := o.room.Accept(ctx, o.lan, o.december, a); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("accepting without the permission: %v", err)
	}
}

func TestAFallingFigureNeedsAReasonWhenHandedIn(t *testing.T) {
	o := newOffice(t)
	o.accepted(o.november, row(o.workA, 0, 600, 500))
	fallen := row(o.workA, 0, 590, 500)
	o.must(o.save(o.lan, o.december, fallen))
	w, err := o.room.Work(t.Context(), o.lan, o.workA, o.december)
	if err != nil || len(w.Needs) != 1 || w.Needs[0].Code != "progress.need.falls" {
		t.Errorf("a draft that falls tells %+v, %v", w.Needs, err)
	}
	fallen.Version, fallen.Note = 1, "một ghi chú không phải là lý do"
	o.must(o.save(o.lan, o.december, fallen))
	err = o.room.Submit(t.Context(), o.lan, o.december, progress.Picks(o.workA), o.today)
	if !slices.Equal(told(err), []string{o.workA + ".executed progress.need.falls"}) {
		t.Errorf("fall: %v", err)
	}
	fallen.Version, fallen.Reason = 2, "Điều chỉnh theo biên bản nghiệm thu"
	o.must(o.save(o.lan, o.december, fallen))
	o.must(o.room.Submit(t.Context(), o.lan, o.december, progress.Picks(o.workA), o.today))
	if e := o.entry(o.workA, o.december); e.Reason != fallen.Reason || e.HandedIn != o.today || e.DaysLate(day.Must("25/12/2023")) != 3 {
		t.Errorf("handed in: %+v", e)
	}
}

func TestOverDrawnIsRefusedWithBothFigures(t *testing.T) {
	o := newOffice(t)
	err := o.save(o.lan, o.december, row(o.workA, 0, 600, 1001))
	var f *fault.Fault
	if !errors.As(err, &f) || f.Fields[0].Name != o.workA+".disbursed" || !slices.Equal(f.Fields[0].Args, []any{vndOf(1001), vndOf(1000)}) {
		t.Fatalf("over-drawn: %v", err)
	}
	o.must(o.save(o.lan, o.december, row(o.workA, 0, 600, 1000)))
	o.exec(`INSERT INTO capital_line (project_id, year, source, kind, amount, decision_number, decided_on, authority, recorded_by)
		SELECT id, 2023, 'city', 'adjusted', -50, 'QĐ2', '2023-12-01', 'UBND', 1 FROM project`)
	if err := o.room.Submit(t.Context(), o.lan, o.december, progress.Picks(o.workA), o.today); told(err)[0] != o.workA+".disbursed progress.over_drawn" {
		t.Errorf("capital lowered after saving: %v", err)
	}
}

func TestTheSecondOfTwoPeopleIsToldWhoChangedTheRow(t *testing.T) {
	o := newOffice(t)
	o.must(o.save(o.lan, o.december, row(o.workA, 0, 600, 500)))
	o.must(o.save(o.lan, o.december, row(o.workA, 1, 610, 500)))
	err := o.save(o.hoa, o.december, row(o.workA, 1, 700, 500), row(o.workB, 0, 100, 50))
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.Changed || f.Code != "changed_meanwhile" || f.Args[0] != "Lan" {
		t.Fatalf("second: %v", err)
	}
	if _, err := o.room.Get(t.Context(), o.hoa, o.workB, o.december); !errors.Is(err, progress.ErrMissing) {
		t.Errorf("the other row was saved: %v", err)
	}
	pick := []progress.Pick{{Code: o.workA, Version: 1}}
	if err := o.room.Submit(t.Context(), o.hoa, o.december, pick, o.today); fault.KindOf(err) != fault.Changed {
		t.Errorf("submitting an old version: %v", err)
	}
}

func TestManyRowsAreSavedAllOrNone(t *testing.T) {
	o := newOffice(t)
	bad := row(o.workB, 0, 600, 2000)
	bad.PhysicalBP = 20000
	err := o.save(o.lan, o.december, row(o.workA, 0, 600, 500), bad)
	want := []string{o.workB + ".physical progress.physical_range", o.workB + ".disbursed progress.over_drawn"}
	if !slices.Equal(told(err), want) {
		t.Errorf("told %v, want %v", told(err), want)
	}
	if e, err := o.room.Entries(t.Context(), o.lan, o.workA); err != nil || len(e) != 0 {
		t.Errorf("half was saved: %+v %v", e, err)
	}
	same := row(o.workB, 0, 0, 0)
	o.accepted(o.november, row(o.workB, 0, 70, 60))
	same.NoChange = true
	o.must(o.save(o.lan, o.december, row(o.workA, 0, 600, 500), same))
	if e := o.entry(o.workB, o.december); e.Executed != 70 || e.Disbursed != 60 || !e.NoChange {
		t.Errorf("no change: %+v", e)
	}
	log, err := o.room.Log.History(t.Context(), "progress", "2023-12", 10)
	if err != nil || len(log) != 1 {
		t.Errorf("one act wrote %d events, %v", len(log), err)
	}
}

func TestAnotherUnitsWorksDoNotExist(t *testing.T) {
	o := newOffice(t)
	if err := o.save(o.lan, o.december, row(o.workOther, 0, 1, 1)); told(err)[0] != o.workOther+".code project.missing" {
		t.Errorf("saving: %v", err)
	}
	if err := o.room.SaveOne(t.Context(), o.lan, o.december, row(o.workOther, 0, 1, 1), o.today); fault.KindOf(err) != fault.NotFound {
		t.Errorf("saving one: %v", err)
	}
	o.must(o.save(o.other, o.december, row(o.workOther, 0, 1, 1)))
	if err := o.room.Submit(t.Context(), o.lan, o.december, progress.Picks(o.workOther), o.today); fault.KindOf(err) != fault.NotFound {
		t.Errorf("submitting: %v", err)
	}
	grid, err := o.room.Grid(t.Context(), o.lan, o.december, progress.GridFilter{}, listing.Query{})
	if err != nil || len(grid.Items) != 2 || grid.Total != 2 {
		t.Errorf("grid: %v, %d works", err, len(grid.Items))
	}
}

func TestMonthsInTheFutureAndIssuedAreRefused(t *testing.T) {
	o := newOffice(t)
	if err := o.save(o.lan, day.MustMonth("2024-01"), row(o.workA, 0, 1, 1)); told(err)[0] != "month progress.month_future" {
		t.Errorf("future: %v", err)
	}
	o.must(o.save(o.lan, o.november, row(o.workA, 0, 1, 1)))
	o.exec(`INSERT INTO report_issue (kind, month, number, issued_on, document, sha256, cutoff, issued_by)
		VALUES ('monthly', '2023-11-01', '01/BC', '2023-12-01', '{}', repeat('0', 64), now(), 1)`)
	if err := o.save(o.lan, o.november, row(o.workB, 0, 1, 1)); fault.KindOf(err) != fault.Conflict || told(err)[0] != o.workB+".executed progress.month_issued" {
		t.Errorf("issued: %v", err)
	}
	if err := o.room.Submit(t.Context(), o.lan, o.november, progress.Picks(o.workA), o.today); !errors.Is(err, progress.ErrIssued) {
		t.Errorf("submitting into an issued month: %v", err)
	}
}

func TestTheGridShowsPlanAndTheMonthBefore(t *testing.T) {
	o := newOffice(t)
	o.accepted(o.november, row(o.workA, 0, 600, 500))
	o.must(o.save(o.lan, o.december, row(o.workA, 0, 650, 520)))
	grid, err := o.room.Grid(t.Context(), o.lan, o.december, progress.GridFilter{}, listing.Query{})
	o.must(err)
	a, b := grid.Items[0], grid.Items[1]
	if a.Code != o.workA || a.Plan != 900 || a.Drawable != 1000 || a.Before.Executed != 600 || a.BeforeMonth != o.november || a.Executed != 650 || a.State != progress.Draft {
		t.Errorf("first work: %+v", a)
	}
	if b.State != "" || b.Version != 0 || !b.BeforeMonth.IsZero() {
		t.Errorf("second work: %+v", b)
	}
	january, err := o.room.Work(t.Context(), o.lan, o.workA, day.MustMonth("2024-01"))
	if err != nil || january.Before.Executed != 0 || january.Before.PhysicalBP != 5000 || january.Drawable != 0 {
		t.Errorf("amounts begin anew in January: %+v %v", january, err)
	}
	waiting, err := o.room.Waiting(t.Context(), o.lan, o.december)
	if err != nil || waiting.Missing != 2 || waiting.ToAccept != 0 {
		t.Errorf("waiting %+v %v", waiting, err)
	}
	o.must(o.room.Submit(t.Context(), o.lan, o.december, progress.Picks(o.workA), o.today))
	if waiting, err = o.room.Waiting(t.Context(), o.head, o.december); err != nil || waiting.ToAccept != 1 || waiting.Missing != 0 {
		t.Errorf("waiting for the head %+v %v", waiting, err)
	}
}

func (o *office) issue(month day.Month) {
	o.t.Helper()
	o.exec(`INSERT INTO report_issue (kind, month, number, issued_on, document, sha256, cutoff, issued_by)
		VALUES ('monthly', $1::date, $2, $1::date, '{"projects": [], "not_reported": []}', repeat('0', 64), now(), 1)`, month, month.String())
}

func (o *office) faults() []string {
	o.t.Helper()
	results, err := invariant.RunAll(o.t.Context(), o.db, progress.Invariants())
	o.must(err)
	var all []string
	for _, r := range results {
		all = append(all, r.Faults...)
	}
	return all
}

func TestAnIssuedMonthIsCorrectedInTheOpenOne(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	o.accepted(o.november, row(o.workA, 0, 600, 500), row(o.workB, 0, 70, 60))
	fix := progress.Correction{InMonth: o.december, ForMonth: o.november, Figure: progress.FigureExecuted, Change: -50, Reason: "Biên bản nghiệm thu lại"}
	if _, err := o.room.Adjust(ctx, o.lan, o.workA, fix, o.today); told(err)[0] != "for_month progress.adjust_not_issued" {
		t.Errorf("correcting a month that is still open: %v", err)
	}
	o.issue(o.november)
	for what, tt := range map[string]struct {
		change func(*progress.Correction)
		want   string
	}{
		"into an issued month":      {func(c *progress.Correction) { c.InMonth, c.ForMonth = o.november, o.november.Add(-1) }, "in_month progress.month_issued"},
		"of a month without entry":  {func(c *progress.Correction) { c.ForMonth = o.november.Add(-1) }, "for_month progress.adjust_not_issued"},
		"into the future":           {func(c *progress.Correction) { c.InMonth = day.MustMonth("2024-01") }, "in_month progress.month_future"},
		"of its own month":          {func(c *progress.Correction) { c.ForMonth = o.december }, "for_month progress.adjust_order"},
		"by nothing":                {func(c *progress.Correction) { c.Change = 0 }, "change progress.adjust_zero"},
		"without a reason":          {func(c *progress.Correction) { c.Reason = "  " }, "reason required"},
		"below zero":                {func(c *progress.Correction) { c.Change = -601 }, "change progress.adjust_negative"},
		"drawn above the capital":   {func(c *progress.Correction) { c.Figure, c.Change = progress.FigureDisbursed, 501 }, "change progress.adjust_over_drawn"},
		"of a figure nobody enters": {func(c *progress.Correction) { c.Figure = "estimate" }, "figure required"},
	} {
		c := fix
		tt.change(&c)
		if _, err := o.room.Adjust(ctx, o.lan, o.workA, c, o.today); !slices.Contains(told(err), tt.want) {
			t.Errorf("%s: %v, want %s", what, err, tt.want)
		}
	}
	if _, err := o.room.Adjust(ctx, o.other, o.workA, fix, o.today); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another unit's work: %v", err)
	}
	code, err := o.room.Adjust(ctx, o.lan, o.workA, fix, o.today)
	o.must(err)
	w, err := o.room.Work(ctx, o.lan, o.workA, o.december)
	if err != nil || w.Floor.Adjusted.Executed != -50 || w.NoGrowth().Executed != 550 {
		t.Errorf("the floor with its adjustment: %+v %v", w.Floor, err)
	}
	o.must(o.save(o.lan, o.december, row(o.workA, 0, 550, 500)))
	o.must(o.room.Submit(ctx, o.lan, o.december, progress.Picks(o.workA), o.today))
	if w, err = o.room.Work(ctx, o.lan, o.workA, o.december); err != nil || len(w.Needs) != 0 {
		t.Errorf("a fall that the adjustment explains asks for a reason: %+v %v", w.Needs, err)
	}
	if err := o.room.Withdraw(ctx, o.hoa, o.workA, code, " "); told(err)[0] != "reason required" {
		t.Errorf("taken back without a reason: %v", err)
	}
	o.must(o.room.Withdraw(ctx, o.hoa, o.workA, code, "nhầm công trình"))
	if err := o.room.Withdraw(ctx, o.hoa, o.workA, code, "lần nữa"); !errors.Is(err, progress.ErrFixed) {
		t.Errorf("taken back twice: %v", err)
	}
	if e := o.entry(o.workA, o.december); e.State != progress.Draft {
		t.Errorf("an entry handed in before its adjustment changed stays %s", e.State)
	}
	all, err := o.room.Adjustments(ctx, o.lan, o.workA)
	if err != nil || len(all) != 2 || all[0].Reverses != code || !all[1].Reversed || all[1].Live() || all[0].Live() {
		t.Errorf("list: %+v %v", all, err)
	}
	if f := o.faults(); len(f) != 0 {
		t.Errorf("invariants: %v", f)
	}
}

func TestAnAdjustmentIsAcceptedWithItsMonthByAnother(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	o.accepted(o.november, row(o.workA, 0, 600, 500))
	o.issue(o.november)
	fix := progress.Correction{InMonth: o.december, ForMonth: o.november, Figure: progress.FigureExecuted, Change: 40, Reason: "Bỏ sót biên bản số 7"}
	both := o.other
	both.Grants = map[actor.Permission]actor.Reach{progress.Read: actor.All, progress.Enter: actor.All, progress.Accept: actor.All}
	_, err := o.room.Adjust(ctx, both, o.workA, fix, o.today)
	o.must(err)
	o.must(o.save(o.lan, o.december, row(o.workA, 0, 640, 500)))
	o.must(o.room.Submit(ctx, o.lan, o.december, progress.Picks(o.workA), o.today))
	if err := o.room.Accept(ctx, both, o.december, progress.Picks(o.workA)); !errors.Is(err, progress.ErrOwn) {
		t.Errorf("who corrected accepts: %v", err)
	}
	if _, err := o.db.Pool().ExecContext(ctx, `UPDATE progress_entry SET state = 'accepted', accepted_by = $1, accepted_at = now() WHERE month = '2023-12-01'`, both.ID); err == nil {
		t.Error("the database lets who corrected accept")
	}
	if rows, err := progress.AdjustmentsOf(ctx, o.db.Read(ctx), o.december, time.Time{}); err != nil || len(rows) != 0 {
		t.Errorf("reported before it is accepted: %+v %v", rows, err)
	}
	o.must(o.room.Accept(ctx, o.head, o.december, progress.Picks(o.workA)))
	if rows, err := progress.AdjustmentsOf(ctx, o.db.Read(ctx), o.december, time.Time{}); err != nil || len(rows) != 1 || rows[0].Change != 40 || rows[0].ForMonth != o.november {
		t.Errorf("accepted: %+v %v", rows, err)
	}
	if _, err := o.room.Adjust(ctx, o.lan, o.workA, fix, o.today); told(err)[0] != "in_month progress.adjust_accepted" {
		t.Errorf("correcting after acceptance: %v", err)
	}
	o.must(o.room.Return(ctx, o.head, o.december, progress.Picks(o.workA), "còn một biên bản"))
	_, err = o.room.Adjust(ctx, o.lan, o.workA, fix, o.today)
	o.must(err)
	for _, q := range []string{`UPDATE progress_adjustment SET change = 1`, `DELETE FROM progress_adjustment`, `TRUNCATE progress_adjustment CASCADE`} {
		if _, err := o.db.Pool().ExecContext(ctx, q); err == nil {
			t.Errorf("%s is let through", q)
		}
	}
}

func TestWhoOwesAnEntry(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	add := func(code, state string, from, to int, handed string) {
		o.exec(`INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, changed_by)
			VALUES ($1, 'Công trình ' || $1, 'C', 'transport', 1, 'UBND', $2, $3, 5000, $4, 1)`, code, from, to, state)
		if handed != "" {
			o.exec(`INSERT INTO project_phase (project_id, phase, entered_on, recorded_by) SELECT id, 'handover', $2::date, 1 FROM project WHERE code = $1`, code, handed)
		}
	}
	add("0000010", "building", 2022, 2024, "")            // no capital this year
	add("0000011", "suspended", 2022, 2023, "")           // stopped: owes "no change"
	add("0000012", "preparing", 2023, 2024, "")           // not begun
	add("0000013", "building", 2020, 2022, "")            // past its years
	add("0000014", "completed", 2022, 2024, "2023-06-15") // finished early: owes until December
	add("0000015", "completed", 2021, 2024, "2022-11-30") // finished the year before
	grid, err := o.room.Grid(ctx, o.head, o.december, progress.GridFilter{}, listing.Query{})
	o.must(err)
	var got []string
	for _, w := range grid.Items {
		got = append(got, w.Code)
		if planned := w.Code < "0000010"; w.Planned != planned {
			t.Errorf("%s planned: %v", w.Code, w.Planned)
		}
	}
	if want := []string{"0000001", "0000002", "0000003", "0000010", "0000011", "0000014"}; !slices.Equal(got, want) {
		t.Errorf("owed: %v, want %v", got, want)
	}
	o.must(o.save(o.lan, o.december, row("0000010", 0, 30, 0)))
	if err := o.room.Submit(ctx, o.lan, o.december, progress.Picks("0000010"), o.today); told(err)[0] != "0000010.executed progress.need.no_plan" {
		t.Errorf("executed in a year without a plan: %v", err)
	}
	o.accepted(o.november, row(o.workA, 0, 600, 500))
	o.issue(o.november)
	var roll []struct {
		Code     string `db:"code"`
		Reported bool   `db:"reported"`
	}
	o.must(o.db.Read(ctx).SelectContext(ctx, &roll, `SELECT p.code, r.reported FROM progress_roll r JOIN project p ON p.id = r.project_id ORDER BY p.code`))
	if len(roll) != 6 || !roll[0].Reported || roll[1].Reported || roll[3].Code != "0000010" {
		t.Errorf("roll: %+v", roll)
	}
	if f := o.faults(); len(f) != 0 {
		t.Errorf("invariants: %v", f)
	}
}

func TestEachEntryIsReturnedWithItsOwnReason(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	o.must(o.save(o.lan, o.december, row(o.workA, 0, 600, 500), row(o.workB, 0, 60, 50)))
	o.must(o.room.Submit(ctx, o.lan, o.december, progress.Picks(o.workA, o.workB), o.today))
	picks := []progress.Pick{{Code: o.workA, Reason: "Thiếu biên bản"}, {Code: o.workB}}
	if err := o.room.Return(ctx, o.head, o.december, picks, ""); told(err)[0] != "reason required" {
		t.Errorf("one without any reason: %v", err)
	}
	o.must(o.room.Return(ctx, o.head, o.december, picks, "Xem lại"))
	if a, b := o.entry(o.workA, o.december), o.entry(o.workB, o.december); a.ReturnReason != "Thiếu biên bản" || b.ReturnReason != "Xem lại" {
		t.Errorf("reasons: %q, %q", a.ReturnReason, b.ReturnReason)
	}
}

func TestWhatVouchersSayStandsBesideTheTypedFigure(t *testing.T) {
	o := newOffice(t)
	o.room.Facts = func(_ context.Context, projects []id.Project, month day.Month) (map[id.Project]progress.Facts, error) {
		if month != o.december || len(projects) != 1 {
			t.Errorf("asked for %v in %s", projects, month)
		}
		return map[id.Project]progress.Facts{projects[0]: {Vouchers: true, Cash: 480, Schedule: true, PhysicalBP: 4400}}, nil
	}
	o.must(o.save(o.lan, o.december, row(o.workA, 0, 600, 500)))
	err := o.room.Submit(t.Context(), o.lan, o.december, progress.Picks(o.workA), o.today)
	if !slices.Equal(told(err), []string{o.workA + ".disbursed progress.need.vouchers"}) {
		t.Errorf("another figure than the vouchers': %v", err)
	}
	o.must(o.save(o.lan, o.december, row(o.workA, 1, 600, 480)))
	o.must(o.room.Submit(t.Context(), o.lan, o.december, progress.Picks(o.workA), o.today))
}
