package compensation

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/listing"
	"matbang/internal/vnd"
)

func TestWholeWayFromDraftToBook(t *testing.T) {
	c, ctx := newCity(t), t.Context()
	code := c.approved()
	if code != "PA-2023-01" {
		t.Errorf("code %s", code)
	}
	p, err := c.room.Get(ctx, c.drafter, code)
	c.must(err)
	if p.State != Approved || p.Total != sampleTotal || p.Deducted != sampleDeducted || p.AwardCount != 2 || p.ApprovedByName != "chu" {
		t.Errorf("plan %+v", p)
	}
	bridge, err := c.room.Ledger.Bridge(ctx, ledger.Limits{Project: p.ProjectID})
	c.must(err)
	if want := (ledger.Bridge{Approved: sampleTotal, Deducted: sampleDeducted, NotOrdered: sampleTotal - sampleDeducted}); bridge != want {
		t.Errorf("bridge %+v, want %+v", bridge, want)
	}
	if n := c.one(`SELECT count(*) FROM journal WHERE kind = 'plan_approved' AND reference = '321/QĐ-UBND' AND day = '2023-12-20'`); n != 1 {
		t.Errorf("%d journals", n)
	}
	if n := c.one(`SELECT count(*) FROM money_step`); n != 6 {
		t.Errorf("%d steps, want 3 for each of 2 awards", n)
	}
	payable, err := c.room.AwardsForPayout(ctx, p.ProjectID)
	c.must(err)
	if len(payable) != 2 || payable[0].CaseCode != "HS1" || payable[0].Total != 340_000_000 || payable[0].EffectiveOn != day.Must("2023-12-25") {
		t.Errorf("payable %+v", payable)
	}
	c.verify()
}

