package late

import (
	"context"
	"slices"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/ledger"
)

// MaxLines bounds one plan.
const MaxLines = 2000

// StateCause says why the money of an award is late; the statement before stays known. A cause of the person's needs its paper.
// Refuses: late.missing, wrong fields.
func (r Late) StateCause(ctx context.Context, who actor.Actor, caseCode, planCode string, cause Cause, paper, note string) error {
	scope, err := who.Require(Plan)
	if err != nil {
		return err
	}
	if err := checkCause(cause, paper); err != nil {
		return err
	}
	return r.DB.Run(ctx, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		award, err := s.award(ctx, scope, caseCode, planCode)
		if err != nil {
			return err
		}
		if err := s.state(ctx, award, cause, strings.TrimSpace(paper), strings.TrimSpace(note), who.ID); err != nil {
			return refuse(err)
		}
		return r.Log.Write(ctx, audit.Event{Actor: who, Act: "late.cause", ObjectKind: "case", ObjectCode: caseCode, Reason: note,
			After: map[string]any{"plan": planCode, "cause": cause, "paper": paper}})
	})
}

// Draft makes a plan of every surcharge of a work that no other plan has taken up, reckoned through a day, and gives its code. Refuses: wrong fields,
// late.nothing_left, late.no_basis when a late day has no rate, late.in_draft when another draft holds one of the awards, late.too_many.
func (r Late) Draft(ctx context.Context, who actor.Actor, in NewPlan, key string, today day.Date) (string, error) {
	scope, err := who.Require(Plan)
	if err != nil {
		return "", err
	}
	if err := in.check(today); err != nil {
		return "", err
	}
	code := ""
	err = r.Ledger.Once(ctx, who, "late.draft", key, in, &code, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		project, err := s.projectID(ctx, scope, in.Project)
		if err != nil {
			return err
		}
		overdue, err := r.reckon(ctx, scope, question{project: in.Project, on: in.Through})
		if err != nil {
			return err
		}
		if overdue, err = plannable(overdue); err != nil {
			return err
		}
		if code, err = s.insert(ctx, project, in, overdue, who.ID); err != nil {
			return err
		}
		return r.Log.Write(ctx, audit.Event{Actor: who, Act: "late.draft", ObjectKind: "late_plan", ObjectCode: code, After: in})
	})
	return code, refuse(err)
}

func plannable(overdue []Overdue) ([]Overdue, error) {
	if slices.ContainsFunc(overdue, func(d Overdue) bool { return d.NoBasis }) {
		return nil, ErrNoBasis
	}
	left := slices.DeleteFunc(overdue, func(d Overdue) bool { return d.Left() == 0 })
	switch {
	case len(left) == 0:
		return nil, ErrNothing
	case len(left) > MaxLines:
		return nil, ErrTooMany
	default:
		return left, nil
	}
}

// step is what a one-button act on a plan says, for its key.
type step struct {
	Code, Text, Number string
	Version            int
	Result             Result
}

// onPlan runs an act on a locked plan once for a key, after the version check.
func (r Late) onPlan(ctx context.Context, who actor.Actor, may actor.Permission, act string, in step, key string,
	run func(ctx context.Context, s store, p SurchargePlan) error) error {
	scope, err := who.Require(may)
	if err != nil {
		return err
	}
	var done step
	return refuse(r.Ledger.Once(ctx, who, act, key, in, &done, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		p, err := s.plan(ctx, scope, in.Code, true)
		if err != nil {
			return err
		}
		if p.Version != in.Version {
			return fault.ChangedBy(p.ChangedBy, p.ChangedAt)
		}
		if err := run(ctx, s, p); err != nil {
			return err
		}
		done = in
		return r.Log.Write(ctx, audit.Event{Actor: who, Act: act, ObjectKind: "late_plan", ObjectCode: p.Code, Reason: in.Text,
			Before: map[string]any{"state": p.State, "paid_vnd": p.Paid}, After: in.Result})
	}))
}

