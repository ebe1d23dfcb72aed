package contract_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"matbang/internal/contract"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/vnd"
)

func TestAContractStandsOnDecisionsAndItsEstimate(t *testing.T) {
	w := newWorld(t)
	pack := w.pack(1000)
	for name, c := range map[string]struct {
		change func(*contract.NewContract)
		code   string
	}{
		"before the investment decision": {func(in *contract.NewContract) { in.SignedOn = day.Must("2022-03-14") }, "signed_on contract.before_investment"},
		"before the plan":                {func(in *contract.NewContract) { in.SignedOn = day.Must("2022-04-30") }, "signed_on contract.before_plan"},
		"above the estimate":             {func(in *contract.NewContract) { in.Value = 1001 }, "over_estimate_reason contract.over_estimate"},
		"advance above the cap":          {func(in *contract.NewContract) { in.AdvanceBP = 3001 }, "advance_reason contract.advance_over_cap"},
		"tomorrow":                       {func(in *contract.NewContract) { in.SignedOn = today.Add(1); in.StartsOn = today.Add(1) }, "signed_on day_future"},
		"a firm without a name":          {func(in *contract.NewContract) { in.Contractor = "" }, "contractor contract.contractor_name"},
		"another unit's work":            {func(in *contract.NewContract) { in.Project = otherWork }, "package.missing"},
	} {
		t.Run(name, func(t *testing.T) {
			in := w.input(pack, 1000)
			c.change(&in)
			_, err := w.room.Sign(t.Context(), w.lan, in, today)
			w.refused(err, c.code)
		})
	}
	in := w.input(pack, 1200)
	in.AdvanceBP, in.SignedOn, in.OverReason = 5000, day.Must("2022-06-01"), "khối lượng phát sinh đã được duyệt" // no cap stood in 2022
	code, err := w.room.Sign(t.Context(), w.lan, in, today)
	w.must(err)
	if code != "HD-2022-0001" {
		t.Errorf("code %s", code)
	}
	w.sound()
}

func TestConsultingMayPrepareTheInvestmentDecision(t *testing.T) {
	w := newWorld(t)
	in := packageInput()
	in.Field, in.DecidedOn = "consulting", day.Must("2022-01-15")
	w.must(w.room.AddPackage(t.Context(), w.lan, in, today))
	c := w.input(in.Code, 100)
	c.SignedOn, c.AdvanceBP = day.Must("2022-02-01"), 0
	_, err := w.room.Sign(t.Context(), w.lan, c, today)
	w.must(err)
	c.Number, c.SignedOn = "x", day.Must("2022-01-09")
	_, err = w.room.Sign(t.Context(), w.lan, c, today)
	w.refused(err, "contract.before_investment")
}

func TestAPackageKeepsToItsContracts(t *testing.T) {
	w := newWorld(t)
	pack := w.pack(1000)
	_, err := w.room.Sign(t.Context(), w.lan, w.input(pack, 900), today)
	w.must(err)
	in := packageInput()
	in.Code, in.Estimate = pack, 899
	w.refused(w.room.UpdatePackage(t.Context(), w.lan, 1, in, today), "estimate contract.estimate_below")
	in.Estimate, in.DecidedOn = 950, day.Must("2023-02-02")
	w.refused(w.room.UpdatePackage(t.Context(), w.lan, 1, in, today), "decided_on contract.plan_after_signing")
	in.DecidedOn = day.Must("2022-05-02")
	w.must(w.room.UpdatePackage(t.Context(), w.lan, 1, in, today))
	w.refused(w.room.UpdatePackage(t.Context(), w.hoa, 1, in, today), "changed_meanwhile")
	_, err = w.room.Sign(t.Context(), w.lan, w.input(pack, 51), today)
	w.refused(err, "over_estimate") // a second contract of the package counts with the first
	w.refused(w.room.AddPackage(t.Context(), w.lan, in, today), "code contract.package_twice")
	w.broken(w.try(`UPDATE package SET estimate = 1`), "contract_within_estimate")
}

func TestAmendmentsKeepTheTotal(t *testing.T) {
	w := newWorld(t)
	code := w.contract(1000, 1100)
	w.must(w.amend(code, 100))
	w.must(w.amend(code, -50)) // a second one on the same day
	w.must(w.accept(code, 700))
	w.refused(w.amend(code, -351), "value_change contract.below_accepted")
	w.refused(w.amend(code, 51), "over_estimate_reason contract.over_estimate")
	w.refused(w.amend(code, 0), "contract.nothing_amended")
	w.must(w.room.Amend(t.Context(), w.lan, code, w.file(code).Version, contract.Amendment{Number: "PL", DecidedOn: today, NewEndsOn: day.Must("2025-03-31"), Reason: "lũ"}, today))
	f := w.file(code)
	if f.Value != 1050 || f.OriginalValue != 1000 || f.EndsOn != day.Must("2025-03-31") || f.OriginalEndsOn != day.Must("2024-06-30") || len(f.Amendments) != 3 {
		t.Errorf("got %+v", f.Contract)
	}
	if found := f.Findings(contract.Site{}, today); len(found) != 1 || found[0].Code != "ends_after_work" {
		t.Errorf("found %v", found)
	}
	w.broken(w.try(`UPDATE contract SET value = value + 1`), "contract_value_whole")
	w.broken(w.try(`UPDATE contract SET original_value = 1`), "contract_fixed")
	w.broken(w.try(`DELETE FROM contract_amendment`), "contract_amendment_append_only")
	w.sound()
}

