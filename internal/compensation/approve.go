package compensation

import (
	"context"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/ledger"
)

// approveInput is what makes two requests with the same key the same request.
type approveInput struct {
	Plan     string   `json:"plan"`
	Version  int      `json:"version"`
	Decision Decision `json:"decision"`
}

// Approve freezes an appraised plan under a decision and books its money: one journal, on the day of the decision. The same key and content
// gives the first answer again. Refuses wrong fields (a decision of the future, effect before the decision), a plan not appraised or changed
// meanwhile, and whoever drafted or appraised it (nobody does two steps of the same money).
func (c Compensation) Approve(ctx context.Context, who actor.Actor, code string, version int, d Decision, key string, today day.Date) (Approval, error) {
	scope, err := who.Require(Approve)
	if err != nil {
		return Approval{}, err
	}
	d.Number = strings.TrimSpace(d.Number)
	if err := d.check(today); err != nil {
		return Approval{}, err
	}
	var answer Approval
	err = c.Ledger.Once(ctx, who, "plan.approve", key, approveInput{code, version, d}, &answer, func(ctx context.Context) error {
		answer, err = c.approve(ctx, who, scope, code, version, d)
		return err
	})
	return answer, err
}

func (c Compensation) approve(ctx context.Context, who actor.Actor, scope actor.Scope, code string, version int, d Decision) (Approval, error) {
	s := store{c.DB.Write(ctx)}
	p, err := s.findAt(ctx, scope, code, version)
	if err != nil {
		return Approval{}, err
	}
	drafters, err := s.drafters(ctx, p.ID)
	if err != nil {
		return Approval{}, err
	}
	if err := p.mayApprove(drafters, who.ID); err != nil {
		return Approval{}, err
	}
	awards, err := s.awardSums(ctx, p.ID)
	if err != nil {
		return Approval{}, err
	}
	if err := recordPlanSteps(ctx, s, awards, drafters, *p.AppraisedBy, who.ID); err != nil {
		return Approval{}, err
	}
	journal, err := c.Ledger.Post(ctx, who, ledger.Entry{Kind: ledger.PlanApproved, Reference: d.Number, Project: p.ProjectID, Day: d.DecidedOn,
		Postings: postings(awards)})
	if err != nil {
		return Approval{}, err
	}
	if err := s.approve(ctx, p.ID, d, journal, who.ID); err != nil {
		return Approval{}, err
	}
	answer := Approval{Plan: code, Journal: journal, Awards: len(awards), Total: p.Total, Deducted: p.Deducted}
	return answer, c.Log.Write(ctx, audit.Event{Actor: who, Act: "plan.approve", ObjectKind: "plan", ObjectCode: code,
		After: map[string]any{"decision": d, "awards": len(awards), "total_vnd": p.Total, "deducted_vnd": p.Deducted, "journal": journal}})
}

// recordPlanSteps writes the three steps of a plan on the money of each of its awards.
func recordPlanSteps(ctx context.Context, s store, awards []awardSum, drafters []id.User, appraiser, approver id.User) error {
	ids := make([]id.Award, len(awards))
	for i, a := range awards {
		ids[i] = a.ID
	}
	for _, drafter := range drafters {
		if err := RecordSteps(ctx, s.q, ids, drafter, StepDraft); err != nil {
			return err
		}
	}
	if err := RecordSteps(ctx, s.q, ids, appraiser, StepAppraise); err != nil {
		return err
	}
	return RecordSteps(ctx, s.q, ids, approver, StepApprove)
}

// postings carries each award from approved to deducted and not ordered; amounts of zero are no postings.
func postings(awards []awardSum) []ledger.Posting {
	var out []ledger.Posting
	add := func(p ledger.Posting) {
		if p.Amount != 0 {
			out = append(out, p)
		}
	}
	for _, a := range awards {
		add(ledger.Posting{Case: a.Case, Account: ledger.Approved, Amount: -a.Total})
		add(ledger.Posting{Case: a.Case, Account: ledger.Deducted, Amount: a.Deducted})
		add(ledger.Posting{Case: a.Case, Account: ledger.NotOrdered, Amount: a.Total - a.Deducted})
	}
	return out
}