func TestApprovedPlanIsFrozen(t *testing.T) {
	c, ctx := newCity(t), t.Context()
	code := c.approved()
	for name, err := range map[string]error{
		"put":      c.room.PutAwards(ctx, c.drafter, code, c.version(code), sample()),
		"remove":   c.room.RemoveAward(ctx, c.drafter, code, c.version(code), "HS1"),
		"submit":   c.room.Submit(ctx, c.drafter, code, c.version(code)),
		"return":   c.room.Return(ctx, c.leader, code, c.version(code), "sai giá"),
		"appraise": c.room.Appraise(ctx, c.appraiser, code, c.version(code), "6"),
	} {
		if !errors.Is(err, ErrFrozen) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, sql := range []string{
		`UPDATE plan SET name = 'x'`, `DELETE FROM plan`, `UPDATE award SET total = total + 1`, `DELETE FROM award`,
		`INSERT INTO award (plan_id, project_id, case_id) SELECT p.id, p.project_id, c.id FROM plan p, land_case c WHERE c.code = 'HS3'`,
		`UPDATE award_line SET price = price + 1`, `DELETE FROM award_line`,
		`INSERT INTO award_line (award_id, line_no, category, description, unit, quantity, price, amount) SELECT id, 99, 'land', 'x', 'm2', 1, 1, 1 FROM award`,
	} {
		if _, err := c.db.Pool().Exec(sql); err == nil || !strings.Contains(err.Error(), "never changed") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if _, err := c.db.Pool().Exec(`UPDATE money_step SET step = 'approve'`); err == nil {
		t.Error("a step was changed")
	}
	// an award of a draft cannot be pushed into the approved plan either
	other := c.plan(c.second)
	if _, err := c.db.Pool().Exec(`UPDATE award SET plan_id = (SELECT id FROM plan WHERE code = $1), case_id = (SELECT id FROM land_case WHERE code = 'HS3')
		WHERE case_id = (SELECT id FROM land_case WHERE code = 'HS1') AND plan_id = (SELECT id FROM plan WHERE code = $2)`, code, other); err == nil {
		t.Error("an award moved into an approved plan")
	}
}

func TestNobodyDoesTwoSteps(t *testing.T) {
	c, ctx := newCity(t), t.Context()
	who := c.allInOne
	code := c.plan(who)
	c.must(c.room.Submit(ctx, who, code, c.version(code)))
	if err := c.room.Appraise(ctx, who, code, c.version(code), "1"); !errors.Is(err, ErrSamePerson) {
		t.Errorf("the drafter appraised: %v", err)
	}
	c.must(c.room.Appraise(ctx, c.appraiser, code, c.version(code), "1"))
	if _, err := c.room.Approve(ctx, who, code, c.version(code), decision(), "another-key", today); !errors.Is(err, ErrSamePerson) {
		t.Errorf("the drafter approved: %v", err)
	}
	second := c.submitted()
	c.must(c.room.Appraise(ctx, who, second, c.version(second), "2"))
	if _, err := c.room.Approve(ctx, who, second, c.version(second), decision(), "appraiser-key", today); !errors.Is(err, ErrSamePerson) {
		t.Errorf("the appraiser approved: %v", err)
	}
}

func TestAnEditorOfTheDraftNeverAppraises(t *testing.T) {
	c, ctx := newCity(t), t.Context()
	code := c.plan(c.drafter)
	c.must(c.room.PutAwards(ctx, c.allInOne, code, c.version(code), sample()[1:]))
	c.must(c.room.Submit(ctx, c.second, code, c.version(code)))
	if err := c.room.Appraise(ctx, c.allInOne, code, c.version(code), "1"); !errors.Is(err, ErrSamePerson) {
		t.Errorf("who wrote a line appraised: %v", err)
	}
}

func TestTheDatabaseKeepsThreePersonsApart(t *testing.T) {
	c := newCity(t)
	submitted := c.submitted()
	if _, err := c.db.Pool().Exec(`UPDATE plan SET state = 'appraised', appraised_by = drafted_by, appraised_at = now() WHERE code = $1`, submitted); err == nil ||
		!strings.Contains(err.Error(), "plan_drafter_never_appraises") {
		t.Errorf("%v", err)
	}
	appraised := c.appraised()
	for _, column := range []string{"drafted_by", "appraised_by"} {
		if _, err := c.db.Pool().Exec(`UPDATE plan SET state = 'approved', approved_by = `+column+`, approved_at = now(), decision_no = '1',
			decided_on = '2023-12-20', effective_on = '2023-12-20' WHERE code = $1`, appraised); err == nil || !strings.Contains(err.Error(), "plan_approver_made_no_step") {
			t.Errorf("%s: %v", column, err)
		}
	}
	code := c.approved()
	if _, err := c.db.Pool().Exec(`INSERT INTO money_step (award_id, user_id, step) SELECT a.id, $2, 'order_make' FROM award a JOIN plan p ON p.id = a.plan_id WHERE p.code = $1`,
		code, int64(c.leader.ID)); err == nil || !strings.Contains(err.Error(), "money_step_one_per_person") {
		t.Errorf("%v", err)
	}
}

func TestStepsOfOnePerson(t *testing.T) {
	c := newCity(t)
	c.approved()
	var awards []id.Award
	for _, one := range []string{"HS1", "HS2"} {
		awards = append(awards, id.Award(c.one(`SELECT a.id FROM award a JOIN land_case c ON c.id = a.case_id WHERE c.code = $1`, one)))
	}
	record := func(user id.User, step string) error {
		return c.db.Run(t.Context(), func(ctx context.Context) error { return RecordSteps(ctx, c.db.Write(ctx), awards, user, step) })
	}
	if err := record(c.second.ID, StepOrderMake); err != nil {
		t.Errorf("a fourth person: %v", err)
	}
	if err := record(c.second.ID, StepOrderMake); err != nil {
		t.Errorf("the same step again, for the next part of the award: %v", err)
	}
	if err := record(c.second.ID, StepOrderApprove); !errors.Is(err, ErrSamePerson) {
		t.Errorf("another step: %v", err)
	}
	if err := record(c.leader.ID, StepOrderRelease); !errors.Is(err, ErrSamePerson) {
		t.Errorf("who approved the plan released: %v", err)
	}
}

func TestSameKeyApprovesOnce(t *testing.T) {
	c, ctx := newCity(t), t.Context()
	code := c.appraised()
	v := c.version(code)
	first, err := c.room.Approve(ctx, c.leader, code, v, decision(), "one-key-for-it", today)
	c.must(err)
	again, err := c.room.Approve(ctx, c.leader, code, v, decision(), "one-key-for-it", today)
	c.must(err)
	if first.Plan != again.Plan || first.Total != again.Total || first.Awards != again.Awards {
		t.Errorf("%+v, again %+v", first, again)
	}
	other := decision()
	other.Number = "999/QĐ-UBND"
	if _, err := c.room.Approve(ctx, c.leader, code, v, other, "one-key-for-it", today); !errors.Is(err, ledger.ErrKeyReused) {
		t.Errorf("another decision under the same key: %v", err)
	}
	if _, err := c.room.Approve(ctx, c.leader, code, c.version(code), decision(), "", today); !errors.Is(err, ledger.ErrKeyMissing) {
		t.Errorf("no key: %v", err)
	}
	if n := c.one(`SELECT count(*) FROM journal`); n != 1 {
		t.Errorf("%d journals", n)
	}
	c.verify()
}

func TestTwentyApprovalsAtOnceMakeOneJournal(t *testing.T) {
	c := newCity(t)
	code := c.appraised()
	v := c.version(code)
	var wg sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			who := c.leader
			if i%2 == 1 {
				who = c.leader2
			}
			_, errs[i] = c.room.Approve(t.Context(), who, code, v, decision(), "key-number-"+string(rune('a'+i)), today)
		}()
	}
	wg.Wait()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
		} else if k := fault.KindOf(err); k != fault.Changed && k != fault.Conflict {
			t.Errorf("%v", err)
		}
	}
	if n := c.one(`SELECT count(*) FROM journal`); done != 1 || n != 1 {
		t.Errorf("%d succeeded, %d journals", done, n)
	}
	c.verify()
}