func TestWorkIsAcceptedWithinTheContractAndBilledWithinTheAccepted(t *testing.T) {
	w := newWorld(t)
	code := w.contract(1000, 1000)
	w.refused(w.accept(code, 1001), "value contract.accepted_over")
	w.must(w.accept(code, 600))
	_, err := w.bill(code, 601, 0)
	w.refused(err, "completed_value contract.billed_over")
	first, err := w.bill(code, 401, 100)
	w.must(err)
	b, err := w.room.Bill(t.Context(), w.leader, first)
	w.must(err)
	if b.Retained != 20 || b.Payable != 281 || b.Number != 1 || b.State != contract.Draft { // 5 % of 401 is 20.05
		t.Errorf("got %+v", b)
	}
	_, err = w.bill(code, 100, 96)
	w.refused(err, "advance_recovered contract.recovered_over")
	w.refused(w.accept(code, -200), "value contract.accepted_below_billed")
	w.must(w.accept(code, -199))
	w.broken(w.try(`INSERT INTO acceptance (contract_id, number, kind, accepted_on, value, recorded_by) SELECT id, 'x', 'stage', '2023-07-01', 9999, 1 FROM contract`), "contract_accepted_within_value")
	w.broken(w.try(`UPDATE bill SET completed_value = 402, payable = 282`), "contract_billed_within_accepted")
	w.broken(w.try(`UPDATE bill SET payable = 1`), "bill_payable_whole")
	w.must(w.room.CancelBill(t.Context(), w.lan, first, 1, "lập sai"))
	if _, err = w.bill(code, 401, 0); err != nil {
		t.Errorf("a cancelled bill still holds what is accepted: %v", err)
	}
	w.sound()
}

func TestCompletionClosesAContract(t *testing.T) {
	w := newWorld(t)
	code := w.contract(1000, 1000)
	w.must(w.room.Accept(t.Context(), w.lan, code, 1, contract.Acceptance{Number: "BB", Kind: "completion", AcceptedOn: day.Must("2023-11-30"), Value: 1000}, today))
	w.refused(w.accept(code, 1), "contract.not_active")
	w.refused(w.amend(code, 1), "contract.not_active")
	w.must(w.accept(code, -10)) // too much accepted is still taken back
	_, err := w.bill(code, 990, 0)
	w.must(err)
	w.refused(w.room.Terminate(t.Context(), w.lan, code, w.file(code).Version, today, "x", today), "contract.not_active")
	if f := w.file(code); f.State != contract.Completed || f.EndedOn != day.Must("2023-11-30") {
		t.Errorf("got %+v", f.Contract)
	}
	w.sound()
}

func TestATerminatedContractFreesItsPackage(t *testing.T) {
	w := newWorld(t)
	pack := w.pack(1000)
	code, err := w.room.Sign(t.Context(), w.lan, w.input(pack, 1000), today)
	w.must(err)
	w.refused(w.room.Terminate(t.Context(), w.lan, code, 1, day.Must("2023-01-31"), "", today), "ended_on contract.before_signing; end_reason required")
	w.must(w.room.Terminate(t.Context(), w.lan, code, 1, day.Must("2023-08-01"), "nhà thầu bỏ việc", today))
	_, err = w.room.Sign(t.Context(), w.lan, w.input(pack, 1000), today)
	w.must(err)
}

