package disbursement

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/contract"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/project"
	"matbang/internal/vnd"
)

// List reads vouchers in the person's scope, the newest day first, with the sums of all that the filter chooses.
func (d Disbursements) List(ctx context.Context, who actor.Actor, f Filter, q listing.Query) (listing.Answer[Voucher], Sums, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return listing.Answer[Voucher]{}, Sums{}, err
	}
	return store{d.DB.Read(ctx)}.list(ctx, scope, f, q)
}

// FundRow is one source of a plan year of a work: what may be drawn, our vouchers, and what the treasury confirmed.
type FundRow struct {
	Source     string     `db:"source" json:"source"`
	SourceName string     `db:"source_name" json:"source_name"`
	Drawable   vnd.Amount `db:"drawable" json:"drawable_vnd"`
	Sums
	Confirmed vnd.Amount `db:"confirmed" json:"confirmed_vnd"`
	Through   day.Date   `db:"through" json:"confirmed_through"`
	AgreedOn  day.Date   `db:"agreed_on" json:"agreed_on"`
	Ours      vnd.Amount `db:"ours" json:"ours_then_vnd"` // drawn by our vouchers until Through
}

// Left is what may still be drawn.
func (f FundRow) Left() vnd.Amount { return f.Drawable - f.Cash() }

// Difference is ours less the treasury's, until the day it confirmed.
func (f FundRow) Difference() vnd.Amount { return f.Ours - f.Confirmed }

// Age is how many days ago the figure was agreed.
func (f FundRow) Age(today day.Date) int { return today.Sub(f.AgreedOn) }

// MonthRow is one month of a plan year, the 13th being the January after and what came later. Cumulative but for Cash.
type MonthRow struct {
	Month     int        `db:"month" json:"month"`
	Cash      vnd.Amount `db:"cash" json:"cash_vnd"` // of the month alone
	Drawn     vnd.Amount `db:"drawn" json:"drawn_vnd"`
	Completed vnd.Amount `db:"completed" json:"completed_vnd"`
	Balance   vnd.Amount `db:"balance" json:"advance_balance_vnd"`
	Confirmed vnd.Amount `db:"confirmed" json:"confirmed_vnd"`
}

// Difference is our vouchers less the treasury's figure.
func (m MonthRow) Difference() vnd.Amount { return m.Drawn - m.Confirmed }

// Work is everything of one work in one plan year.
type Work struct {
	Project   project.Project
	Years     []int // with capital or vouchers
	Funds     []FundRow
	Months    []MonthRow
	Vouchers  []Voucher
	Agreed    []Confirmation
	Open      []OpenAdvance // late or not, this work's of every year
	Advances  []AdvanceChoice
	Contracts []ContractChoice
	Bills     []BillChoice
}

// AdvanceChoice is an open advance that a recovery, refund or held money may name.
type AdvanceChoice struct {
	Code     string     `db:"code"`
	Purpose  Purpose    `db:"purpose"`
	Contract string     `db:"contract_code"`
	Year     int        `db:"plan_year"`
	Source   string     `db:"source"`
	PaidOn   day.Date   `db:"paid_on"`
	Balance  vnd.Amount `db:"balance"`
}

// ContractChoice is a contract that money may be drawn for.
type ContractChoice struct {
	Code   string     `db:"code"`
	Number string     `db:"number"`
	Value  vnd.Amount `db:"value"`
	Sums
}

// Left is what of the contract is not paid.
func (c ContractChoice) Left() vnd.Amount { return c.Value - c.Cash() }

// BillChoice is an approved bill that is not paid in full.
type BillChoice struct {
	Code     string     `db:"code"`
	Contract string     `db:"contract_code"`
	Number   int        `db:"number"`
	Left     vnd.Amount `db:"left_to_pay"`
	Recover  vnd.Amount `db:"left_to_recover"`
}

// Work reads a work in one plan year, its totals and lines from one snapshot. Refuses: project.missing.
func (d Disbursements) Work(ctx context.Context, who actor.Actor, code string, year int, today day.Date) (Work, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return Work{}, err
	}
	var w Work
	if w.Project, err = d.Projects.GetWithin(ctx, who, scope, code); err != nil {
		return w, err
	}
	err = d.DB.Snapshot(ctx, func(ctx context.Context) error {
		s := store{d.DB.Read(ctx)}
		if w.Years, err = s.years(ctx, w.Project.ID); err != nil {
			return err
		}
		if w.Funds, err = s.funds(ctx, w.Project.ID, year); err != nil {
			return err
		}
		if w.Months, err = s.months(ctx, w.Project.ID, year); err != nil {
			return err
		}
		answer, _, err := s.list(ctx, actor.Scope{}, Filter{Project: code, Year: year}, listing.Query{Per: listing.MaxLimit, Page: 1})
		if err != nil {
			return err
		}
		w.Vouchers = answer.Items
		if w.Agreed, err = s.confirmations(ctx, w.Project.ID, year); err != nil {
			return err
		}
		return d.choices(ctx, s, &w, who)
	})
	if err != nil {
		return w, err
	}
	w.Open, err = d.control(ctx, scope, code, today)
	return w, err
}

// choices are what the forms of a work offer, to whoever may record.
func (d Disbursements) choices(ctx context.Context, s store, w *Work, who actor.Actor) (err error) {
	if !who.Can(Record) {
		return nil
	}
	if w.Advances, err = s.advanceChoices(ctx, w.Project.ID); err != nil {
		return err
	}
	if !who.Can(contract.Read) {
		return nil
	}
	if w.Contracts, err = s.contractChoices(ctx, w.Project.ID); err != nil {
		return err
	}
	w.Bills, err = s.billChoices(ctx, w.Project.ID)
	return err
}

// ProjectTotals are the sums of a work in one plan year until a day, beside what the treasury confirmed until then. AgreedOn is the oldest of its
// sources' last agreements: every part of Confirmed is at least that fresh; no day when nothing was agreed.
type ProjectTotals struct {
	Project id.Project `db:"project_id"`
	Sums
	Confirmed vnd.Amount `db:"confirmed"`
	AgreedOn  day.Date   `db:"agreed_on"`
}

// Totals reads the sums of works in one plan year until a day, by work; works without vouchers and agreements are left out. For other rooms: the
// caller has checked who asks.
func (d Disbursements) Totals(ctx context.Context, projects []id.Project, year int, until day.Date) (map[id.Project]ProjectTotals, error) {
	return store{d.DB.Read(ctx)}.totals(ctx, projects, year, until)
}

// ByMonth reads the thirteen months of a plan year of one work, or of all works together (project 0). For other rooms: the caller has checked who
// asks, and shows only months that have come.
func (d Disbursements) ByMonth(ctx context.Context, project id.Project, year int) ([]MonthRow, error) {
	return store{d.DB.Read(ctx)}.months(ctx, project, year)
}

// PaidFor is what was drawn for contracts so far, in đồng: advances and payments less what was given back. For other rooms.
func (d Disbursements) PaidFor(ctx context.Context, contracts []id.Contract) (map[id.Contract]vnd.Amount, error) {
	return store{d.DB.Read(ctx)}.paidFor(ctx, contracts)
}