func TestReturnedPlanIsEditedAndSubmittedAgain(t *testing.T) {
	c, ctx := newCity(t), t.Context()
	code := c.submitted()
	if err := c.room.Return(ctx, c.appraiser, code, c.version(code), "  "); !errors.Is(err, fault.InvalidField("", "")) {
		t.Errorf("without a reason: %v", err)
	}
	if err := c.room.Return(ctx, c.leader, code, c.version(code), "sai"); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a submitted plan is the appraiser's to return: %v", err)
	}
	c.must(c.room.Return(ctx, c.appraiser, code, c.version(code), "Thiếu căn cứ giá"))
	p, err := c.room.Get(ctx, c.drafter, code)
	c.must(err)
	if p.State != Returned || p.ReturnReason != "Thiếu căn cứ giá" || p.ReturnedByName != "tham" {
		t.Errorf("%+v", p)
	}
	c.must(c.room.RemoveAward(ctx, c.drafter, code, p.Version, "HS2"))
	p, err = c.room.Get(ctx, c.drafter, code)
	c.must(err)
	if p.State != Drafted || p.Total != 340_000_000 || p.AwardCount != 1 {
		t.Errorf("%+v", p)
	}
	c.must(c.room.Submit(ctx, c.drafter, code, p.Version))
	c.must(c.room.Appraise(ctx, c.appraiser, code, c.version(code), "7/BC"))
	c.must(c.room.Return(ctx, c.leader, code, c.version(code), "Xem lại diện tích"))
	c.must(c.room.Submit(ctx, c.drafter, code, c.version(code)))
	c.must(c.room.Appraise(ctx, c.appraiser, code, c.version(code), "8/BC"))
	_, err = c.room.Approve(ctx, c.leader, code, c.version(code), decision(), "after-returns", today)
	c.must(err)
	c.verify()
}