func TestWhoEntersABillNeverApprovesIt(t *testing.T) {
	w := newWorld(t)
	code := w.contract(1000, 1000)
	w.must(w.accept(code, 600))
	bill, err := w.bill(code, 100, 0)
	w.must(err)
	w.refused(w.room.ApproveBills(t.Context(), w.head, w.pick(bill)), "bill.wrong_state")
	w.must(w.room.UpdateBill(t.Context(), w.hoa, bill, 1, contract.BillInput{Day: today, Completed: 200}, today)) // hoa may approve, but changes it
	w.must(w.room.SubmitBills(t.Context(), w.lan, w.pick(bill)))
	w.refused(w.room.ApproveBills(t.Context(), w.hoa, w.pick(bill)), "bill.maker_never_approves")
	w.refused(w.room.ApproveBills(t.Context(), w.lan, w.pick(bill)), "forbidden")
	w.refused(w.room.ReturnBill(t.Context(), w.head, bill, w.pick(bill).Version, " "), "reason required")
	w.must(w.room.ReturnBill(t.Context(), w.head, bill, w.pick(bill).Version, "thiếu bảng tính"))
	w.must(w.room.SubmitBills(t.Context(), w.lan, w.pick(bill)))
	w.refused(w.room.ApproveBills(t.Context(), w.head, contract.Pick{Code: bill, Version: 1}), "changed_meanwhile")
	w.must(w.room.ApproveBills(t.Context(), w.head, w.pick(bill)))
	w.refused(w.room.CancelBill(t.Context(), w.lan, bill, w.pick(bill).Version, "x"), "bill.wrong_state")
	w.broken(w.try(`UPDATE bill SET note = 'x'`), "bill_closed")
	w.broken(w.try(`INSERT INTO bill (contract_id, number, day, completed_value, payable, state, made_by, edited_by, changed_by, submitted_by, approved_by, approved_at)
		SELECT id, 9, '2023-12-01', 1, 1, 'approved', 1, 1, 1, 1, 1, now() FROM contract`), "bill_maker_never_approves")
	waiting, err := w.room.Waiting(t.Context(), w.head, today)
	w.must(err)
	if waiting.Count() != 0 {
		t.Errorf("waits: %+v", waiting)
	}
	w.sound()
}

func TestGuaranteesAreWatched(t *testing.T) {
	w := newWorld(t)
	code := w.contract(5_000_000_000, 5_000_000_000)
	add := func(kind, number, expires, replaces string) (string, error) {
		return w.room.AddGuarantee(t.Context(), w.lan, code, w.file(code).Version, contract.Guarantee{Kind: kind, Bank: "Ngân hàng", Number: number, Amount: 250_000_000,
			ValidFrom: day.Must("2023-02-01"), ExpiresOn: day.Must(expires), Replaces: replaces})
	}
	over, err := add("performance", "1", "2023-12-30", "")
	w.must(err)
	soon, err := add("advance", "2", "2024-01-30", "")
	w.must(err)
	_, err = add("warranty", "3", "2024-01-31", "")
	w.must(err)
	alerts, err := w.room.Alerts(t.Context(), w.lan, today)
	w.must(err)
	if len(alerts) != 2 || alerts[0].Code != over || !alerts[0].Expired() || alerts[1].Code != soon || alerts[1].Days != 30 {
		t.Errorf("alerts %+v", alerts)
	}
	if alerts, err := w.room.Alerts(t.Context(), w.other, today); err != nil || len(alerts) != 0 {
		t.Errorf("another unit sees %v, %v", alerts, err)
	}
	list, err := w.room.List(t.Context(), w.lan, contract.Filter{Warn: "expired"}, listing.Query{}, today)
	w.must(err)
	if list.Total != 1 || len(list.Items) != 1 || list.Items[0].GuaranteeState != "expired" {
		t.Errorf("list %+v", list)
	}
	_, err = add("advance", "4", "2024-06-30", over)
	w.refused(err, "contract.guarantee_kind")
	_, err = add("performance", "4", "2023-12-30", over)
	w.refused(err, "contract.not_longer")
	next, err := add("performance", "4", "2024-06-30", over)
	w.must(err)
	_, err = add("performance", "5", "2024-07-30", over)
	w.refused(err, "contract.guarantee_closed")
	w.must(w.room.ReleaseGuarantee(t.Context(), w.lan, soon, w.file(code).Version, today, today))
	w.refused(w.room.ReleaseGuarantee(t.Context(), w.lan, soon, w.file(code).Version, today, today), "contract.guarantee_closed")
	w.refused(w.room.ReleaseGuarantee(t.Context(), w.lan, next, w.file(code).Version, day.Must("2023-01-31"), today), "contract.release_order")
	w.refused(w.room.ReleaseGuarantee(t.Context(), w.other, next, w.file(code).Version, today, today), "guarantee.missing")
	if alerts, err := w.room.Alerts(t.Context(), w.lan, today); err != nil || len(alerts) != 0 {
		t.Errorf("alerts %v, %v", alerts, err)
	}
	w.broken(w.try(`UPDATE guarantee SET expires_on = '2030-01-01'`), "guarantee_fixed")
}

