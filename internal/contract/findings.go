package contract

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/project"
	"matbang/internal/vnd"
)

// Finding is what does not look right and is pointed out, not refused: "contract.finding." + Code is its sentence.
type Finding struct {
	Code string
	Args []any
}

// FindingsOf are what the packages of a work together do not fit: estimates above the total investment, approved as one.
func FindingsOf(work project.Project, packages []Package) []Finding {
	var sum vnd.Amount
	for _, p := range packages {
		sum += p.Estimate
	}
	if sum > work.TotalInvestment {
		return []Finding{{"estimates", []any{sum, work.TotalInvestment}}}
	}
	return nil
}

// Findings are what a contract alone does not fit on a day.
func (c Contract) Findings(site Site, today day.Date) []Finding {
	var found []Finding
	add := func(when bool, code string, args ...any) {
		if when {
			found = append(found, Finding{code, args})
		}
	}
	add(c.EndsOn.Year() > c.ProjectEnds, "ends_after_work", c.EndsOn, c.ProjectEnds)
	add(c.State == Active && c.EndsOn.Before(today), "late", c.EndsOn, today.Sub(c.EndsOn))
	add(c.OverReason != "", "over_estimate", c.OverReason)
	add(c.State == Active && c.Field == "works" && c.AdvanceBP > 0 && site.Short(), "site", site.HandedOver.String(), site.Total.String())
	return found
}

// Waiting is what waits for a person in this room. An alert counts for who can do something about it.
type Waiting struct {
	Expired  int
	Expiring int
	Returned int `db:"returned"` // bills given back, for who enters them
	Drafts   int `db:"drafts"`
	Approve  int `db:"approve"` // bills this person may approve
	Others   int `db:"others"`  // bills that wait for another person
}

// Count is the number behind the menu entry: what this person can do now.
func (w Waiting) Count() int { return w.Expired + w.Expiring + w.Returned + w.Approve }

// Waiting counts what waits for a person; nothing for who neither enters nor approves.
func (r Contracts) Waiting(ctx context.Context, who actor.Actor, today day.Date) (Waiting, error) {
	var w Waiting
	scope, err := who.Require(Read)
	if err != nil || !who.Can(Edit) && !who.Can(Approve) {
		return w, nil //nolint:nilerr // nothing waits for whoever may not even look
	}
	if w, err = (store{r.DB.Read(ctx)}).waiting(ctx, scope, who.ID); err != nil {
		return w, err
	}
	if !who.Can(Approve) {
		w.Others, w.Approve = w.Others+w.Approve, 0
	}
	if !who.Can(Edit) {
		w.Returned, w.Drafts, w.Others = 0, 0, 0
		return w, nil
	}
	alerts, err := r.Alerts(ctx, who, today)
	for _, a := range alerts {
		if a.Expired() {
			w.Expired++
		} else {
			w.Expiring++
		}
	}
	return w, err
}

// waiting counts bills by what they wait for; own is who may not approve what they had a hand in.
func (s store) waiting(ctx context.Context, scope actor.Scope, own id.User) (Waiting, error) {
	var w Waiting
	err := s.q.GetContext(ctx, &w, `SELECT count(*) FILTER (WHERE b.state = 'returned') AS returned, count(*) FILTER (WHERE b.state = 'draft') AS drafts,
		  count(*) FILTER (WHERE b.state = 'submitted' AND $4 <> ALL (b.hands)) AS approve,
		  count(*) FILTER (WHERE b.state = 'submitted' AND $4 = ANY (b.hands)) AS others
		FROM bill b JOIN contract c ON c.id = b.contract_id JOIN project p ON p.id = c.project_id
		WHERE`+inScope+` AND b.state IN ('draft', 'submitted', 'returned')`, scope.Unit, scope.Ward, scope.Member, own)
	return w, err
}
