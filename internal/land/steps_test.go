package land_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/land"
)

func paper(kind, on string) land.Step {
	return land.Step{Kind: kind, DoneOn: day.Must(on), DocumentNo: "12/UBND"}
}

func TestStepsFollowTheLaw(t *testing.T) {
	w := newWorld(t)
	code := w.mustOpen(t, newCase("Nông Văn Bảo", "17+175")) // ONT: the longer period
	for _, c := range []struct {
		why  string
		step land.Step
		want string
	}{
		{"out of order", paper(land.Inventory, "2023-02-01"), "kind land.step_order"},
		{"the first", paper(land.Notice, "2023-01-10"), ""},
		{"again", paper(land.Notice, "2023-01-11"), "kind land.step_twice"},
		{"the second", paper(land.Inventory, "2023-02-01"), ""},
		{"the third", paper(land.Posting, "2023-03-01"), ""},
		{"in the future", paper(land.Decision, "2024-01-01"), "done_on day_future"},
		{"a day before the notice period ends", paper(land.Decision, "2023-07-08"), "done_on land.notice_period"},
		{"on the earliest lawful day", paper(land.Decision, "2023-07-09"), ""},
		{"the last", paper(land.Handover, "2023-08-01"), ""},
	} {
		err := w.RecordStep(t.Context(), w.lan, code, c.step, w.today)
		if got := strings.Join(codesOf(err), ","); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
	c, err := w.Find(t.Context(), w.lan, code)
	must(t, err)
	days, err := w.EffectiveOn(t.Context(), []id.Case{c.ID}, land.Decision)
	if must(t, err); days[c.ID] != day.Must("2023-07-09") {
		t.Errorf("the decision took effect on %v", days[c.ID])
	}
}

func TestFarmLandWaitsLess(t *testing.T) {
	w := newWorld(t)
	in := newCase("Nông Văn Bảo", "17+175")
	in.Parcels[0].LandCode = "LUC"
	code := w.mustOpen(t, in)
	must(t, w.RecordSteps(t.Context(), w.lan, []land.CaseStep{{Case: code, Step: paper(land.Notice, "2023-01-10")},
		{Case: code, Step: paper(land.Inventory, "2023-02-01")}, {Case: code, Step: paper(land.Posting, "2023-03-01")}}, w.today))
	must(t, w.RecordStep(t.Context(), w.lan, code, paper(land.Decision, "2023-04-10"), w.today))
}

func TestNoPeriodInTheRuleSetMeansNoStep(t *testing.T) {
	w := newWorld(t)
	w.sql(t, `DELETE FROM legal_rule`)
	code := w.mustOpen(t, newCase("Nông Văn Bảo", "17+175"))
	steps := []land.CaseStep{{Case: code, Step: paper(land.Notice, "2023-01-10")}, {Case: code, Step: paper(land.Inventory, "2023-01-10")},
		{Case: code, Step: paper(land.Posting, "2023-01-10")}, {Case: code, Step: paper(land.Decision, "2023-12-10")}}
	if err := w.RecordSteps(t.Context(), w.lan, steps, w.today); !errors.Is(err, fault.Conflicting("legal.no_rule")) {
		t.Errorf("got %v", err)
	}
	steps[3].AgreedEarly, steps[3].Note = true, "Biên bản thỏa thuận 03/BB"
	must(t, w.RecordSteps(t.Context(), w.lan, steps, w.today))
}

func TestManyStepsAreAllOrNothing(t *testing.T) {
	w := newWorld(t)
	a, b := w.mustOpen(t, newCase("A", "1")), w.mustOpen(t, newCase("B", "2"))
	err := w.RecordSteps(t.Context(), w.lan, []land.CaseStep{{Case: a, Step: paper(land.Notice, "2023-01-10")}, {Case: b, Step: paper(land.Handover, "2023-01-10")},
		{Case: "nowhere", Step: paper(land.Notice, "2023-01-10")}}, w.today)
	if got := codesOf(err); !slices.Equal(got, []string{"rows.1.kind land.step_order", "rows.2.case land.case_missing"}) {
		t.Errorf("got %v", got)
	}
	if n := w.count(t, `SELECT count(*) FROM case_step`); n != 0 {
		t.Errorf("%d steps were written", n)
	}
}

func TestAWrongStepIsWithdrawnAndWrittenAgain(t *testing.T) {
	w := newWorld(t)
	code := w.mustOpen(t, newCase("Nông Văn Bảo", "17+175"))
	ctx := t.Context()
	must(t, w.RecordSteps(ctx, w.lan, []land.CaseStep{{Case: code, Step: paper(land.Notice, "2023-01-10")}, {Case: code, Step: paper(land.Inventory, "2023-02-01")}}, w.today))
	for _, c := range []struct{ kind, reason, want string }{
		{land.Notice, "sai ngày", "land.step_not_last"}, {land.Inventory, " ", "reason land.reason_needed"}, {land.Posting, "x", "land.step_missing"}, {land.Inventory, "sai ngày", ""},
	} {
		if got := strings.Join(codesOf(w.WithdrawStep(ctx, w.lan, code, c.kind, c.reason)), ","); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.kind, c.reason, got, c.want)
		}
	}
	must(t, w.RecordStep(ctx, w.minh, code, paper(land.Inventory, "2023-02-02"), w.today))
	d, err := w.Case(ctx, w.lan, code)
	if must(t, err); len(d.Steps) != 3 || d.Steps[1].WithdrawnBy != "Hoàng Thị Lan" || d.Steps[1].WithdrawnReason != "sai ngày" || d.Steps[2].RecordedBy != "Triệu Văn Minh" {
		t.Errorf("got %+v", d.Steps)
	}
}