func TestAnAdvanceNeedsALivingGuarantee(t *testing.T) {
	w := newWorld(t)
	code := w.contract(10_000_000_000, 10_000_000_000)
	contractID := w.file(code).ID
	check := func(amount vnd.Amount, on string) error {
		return w.room.AdvanceCheck(t.Context(), contractID, amount, day.Must(on))
	}
	w.must(check(1_000_000_000, "2023-03-01")) // up to the limit without
	w.refused(check(1_000_000_001, "2023-03-01"), "contract.advance_guarantee")
	_, err := w.room.AddGuarantee(t.Context(), w.lan, code, 1, contract.Guarantee{Kind: "advance", Bank: "NH", Number: "1", Amount: 2_500_000_000, ValidFrom: day.Must("2023-02-15"), ExpiresOn: day.Must("2023-09-30")})
	w.must(err)
	w.must(check(2_500_000_000, "2023-02-15"))
	w.must(check(2_500_000_000, "2023-09-30"))
	w.refused(check(2_500_000_000, "2023-10-01"), "contract.advance_guarantee")
	w.refused(check(2_500_000_001, "2023-09-30"), "contract.advance_guarantee")
	w.refused(check(3_000_000_001, "2023-03-01"), "contract.advance_above")
	w.refused(w.room.AdvanceCheck(t.Context(), contractID+9, 1, today), "contract.missing")
	w.must(w.room.Terminate(t.Context(), w.lan, code, w.file(code).Version, today, "x", today))
	w.refused(check(1, "2023-12-31"), "contract.not_active")
}

func TestFactsTellTheSite(t *testing.T) {
	w := newWorld(t)
	code := w.contract(1000, 1000)
	w.must(w.accept(code, 500))
	bill, err := w.bill(code, 400, 50)
	w.must(err)
	w.must(w.room.SubmitBills(t.Context(), w.lan, w.pick(bill)))
	w.must(w.room.ApproveBills(t.Context(), w.head, w.pick(bill)))
	w.exec(`INSERT INTO ward (code, name, kind, valid_from) VALUES ('01837', 'Đức Xuân', 'ward', '2015-01-01')`)
	w.exec(`INSERT INTO rule_set (code, name, valid_from, basis) VALUES ('A-2013', 'x', '2014-07-01', 'x')`)
	for i, area := range []string{"120.50", "80"} {
		w.exec(`INSERT INTO holder (code, kind, name, ward_id, changed_by) VALUES ($1::text, 'household', 'Hộ', 1, 1)`, string(rune('A'+i)))
		w.exec(`INSERT INTO land_case (code, project_id, holder_id, ward_id, rule_set, recovered_area, opened_on, changed_by)
			SELECT h.code, p.id, h.id, 1, 'A-2013', $2::numeric, '2023-01-01', 1 FROM holder h, project p WHERE h.code = $1 AND p.code = '0000001'`, string(rune('A'+i)), area)
	}
	w.exec(`INSERT INTO case_step (case_id, kind, done_on, effective_on, recorded_by) SELECT min(id), 'handover', '2023-05-01', '2023-05-01', 1 FROM land_case`)
	f, err := w.room.Facts(t.Context(), w.file(code).ID)
	w.must(err)
	if !f.Site.Short() || f.Site.HandedOver.String() != "120,50" || f.Site.Total.String() != "200,50" || f.Approved != 400 || f.Payable != 330 || f.Recovered != 50 || f.Accepted != 500 {
		t.Errorf("got %+v", f)
	}
	if _, err := w.room.Facts(t.Context(), id.Contract(99)); !errors.Is(err, contract.ErrMissing) {
		t.Error(err)
	}
}

// Two planners bill the same accepted work at once: one is told that it changed meanwhile, and no more is billed than was accepted.
func TestTwoBillAtOnce(t *testing.T) {
	w := newWorld(t)
	code := w.contract(1000, 1000)
	w.must(w.accept(code, 600))
	version := w.file(code).Version
	var wait sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wait.Go(func() {
			_, errs[i] = w.room.AddBill(context.Background(), w.lan, code, version, contract.BillInput{Day: today, Completed: 400}, today)
		})
	}
	wait.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
		} else if fault.KindOf(err) != fault.Changed {
			t.Error(err)
		}
	}
	if made != 1 {
		t.Errorf("%d bills were made", made)
	}
	w.sound()
}

// The triggers alone hold where two write past the acts at once.
func TestTwoPastTheActsAtOnce(t *testing.T) {
	w := newWorld(t)
	w.contract(1000, 1000)
	var wait sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		wait.Go(func() {
			errs[i] = w.try(`INSERT INTO acceptance (contract_id, number, kind, accepted_on, value, recorded_by) SELECT id, $1, 'stage', '2023-07-01', 600, 1 FROM contract`, string(rune('a'+i)))
		})
	}
	wait.Wait()
	kept := 0
	for _, err := range errs {
		if err == nil {
			kept++
		} else {
			w.broken(err, "contract_accepted_within_value")
		}
	}
	if kept != 1 {
		t.Errorf("%d acceptances stand", kept)
	}
	w.sound()
}
