package payout

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/vnd"
)

// Fund is what an order draws on: the capital of a work from one source in one plan year, in đồng. Compensation drawn by clearance vouchers is
// the money that orders pay out, so it counts once: orders and vouchers for anything else stay within what may be drawn.
type Fund struct {
	Year       int        `db:"year" json:"plan_year"`
	Source     string     `db:"source" json:"source"`
	SourceName string     `db:"source_name" json:"source_name"`
	Drawable   vnd.Amount `db:"drawable" json:"drawable_vnd"`     // plan + carried over + advanced
	Other      vnd.Amount `db:"other" json:"drawn_otherwise_vnd"` // vouchers of contracts and other costs
	Ordered    vnd.Amount `db:"ordered" json:"ordered_vnd"`       // live and paid orders, money issued again once
}

// Left is what orders may still take.
func (f Fund) Left() vnd.Amount { return f.Drawable - f.Other - f.Ordered }

// allows refuses an order that takes more than is left, with both figures.
func (f Fund) allows(more vnd.Amount) error {
	year := fmt.Sprint(f.Year)
	switch {
	case more == 0: // money issued again alone
		return nil
	case f.Drawable == 0:
		return fault.InvalidField("source", "payout.no_fund", f.SourceName, year)
	case more > f.Left():
		return fault.InvalidField("source", "payout.above_fund", f.SourceName, year, more, max(f.Left(), 0))
	}
	return nil
}

// origin is the order another one came out of.
type origin struct {
	order id.Order
	kind  string // split, reissue
}

// draws is what payments take of a fund: all but money issued again.
func draws(payments []newPayment) (sum vnd.Amount) {
	for _, p := range payments {
		if p.ReissueOf == 0 {
			sum += p.Amount
		}
	}
	return sum
}

type copiedPayee struct {
	Name    string `db:"payee_name"`
	Account string `db:"account_no"`
	State   string `db:"account_state"`
}

// payable refuses a transfer to payees without an account, or whose account nobody has checked, all named.
func (o Order) payable(payees []copiedPayee) error {
	if o.Method != MethodTransfer {
		return nil
	}
	var without, unchecked []string
	for _, c := range payees {
		switch {
		case strings.TrimSpace(c.Account) == "":
			without = append(without, c.Name)
		case c.State != string(AccountChecked):
			unchecked = append(unchecked, c.Name)
		}
	}
	switch {
	case len(without) > 0:
		return fault.Conflicting("payout.account_missing", strings.Join(without, ", "))
	case len(unchecked) > 0:
		return fault.Conflicting("payout.account_unchecked", strings.Join(unchecked, ", "))
	}
	return nil
}

// FundOf is the fund of an order the caller has got through Order.
func (p Payouts) FundOf(ctx context.Context, o Order) (Fund, error) {
	return store{p.DB.Read(ctx)}.fund(ctx, o.ProjectID, o.Year, o.Source)
}

// Funds lists the funds of a work in a plan year that an order can be made on. Refuses a work that is not there.
func (p Payouts) Funds(ctx context.Context, who actor.Actor, project string, year int) ([]Fund, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return nil, err
	}
	s := store{p.DB.Read(ctx)}
	projectID, err := s.projectID(ctx, scope, project)
	if err != nil {
		return nil, err
	}
	return s.funds(ctx, projectID, year)
}

const fundColumns = `c.year, c.source, f.name AS source_name, (c.plan + c.carried_over + c.advanced)::bigint AS drawable, (c.drawn - c.clearance)::bigint AS other, c.ordered`

// lockFund locks first and reads after. A fund nobody planned is one with nothing in it.
func (s store) lockFund(ctx context.Context, project id.Project, year int, source string) (Fund, error) {
	var one []int
	if err := s.q.SelectContext(ctx, &one, `SELECT 1 FROM capital_fund WHERE project_id = $1 AND year = $2 AND source = $3 FOR NO KEY UPDATE`, project, year, source); err != nil {
		return Fund{}, err
	}
	return s.fund(ctx, project, year, source)
}

func (s store) fund(ctx context.Context, project id.Project, year int, source string) (Fund, error) {
	var f Fund
	err := s.q.GetContext(ctx, &f, `SELECT `+fundColumns+` FROM capital_fund c JOIN funding_source f ON f.code = c.source
		WHERE c.project_id = $1 AND c.year = $2 AND c.source = $3`, project, year, source)
	if errors.Is(err, sql.ErrNoRows) {
		f = Fund{Year: year, Source: source}
		err = s.q.GetContext(ctx, &f.SourceName, `SELECT name FROM funding_source WHERE code = $1`, source)
	}
	return f, err
}

func (s store) funds(ctx context.Context, project id.Project, year int) ([]Fund, error) {
	rows := []Fund{}
	err := s.q.SelectContext(ctx, &rows, `SELECT `+fundColumns+` FROM capital_fund c JOIN funding_source f ON f.code = c.source
		WHERE c.project_id = $1 AND c.year = $2 AND c.plan + c.carried_over + c.advanced > 0 ORDER BY f.rank, c.source LIMIT 500`, project, year)
	return rows, err
}