func TestAnotherUnitSeesNothing(t *testing.T) {
	c, ctx := newCity(t), t.Context()
	code := c.plan(c.drafter)
	if _, err := c.room.Get(ctx, c.stranger, code); !errors.Is(err, ErrMissing) {
		t.Errorf("get: %v", err)
	}
	list, err := c.room.Plans(ctx, c.stranger, Filter{}, listing.Query{})
	c.must(err)
	if len(list.Items) != 0 || list.Total != 0 {
		t.Errorf("list %+v", list)
	}
	if err := c.room.PutAwards(ctx, c.stranger, code, c.version(code), sample()); !errors.Is(err, ErrMissing) {
		t.Errorf("put: %v", err)
	}
	if _, err := c.room.CreatePlan(ctx, c.stranger, NewPlan{Project: "7000001", Name: "x", RuleSet: "2013"}, today); fault.KindOf(err) != fault.Invalid {
		t.Errorf("create in another unit's work: %v", err)
	}
	if _, err := c.room.CreatePlan(ctx, c.leader, NewPlan{Project: "7000001", Name: "x", RuleSet: "2013"}, today); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("create without the permission: %v", err)
	}
	err = c.room.PutAwards(ctx, c.drafter, code, c.version(code), []AwardInput{{"HS9", sample()[0].Lines}})
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("a case of another work: %v", err)
	}
}

func TestTheSecondOfTwoPeopleIsToldWhoChangedIt(t *testing.T) {
	c, ctx := newCity(t), t.Context()
	code := c.plan(c.drafter)
	seen := c.version(code)
	c.must(c.room.PutAwards(ctx, c.second, code, seen, sample()[:1]))
	err := c.room.PutAwards(ctx, c.drafter, code, seen, sample())
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.Changed || f.Args[0] != "minh" {
		t.Errorf("%v", err)
	}
}

func TestPutReplacesOnlyTheAwardsGiven(t *testing.T) {
	c, ctx := newCity(t), t.Context()
	code := c.plan(c.drafter)
	c.must(c.room.PutAwards(ctx, c.drafter, code, c.version(code), []AwardInput{
		{"HS3", []Line{line(Land, 8_000, 1_000, 10000)}}, {"HS2", []Line{line(Land, 12_050, 2_000, 10000), line(Support, 100, 7, 10000)}}}))
	p, a, err := c.room.Award(ctx, c.drafter, code, "HS2")
	c.must(err)
	if p.AwardCount != 3 || p.Total != 340_000_000+80_000+241_007 || a.Total != 241_007 || len(a.Lines) != 2 || a.Lines[1].Category != Support {
		t.Errorf("%+v\n%+v", p, a)
	}
	awards, err := c.room.Awards(ctx, p.ID, listing.Query{Text: "nguyen thi hs3"})
	c.must(err)
	if len(awards.Items) != 1 || awards.Items[0].CaseCode != "HS3" {
		t.Errorf("%+v", awards)
	}
	c.verify()
}

func TestCheckAndWhatItBlocks(t *testing.T) {
	c, ctx := newCity(t), t.Context()
	code, err := c.room.CreatePlan(ctx, c.drafter, NewPlan{Project: "7000001", Name: "Trống", RuleSet: "2024"}, today)
	c.must(err)
	if err := c.room.Submit(ctx, c.drafter, code, 1); !errors.Is(err, ErrIncomplete) {
		t.Errorf("an empty plan was submitted: %v", err)
	}
	bare := line(Land, 30_001, 1_000, 10000)
	bare.Basis = ""
	c.must(c.room.PutAwards(ctx, c.drafter, code, 1, []AwardInput{{"HS1", []Line{bare}}, {"HS2", []Line{line(Land, 1_000, 0, 10000)}}}))
	findings, err := c.room.Check(ctx, c.drafter, code)
	c.must(err)
	got := map[string]bool{}
	for _, f := range findings {
		got[f.Code+" "+f.Case] = f.Blocking
	}
	for key, blocks := range map[string]bool{"land_over HS1": true, "no_money HS2": true, "land_under HS2": false, "basis_missing HS1": false,
		"rule_set_differs HS1": false, "recovery_missing HS2": false, "inventory_missing HS1": false, "case_unawarded ": false} {
		if b, there := got[key]; !there || b != blocks {
			t.Errorf("%s: there %v, blocking %v; all %v", key, there, b, got)
		}
	}
	if err := c.room.Submit(ctx, c.drafter, code, 2); !errors.Is(err, ErrIncomplete) {
		t.Errorf("submitted with blocking findings: %v", err)
	}
}

