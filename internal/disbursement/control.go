package disbursement

import (
	"cmp"
	"context"
	"slices"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/legal"
	"matbang/internal/vnd"
)

// OpenAdvance is an advance for clearance, or one without a contract, that is not settled yet. Amounts are in đồng.
type OpenAdvance struct {
	Code        string     `db:"code" json:"code"`
	ProjectCode string     `db:"project_code" json:"project"`
	ProjectName string     `db:"project_name" json:"project_name"`
	Year        int        `db:"plan_year" json:"plan_year"`
	Source      string     `db:"source" json:"source"`
	SourceName  string     `db:"source_name" json:"source_name"`
	Purpose     Purpose    `db:"purpose" json:"purpose"`
	PaidOn      day.Date   `db:"paid_on" json:"paid_on"`
	Number      string     `db:"number" json:"number"`
	Amount      vnd.Amount `db:"amount" json:"amount_vnd"`
	Balance     vnd.Amount `db:"balance" json:"balance_vnd"`
	Held        vnd.Amount `db:"held" json:"held_vnd"`   // on deposit: refused or disputed
	Free        vnd.Amount `db:"-" json:"free_vnd"`      // of the balance, not held
	Days        int        `db:"-" json:"days"`          // since the advance
	Level       Level      `db:"-" json:"level"`         // how late
	Since       day.Date   `db:"-" json:"late_since"`    // last day of the limit that has passed
	NextOn      day.Date   `db:"-" json:"next_limit_on"` // last day of the next limit
	Basis       string     `db:"-" json:"basis"`         // of the limit that has passed, else of the next one
}

// Late tells whether a limit has passed.
func (a OpenAdvance) Late() bool { return a.Level != InTime }

// ControlCounts are how many advances stand at each level, and how much of them is open.
type ControlCounts struct {
	Settle  int        `json:"settle"`
	Return  int        `json:"return"`
	Repay   int        `json:"repay"`
	Ask     int        `json:"ask"`
	InTime  int        `json:"in_time"`
	Late    vnd.Amount `json:"late_vnd"`
	Balance vnd.Amount `json:"balance_vnd"`
}

// LateCount is how many advances are past a limit.
func (c ControlCounts) LateCount() int { return c.Settle + c.Return + c.Repay + c.Ask }

// Control is the list of advances that must be settled or given back, the gravest first; project empty means every work of the scope.
func (d Disbursements) Control(ctx context.Context, who actor.Actor, project string, today day.Date) ([]OpenAdvance, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return nil, err
	}
	return d.control(ctx, scope, project, today)
}

func (d Disbursements) control(ctx context.Context, scope actor.Scope, project string, today day.Date) ([]OpenAdvance, error) {
	rules, err := d.Rules.AllOn(ctx, legal.Investment, today)
	if err != nil {
		return nil, err
	}
	rows, err := store{d.DB.Read(ctx)}.openAdvances(ctx, scope, project)
	for i := range rows {
		rows[i].judge(rules, today)
	}
	slices.SortStableFunc(rows, func(x, y OpenAdvance) int {
		return cmp.Or(cmp.Compare(x.Level.rank(), y.Level.rank()), cmp.Compare(y.Days, x.Days), cmp.Compare(x.Code, y.Code))
	})
	return rows, err
}

// CountControl counts a control list by level.
func CountControl(rows []OpenAdvance) ControlCounts {
	var c ControlCounts
	for _, a := range rows {
		c.Balance += a.Balance
		switch a.Level {
		case Settle:
			c.Settle++
		case Return:
			c.Return++
		case Repay:
			c.Repay++
		case Ask:
			c.Ask++
		default:
			c.InTime++
			continue
		}
		c.Late += a.Balance
	}
	return c
}

// Waiting is what waits for one person: late advances for whoever records vouchers, figures to agree with the treasury for whoever confirms.
type Waiting struct {
	ControlCounts
	ToAgree int // works and sources whose vouchers of a closed month are not agreed with the treasury yet
}

// Count is all of it together, for the menu.
func (w Waiting) Count() int { return w.LateCount() + w.ToAgree }

// Waiting counts what waits for the person.
func (d Disbursements) Waiting(ctx context.Context, who actor.Actor, today day.Date) (Waiting, error) {
	var w Waiting
	if scope, err := who.Require(Record); err == nil {
		rows, err := d.control(ctx, scope, "", today)
		if err != nil {
			return w, err
		}
		w.ControlCounts = CountControl(rows)
	}
	scope, err := who.Require(Confirm)
	if err != nil {
		return w, nil //nolint:nilerr // nothing waits for whoever may not
	}
	w.ToAgree, err = store{d.DB.Read(ctx)}.toAgree(ctx, scope, today.Month().First().Add(-1))
	return w, err
}