// Approve takes a plan's surcharge up as an obligation of its own. Refuses: late.plan_missing, changed_meanwhile, late.wrong_state,
// late.maker_never_approves, wrong fields.
func (r Late) Approve(ctx context.Context, who actor.Actor, code string, version int, number string, on day.Date, key string, today day.Date) error {
	in := step{Code: code, Version: version, Number: number, Text: on.String()}
	return r.onPlan(ctx, who, Sign, "late.approve", in, key, func(ctx context.Context, s store, p SurchargePlan) error {
		if err := p.mayApprove(who.ID, number, on, today); err != nil {
			return err
		}
		lines, err := s.lines(ctx, p.ID)
		if err != nil {
			return err
		}
		postings := make([]ledger.Posting, 0, 2*len(lines))
		for _, l := range lines {
			postings = append(postings, ledger.Move(l.CaseID, ledger.SurchargeApproved, ledger.SurchargeDue, l.Amount)...)
		}
		if _, err := r.Ledger.Post(ctx, who, ledger.Entry{Kind: ledger.SurchargePlanned, Reference: p.Code, Project: p.ProjectID, Day: on, Postings: postings}); err != nil {
			return err
		}
		return s.approve(ctx, p.ID, strings.TrimSpace(number), on, who.ID)
	})
}

// Cancel ends a draft; what it held is free again. Refuses: a missing reason, late.wrong_state.
func (r Late) Cancel(ctx context.Context, who actor.Actor, code string, version int, reason, key string) error {
	return r.onPlan(ctx, who, Plan, "late.cancel", step{Code: code, Version: version, Text: reason}, key, func(ctx context.Context, s store, p SurchargePlan) error {
		if strings.TrimSpace(reason) == "" {
			return ErrReason
		}
		if p.State != Draft {
			return ErrState
		}
		return s.cancel(ctx, p.ID, reason, who.ID)
	})
}

// RecordPaid records that a line of an approved plan reached the person, by somebody who neither made nor approved the plan.
// Refuses: late.line_missing, late.paid, late.third_person, late.wrong_state, wrong fields.
func (r Late) RecordPaid(ctx context.Context, who actor.Actor, code string, version int, res Result, key string, today day.Date) error {
	return r.onPlan(ctx, who, Pay, "late.pay", step{Code: code, Version: version, Result: res}, key, func(ctx context.Context, s store, p SurchargePlan) error {
		l, err := p.payable(ctx, s, who, res.Line)
		if err != nil {
			return err
		}
		if l.PaidID != 0 {
			return ErrPaid
		}
		if err := res.check(p, today); err != nil {
			return err
		}
		journal, err := r.Ledger.Post(ctx, who, ledger.Entry{Kind: ledger.SurchargeHanded, Reference: p.Code, Project: p.ProjectID, Day: res.Day,
			Postings: ledger.Move(l.CaseID, ledger.SurchargeDue, ledger.SurchargePaid, l.Amount)})
		if err != nil {
			return err
		}
		return s.paid(ctx, p.ID, l, res, 0, journal, who.ID)
	})
}

// TakeBack takes a payment of a line back by a reversal. Refuses: a missing reason, late.not_paid, and what RecordPaid refuses of a plan.
func (r Late) TakeBack(ctx context.Context, who actor.Actor, code string, version int, line int64, reason, key string, today day.Date) error {
	in := step{Code: code, Version: version, Text: reason, Result: Result{Line: line}}
	return r.onPlan(ctx, who, Pay, "late.take_back", in, key, func(ctx context.Context, s store, p SurchargePlan) error {
		if strings.TrimSpace(reason) == "" {
			return ErrReason
		}
		l, err := p.payable(ctx, s, who, line)
		if err != nil {
			return err
		}
		if l.PaidID == 0 {
			return ErrNotPaid
		}
		old, err := s.journalOf(ctx, l.PaidID)
		if err != nil {
			return err
		}
		journal, err := r.Ledger.Reverse(ctx, who, old, p.Code, today)
		if err != nil {
			return err
		}
		return s.paid(ctx, p.ID, l, Result{Day: today, EvidenceKind: "correction", EvidenceRef: reason}, l.PaidID, journal, who.ID)
	})
}

// payable finds a line of an approved plan for somebody who had no step in it.
func (p SurchargePlan) payable(ctx context.Context, s store, who actor.Actor, line int64) (PlanLine, error) {
	if p.State != Approved {
		return PlanLine{}, ErrState
	}
	if who.ID == p.MadeByID || who.ID == p.ApprovedByID {
		return PlanLine{}, ErrThird
	}
	lines, err := s.lines(ctx, p.ID)
	if err != nil {
		return PlanLine{}, err
	}
	at := slices.IndexFunc(lines, func(l PlanLine) bool { return l.ID == line })
	if at < 0 {
		return PlanLine{}, ErrLineMissing
	}
	return lines[at], nil
}