func TestAmountsAgreeWithTheDatabaseAtTheEdges(t *testing.T) {
	c, ctx := newCity(t), t.Context()
	code := c.plan(c.drafter)
	edge := []Line{line(Land, 1, 50, 10000), line(Land, 333, 333, 3333), line(Land, 999_999_999_949, 99, 100), line(Land, 999_999_999_999, 9_001, 10_000),
		line(Support, 12_345_678_901, 7_654_321, 4_999), line(Support, 1, 9_007_199_254_740, 9_999), line(Support, 16_001, 99_999_999_999, 1_031)}
	c.must(c.room.PutAwards(ctx, c.drafter, code, c.version(code), []AwardInput{{"HS1", edge}}))
	c.verify()
}

func TestSupplementaryPlanAddsToTheCase(t *testing.T) {
	c, ctx := newCity(t), t.Context()
	c.approved()
	c.approved()
	caseID := id.Case(c.one(`SELECT id FROM land_case WHERE code = 'HS1'`))
	sums, err := c.room.Awarded(ctx, []id.Case{caseID})
	c.must(err)
	if sums[caseID] != vnd.Amount(2*340_000_000) {
		t.Errorf("%v", sums)
	}
	awards, err := c.room.OfCase(ctx, caseID)
	c.must(err)
	if len(awards) != 2 || awards[1].PlanCode != "PA-2023-02" {
		t.Errorf("%+v", awards)
	}
	c.verify()
}

func TestInvariantsSeeWhatIsBroken(t *testing.T) {
	c := newCity(t)
	c.approved()
	c.exec(`ALTER TABLE plan DISABLE TRIGGER ALL; ALTER TABLE award DISABLE TRIGGER ALL; ALTER TABLE award_line DISABLE TRIGGER ALL;
		ALTER TABLE money_step DISABLE TRIGGER ALL; ALTER TABLE holder_party DISABLE TRIGGER ALL;
		ALTER TABLE plan DROP CONSTRAINT plan_drafter_never_appraises; ALTER TABLE plan DROP CONSTRAINT plan_approver_made_no_step;
		ALTER TABLE money_step DROP CONSTRAINT money_step_one_per_person`)
	for _, b := range []struct{ name, break1, mend string }{
		{"award_equals_lines", `UPDATE award SET total = total + 1`, `UPDATE award SET total = total - 1`},
		{"plan_equals_awards", `UPDATE plan SET total = total + 1`, `UPDATE plan SET total = total - 1`},
		{"approved_plan_booked", `UPDATE plan SET journal_id = journal_id + 1000`, `UPDATE plan SET journal_id = journal_id - 1000`},
		{"approved_plan_booked", `UPDATE plan SET decision_no = decision_no || 'x'`, `UPDATE plan SET decision_no = rtrim(decision_no, 'x')`},
		{"award_in_its_project", `UPDATE award SET case_id = (SELECT id FROM land_case WHERE code = 'HS9') WHERE case_id = (SELECT id FROM land_case WHERE code = 'HS1')`,
			`UPDATE award SET case_id = (SELECT id FROM land_case WHERE code = 'HS1') WHERE case_id = (SELECT id FROM land_case WHERE code = 'HS9')`},
		{"shares_whole", `UPDATE holder_party SET share_bp = 9999`, `UPDATE holder_party SET share_bp = 10000`},
		{"deduction_within_base", `UPDATE award_line SET category = 'support' WHERE category = 'land'`, `UPDATE award_line SET category = 'land' WHERE category = 'support'`},
		{"plan_three_persons", `UPDATE plan SET approved_by = appraised_by`, `UPDATE plan SET approved_by = (SELECT id FROM app_user WHERE username = 'chu')`},
		{"one_step_per_person", `INSERT INTO money_step SELECT award_id, user_id, 'order_make' FROM money_step WHERE step = 'draft'`, `DELETE FROM money_step WHERE step = 'order_make'`},
		{"plan_steps_recorded", `DELETE FROM money_step WHERE step = 'appraise'`, ``},
	} {
		c.exec(b.break1)
		if got := strings.Join(c.broken(), "\n"); !strings.Contains(got, b.name+": ") {
			t.Errorf("%s not seen after %s; seen: %s", b.name, b.break1, got)
		}
		if b.mend != "" {
			c.exec(b.mend)
			c.verify()
		}
	}
}
