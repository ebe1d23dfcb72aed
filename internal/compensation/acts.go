package compensation

import (
	"context"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

// CreatePlan begins a plan of a work that recovers land, with awards if some are given, and gives its code. Refuses wrong fields, a work
// outside the scope, and all that PutAwards refuses.
func (c Compensation) CreatePlan(ctx context.Context, who actor.Actor, in NewPlan, today day.Date) (string, error) {
	scope, err := who.Require(Draft)
	if err != nil {
		return "", err
	}
	in.Name = strings.TrimSpace(in.Name)
	if err := in.check(); err != nil {
		return "", err
	}
	var code string
	err = c.DB.Run(ctx, func(ctx context.Context) error {
		s := store{c.DB.Write(ctx)}
		if code, err = s.insert(ctx, scope, in, who.ID, today); err != nil {
			return err
		}
		if len(in.Awards) > 0 {
			if err := c.PutAwards(ctx, who, code, 1, in.Awards); err != nil {
				return err
			}
		}
		return c.Log.Write(ctx, audit.Event{Actor: who, Act: "plan.create", ObjectKind: "plan", ObjectCode: code,
			After: map[string]any{"project": in.Project, "name": in.Name, "rule_set": in.RuleSet}})
	})
	return code, err
}

// PutAwards writes the awards of the cases given and replaces what they had in this plan; other awards stay. Amounts are computed here.
// A returned plan becomes a draft again. Refuses every wrong line at once, cases that are not of the work, a plan that is submitted or
// approved, and one changed meanwhile.
func (c Compensation) PutAwards(ctx context.Context, who actor.Actor, code string, version int, inputs []AwardInput) error {
	scope, err := who.Require(Draft)
	if err != nil {
		return err
	}
	awards, err := priced(inputs)
	if err != nil {
		return err
	}
	return c.DB.Run(ctx, func(ctx context.Context) error {
		s := store{c.DB.Write(ctx)}
		p, err := s.findAt(ctx, scope, code, version)
		if err != nil {
			return err
		}
		if !p.Editable() {
			return p.errState()
		}
		cases, err := s.caseIDs(ctx, scope, p.ProjectID, awards)
		if err != nil {
			return err
		}
		if err := s.putAwards(ctx, p, cases, awards); err != nil {
			return err
		}
		if err := s.edited(ctx, p.ID, who.ID); err != nil {
			return err
		}
		return c.Log.Write(ctx, audit.Event{Actor: who, Act: "plan.award", ObjectKind: "plan", ObjectCode: code, After: logged(awards)})
	})
}

// loggedAward keeps a bulk entry short in the log: sums of each case, the lines only when they are few.
type loggedAward struct {
	Case     string     `json:"case"`
	Total    vnd.Amount `json:"total_vnd"`
	Deducted vnd.Amount `json:"deducted_vnd"`
	Lines    []Line     `json:"lines,omitempty"`
}

func logged(awards []AwardInput) []loggedAward {
	out := make([]loggedAward, len(awards))
	for i, a := range awards {
		out[i].Case = a.CaseCode
		out[i].Total, out[i].Deducted = a.total()
		if len(awards) <= 10 {
			out[i].Lines = a.Lines
		}
	}
	return out
}

// RemoveAward takes a case out of a plan that is still being written. Refuses: compensation.award_missing, a plan no longer editable.
func (c Compensation) RemoveAward(ctx context.Context, who actor.Actor, code string, version int, caseCode string) error {
	scope, err := who.Require(Draft)
	if err != nil {
		return err
	}
	return c.DB.Run(ctx, func(ctx context.Context) error {
		s := store{c.DB.Write(ctx)}
		p, err := s.findAt(ctx, scope, code, version)
		if err != nil {
			return err
		}
		if !p.Editable() {
			return p.errState()
		}
		old, err := s.award(ctx, p.ID, caseCode)
		if err != nil {
			return err
		}
		if err := s.removeAward(ctx, old.ID); err != nil {
			return err
		}
		if err := s.edited(ctx, p.ID, who.ID); err != nil {
			return err
		}
		return c.Log.Write(ctx, audit.Event{Actor: who, Act: "plan.remove", ObjectKind: "plan", ObjectCode: code, Before: old})
	})
}

// Submit hands a plan over for appraisal; from here it is not edited unless it comes back. Refuses a plan with blocking findings.
func (c Compensation) Submit(ctx context.Context, who actor.Actor, code string, version int) error {
	scope, err := who.Require(Draft)
	if err != nil {
		return err
	}
	return c.DB.Run(ctx, func(ctx context.Context) error {
		s := store{c.DB.Write(ctx)}
		p, err := s.findAt(ctx, scope, code, version)
		if err != nil {
			return err
		}
		if !p.Editable() {
			return p.errState()
		}
		findings, err := s.check(ctx, p)
		if err != nil {
			return err
		}
		if n := blocking(findings); n > 0 {
			return fault.Conflicting(ErrIncomplete.Code, n)
		}
		if err := s.submit(ctx, p.ID, who.ID); err != nil {
			return err
		}
		return c.Log.Write(ctx, audit.Event{Actor: who, Act: "plan.submit", ObjectKind: "plan", ObjectCode: code,
			After: map[string]any{"awards": p.AwardCount, "total_vnd": p.Total, "deducted_vnd": p.Deducted}})
	})
}

func blocking(findings []Finding) int {
	n := 0
	for _, f := range findings {
		if f.Blocking {
			n++
		}
	}
	return n
}

// Appraise passes a submitted plan on for approval, with the number of the appraisal paper. Refuses whoever wrote in the draft.
func (c Compensation) Appraise(ctx context.Context, who actor.Actor, code string, version int, appraisalNo string) error {
	scope, err := who.Require(Appraise)
	if err != nil {
		return err
	}
	appraisalNo = strings.TrimSpace(appraisalNo)
	if appraisalNo == "" {
		return ErrAppraisalNo
	}
	return c.DB.Run(ctx, func(ctx context.Context) error {
		s := store{c.DB.Write(ctx)}
		p, err := s.findAt(ctx, scope, code, version)
		if err != nil {
			return err
		}
		drafters, err := s.drafters(ctx, p.ID)
		if err != nil {
			return err
		}
		if err := p.mayAppraise(drafters, who.ID); err != nil {
			return err
		}
		if err := s.appraise(ctx, p.ID, appraisalNo, who.ID); err != nil {
			return err
		}
		return c.Log.Write(ctx, audit.Event{Actor: who, Act: "plan.appraise", ObjectKind: "plan", ObjectCode: code,
			After: map[string]any{"appraisal_number": appraisalNo}})
	})
}

// Return gives a plan back with a reason: a submitted one by who may appraise, an appraised one by who may approve.
func (c Compensation) Return(ctx context.Context, who actor.Actor, code string, version int, reason string) error {
	reason = strings.TrimSpace(reason)
	if !who.Can(Appraise) && !who.Can(Approve) {
		_, err := who.Require(Appraise)
		return err
	}
	if reason == "" {
		return ErrReasonMissing
	}
	return c.DB.Run(ctx, func(ctx context.Context) error {
		s := store{c.DB.Write(ctx)}
		p, err := c.findForReturn(ctx, s, who, code, version)
		if err != nil {
			return err
		}
		if err := s.giveBack(ctx, p.ID, reason, who.ID); err != nil {
			return err
		}
		return c.Log.Write(ctx, audit.Event{Actor: who, Act: "plan.return", ObjectKind: "plan", ObjectCode: code, Reason: reason})
	})
}

// findForReturn asks for the permission that the plan's state calls for, with that permission's own scope.
func (c Compensation) findForReturn(ctx context.Context, s store, who actor.Actor, code string, version int) (Plan, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return Plan{}, err
	}
	p, err := s.findAt(ctx, scope, code, version)
	if err != nil {
		return p, err
	}
	need := map[State]actor.Permission{Submitted: Appraise, Appraised: Approve}[p.State]
	if need == "" {
		return p, p.errState()
	}
	if scope, err = who.Require(need); err != nil {
		return p, err
	}
	return s.find(ctx, scope, code, true)
}
