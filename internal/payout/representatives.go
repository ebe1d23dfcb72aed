package payout

import (
	"context"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
)

// Representative is who signed for cash in the payee's name, by an authority with its paper. Without ValidTo it holds until it is withdrawn.
type Representative struct {
	Name        string   `db:"rep_name" json:"name"`
	IdentityNo  string   `db:"rep_identity" json:"identity_no"` // masked at the edge; never in the log
	Relation    string   `db:"rep_relation" json:"relation"`
	PaperNo     string   `db:"rep_paper_no" json:"paper_no"`
	PaperDay    day.Date `db:"rep_paper_day" json:"paper_day"`
	CertifiedBy string   `db:"rep_certified_by" json:"certified_by"`
	ValidTo     day.Date `db:"rep_valid_to" json:"valid_to,omitempty"`
}

// check lists what is wrong with a representative who signed on a day.
func (r Representative) check(signed day.Date) error {
	var w fault.Wrong
	for _, f := range []struct{ name, value string }{{"rep_name", r.Name}, {"rep_identity", r.IdentityNo}, {"rep_relation", r.Relation}, {"rep_paper_no", r.PaperNo}, {"rep_certified_by", r.CertifiedBy}} {
		w.Check(strings.TrimSpace(f.value) != "", f.name, "required")
	}
	switch {
	case r.PaperDay.IsZero():
		w.Add("rep_paper_day", "required")
	case !signed.IsZero() && r.PaperDay.After(signed):
		w.Add("rep_paper_day", "payout.authority_later", signed)
	}
	w.Check(r.ValidTo.IsZero() || signed.IsZero() || !r.ValidTo.Before(signed), "rep_valid_to", "payout.authority_over", signed)
	return w.Err()
}

// signing is what RecordSigned says, for its key; only its hash is kept.
type signing struct {
	Result Result
	Rep    Representative
}

// RecordSigned is RecordResults of cash that another than the payee signed for. Refuses: wrong fields (an authority that does not hold on the
// day it was used), payout.cash_only for a payment that is no cash, and what RecordResults refuses.
func (p Payouts) RecordSigned(ctx context.Context, who actor.Actor, r Result, rep Representative, key string, today day.Date) error {
	r.Kind = ResultPaid
	scope, err := who.Require(RecordResult)
	if err != nil {
		return err
	}
	if err := rep.check(r.Day); err != nil {
		return err
	}
	if err := byHand([]Result{r}); err != nil {
		return err
	}
	done := ""
	return refuse(p.Ledger.Once(ctx, who, "payout.record_signed", key, signing{r, rep}, &done, func(ctx context.Context) error {
		done = r.PaymentCode
		if err := p.recordByHand(ctx, who, scope, []Result{r}, today); err != nil {
			return err
		}
		return store{p.DB.Write(ctx)}.keepRepresentative(ctx, r.PaymentCode, rep)
	}))
}

// keepRepresentative ties the representative to the result that the act has just written of its locked payment.
func (s store) keepRepresentative(ctx context.Context, payment string, r Representative) error {
	res, err := s.q.ExecContext(ctx,
		`INSERT INTO payment_representative (result_id, full_name, identity_no, relation, paper_no, paper_day, certified_by, valid_to)
		 SELECT (SELECT max(r.id) FROM payment_result r WHERE r.payment_id = p.id AND r.kind = 'paid'), $2, $3, $4, $5, $6, $7, $8
		 FROM payment p JOIN payout_order o ON o.id = p.order_id WHERE p.code = $1 AND o.method = 'cash'`,
		payment, r.Name, r.IdentityNo, r.Relation, r.PaperNo, r.PaperDay, r.CertifiedBy, r.ValidTo)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return ErrCashOnly
	}
	return nil
}
