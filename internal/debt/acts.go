package debt

import (
	"context"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/ledger"
)

// Record writes a debt of a case by the paper that says it, and gives its code. Refuses: wrong fields, debt.case_unknown, debt.twice (the same paper
// for the same case). The same key gives the same code.
func (d Debts) Record(ctx context.Context, who actor.Actor, in New, key string, today day.Date) (string, error) {
	scope, err := who.Require(Record)
	if err != nil {
		return "", err
	}
	if err := in.check(today); err != nil {
		return "", err
	}
	code := ""
	err = d.Ledger.Once(ctx, who, "debt.record", key, in, &code, func(ctx context.Context) error {
		s := store{d.DB.Write(ctx)}
		c, err := s.caseOf(ctx, scope, strings.TrimSpace(in.Case))
		if err != nil {
			return err
		}
		journal, err := d.Ledger.Post(ctx, who, ledger.Entry{Kind: ledger.DebtRecorded, Reference: strings.TrimSpace(in.PaperNo), Project: c.ProjectID, Day: in.PaperDay,
			Postings: ledger.Move(c.CaseID, ledger.DebtSource, ledger.Debt, in.Amount)})
		if err != nil {
			return err
		}
		if code, err = s.insert(ctx, c, in, journal, who.ID); err != nil {
			return err
		}
		return d.Log.Write(ctx, audit.Event{Actor: who, Act: "debt.record", ObjectKind: "debt", ObjectCode: code, After: in})
	})
	return code, refuse(err)
}

// step is what an act on a debt says, for its key.
type step struct {
	Code      string
	Version   int
	Reason    string     `json:",omitempty"`
	Repayment *Repayment `json:",omitempty"`
}

// onDebt runs an act on a locked debt that stands, once for a key, after the version check.
func (d Debts) onDebt(ctx context.Context, who actor.Actor, may actor.Permission, act string, in step, key string, run func(ctx context.Context, s store, e Debt) error) error {
	scope, err := who.Require(may)
	if err != nil {
		return err
	}
	return refuse(d.Ledger.Once(ctx, who, act, key, in, &step{}, func(ctx context.Context) error {
		s := store{d.DB.Write(ctx)}
		e, err := s.lock(ctx, scope, in.Code)
		switch {
		case err != nil:
			return err
		case e.Version != in.Version:
			return fault.ChangedBy(e.ChangedBy, e.ChangedAt)
		case e.State == TakenBack:
			return ErrGone
		}
		if err := run(ctx, s, e); err != nil {
			return err
		}
		return d.Log.Write(ctx, audit.Event{Actor: who, Act: act, ObjectKind: "debt", ObjectCode: e.Code, Reason: in.Reason,
			Before: map[string]any{"repaid_vnd": e.Repaid}, After: in.Repayment})
	}))
}

// Repay writes what the person paid to the state budget, by its receipt. Refuses: debt.missing, changed_meanwhile, debt.gone, wrong fields (more than is left,
// both figures), debt.receipt_twice.
func (d Debts) Repay(ctx context.Context, who actor.Actor, code string, version int, in Repayment, key string, today day.Date) error {
	return d.onDebt(ctx, who, Record, "debt.repay", step{Code: code, Version: version, Repayment: &in}, key, func(ctx context.Context, s store, e Debt) error {
		if err := in.check(e, today); err != nil {
			return err
		}
		journal, err := d.Ledger.Post(ctx, who, ledger.Entry{Kind: ledger.DebtRepaid, Reference: e.Code, Project: e.ProjectID, Day: in.Day,
			Postings: ledger.Move(e.CaseID, ledger.Debt, ledger.DebtSource, in.Amount)})
		if err != nil {
			return err
		}
		return s.repay(ctx, e, in, journal, who.ID)
	})
}

// TakeBack reverses the last payment of a debt that stands, or the debt itself when none does. Another person than the one who entered it does so.
// Refuses: a missing reason, debt.missing, changed_meanwhile, debt.gone, debt.same_person.
func (d Debts) TakeBack(ctx context.Context, who actor.Actor, code string, version int, reason, key string, today day.Date) error {
	if strings.TrimSpace(reason) == "" {
		return ErrReason
	}
	return d.onDebt(ctx, who, TakeBack, "debt.take_back", step{Code: code, Version: version, Reason: reason}, key, func(ctx context.Context, s store, e Debt) error {
		last, paid, err := s.lastPayment(ctx, e.ID)
		if err != nil {
			return err
		}
		journal, maker := e.JournalID, e.MadeByID
		if paid {
			journal, maker = last.JournalID, last.MadeByID
		}
		if maker == who.ID {
			return ErrSame
		}
		if _, err := d.Ledger.Reverse(ctx, who, journal, e.Code, today); err != nil {
			return err
		}
		if paid {
			return s.takePaymentBack(ctx, e, last, who.ID)
		}
		return s.takeBack(ctx, e, who.ID)
	})
}