func TestHolderAndItsNumbers(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	code, err := w.AddHolder(ctx, w.lan, household("Nông Văn Bảo", ducXuan), w.today)
	must(t, err)
	h, err := w.Holder(ctx, w.lan, code)
	must(t, err)
	in := household("Nông Văn Bảo", ducXuan)
	in.State = "deceased"
	in.Parties = []land.Party{{ID: h.Parties[0].ID, FullName: "Nông Văn Bảo", Relation: "owner"},
		{FullName: "Nông Thị Hoa", Relation: "heir", ShareBP: 5000}, {FullName: "Nông Văn Tú", Relation: "heir", ShareBP: 5000}}
	must(t, w.UpdateHolder(ctx, w.lan, code, 1, in, w.today))
	if err := w.UpdateHolder(ctx, w.minh, code, 1, in, w.today); fault.KindOf(err) != fault.Changed {
		t.Errorf("the second person: %v", err)
	}
	opened, err := w.OpenNumbers(ctx, w.lan, code, "đối chiếu giấy tờ")
	if must(t, err); len(opened.Parties) != 3 || opened.Parties[0].IdentityNo != "006086001234" || opened.Parties[0].ID != h.Parties[0].ID {
		t.Errorf("an empty number did not stay, or the person became another: %+v", opened.Parties)
	}
	if _, err := w.OpenNumbers(ctx, w.lan, code, " "); !errors.Is(err, land.ErrReason) && fault.KindOf(err) != fault.Invalid {
		t.Errorf("opened without a reason: %v", err)
	}
	if n := w.count(t, `SELECT count(*) FROM audit_event WHERE act = 'holder.open_numbers' AND reason = 'đối chiếu giấy tờ' AND actor_name = 'lan'`); n != 1 {
		t.Errorf("%d openings in the log", n)
	}
	if n := w.count(t, `SELECT count(*) FROM audit_event WHERE before::text LIKE '%006086001234%' OR after::text LIKE '%006086001234%' OR after::text LIKE '%3751012345%'`); n != 0 {
		t.Errorf("%d events carry a full number", n)
	}
	if _, err := w.AddHolder(ctx, w.ward, household("Người phường khác", songCau), w.today); !slices.Equal(codesOf(err), []string{"ward land.ward_other"}) {
		t.Errorf("a ward entered a holder it cannot see: %v", err)
	}
}
