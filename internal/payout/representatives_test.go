package payout_test

import (
	"context"
	"testing"

	"matbang/internal/day"
	"matbang/internal/payout"
)

func TestAnotherSignsForCashWithAnAuthority(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a := w.award(30_000_000, 0)
	_, payments := w.released(order(payout.MethodCash, part(a, 30_000_000)))
	told := result(payments[0], payout.ResultPaid)
	good := payout.Representative{Name: "Nguyễn Văn Con", IdentityNo: "006085012345", Relation: "con", PaperNo: "15/UQ", PaperDay: today, CertifiedBy: "UBND phường Đức Xuân", ValidTo: today}
	for name, c := range map[string]struct {
		field, code string
		change      func(*payout.Representative)
	}{
		"nobody":                  {"rep_name", "required", func(r *payout.Representative) { r.Name = " " }},
		"no identity":             {"rep_identity", "required", func(r *payout.Representative) { r.IdentityNo = "" }},
		"no relation":             {"rep_relation", "required", func(r *payout.Representative) { r.Relation = "" }},
		"no paper":                {"rep_paper_no", "required", func(r *payout.Representative) { r.PaperNo = "" }},
		"no day":                  {"rep_paper_day", "required", func(r *payout.Representative) { r.PaperDay = day.Date{} }},
		"certified by nobody":     {"rep_certified_by", "required", func(r *payout.Representative) { r.CertifiedBy = "" }},
		"an authority of later":   {"rep_paper_day", "payout.authority_later", func(r *payout.Representative) { r.PaperDay = today.Add(1); r.ValidTo = day.Date{} }},
		"an authority that ended": {"rep_valid_to", "payout.authority_over", func(r *payout.Representative) { r.PaperDay, r.ValidTo = today.Add(-9), today.Add(-1) }},
	} {
		rep := good
		c.change(&rep)
		if err := w.payouts.RecordSigned(ctx, w.accountant, told, rep, w.key(), today); !hasField(err, c.field, c.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
	key := w.key()
	for range 2 {
		w.must(w.payouts.RecordSigned(ctx, w.accountant, told, good, key, today))
	}
	p, results, err := w.payouts.Payment(ctx, w.reader, payments[0].Code)
	if err != nil || p.SignedBy != good.Name || len(results) != 1 || results[0].Representative != good {
		t.Errorf("%+v %+v %v", p, results, err)
	}
	var logged int
	w.get(&logged, `SELECT count(*) FROM audit_event e WHERE e::text LIKE '%006085012345%'`)
	if logged != 0 {
		t.Error("the log shows an identity number")
	}
	b := w.award(10_000_000, 0)
	_, byBank := w.released(order(payout.MethodTransfer, part(b, 10_000_000)))
	if err := w.payouts.RecordSigned(ctx, w.accountant, result(byBank[0], payout.ResultPaid), good, w.key(), today); !hasField(err, "representative", "payout.cash_only") {
		t.Errorf("a transfer signed for: %v", err)
	}
	w.sound()
}
