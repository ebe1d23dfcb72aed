package app

import (
	"context"
	"fmt"
	"slices"

	"matbang/internal/actor"
	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/disbursement"
	"matbang/internal/ledger"
	"matbang/internal/tx"
)

// unsettled tells the book what other rooms know of days that are to be closed. What would make the closed figures wrong stands in the way: lines that
// nothing explains, statements with money missing between them, a bridge that does not close. What is only not finished is a warning.
type unsettled struct {
	db       tx.DB
	book     ledger.Ledger
	bank     bank.Bank
	advances disbursement.Disbursements
}

func (u unsettled) ready(ctx context.Context, through day.Date) ([]ledger.Obstacle, error) {
	found := []ledger.Obstacle{}
	for _, look := range []func(context.Context, day.Date) ([]ledger.Obstacle, error){u.lines, u.statements, u.bridge, u.orders, u.unsettledAdvances} {
		some, err := look(ctx, through)
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	slices.SortStableFunc(found, func(a, b ledger.Obstacle) int { return weight(a) - weight(b) })
	return found, nil
}

// weight puts warnings last.
func weight(o ledger.Obstacle) int {
	if o.Warning {
		return 1
	}
	return 0
}

func (u unsettled) lines(ctx context.Context, through day.Date) ([]ledger.Obstacle, error) {
	var accounts []struct {
		Code string `db:"code"`
		Open int    `db:"open"`
	}
	err := u.db.Read(ctx).SelectContext(ctx, &accounts,
		`SELECT a.code, count(*) AS open FROM statement_line l JOIN bank_account a ON a.id = l.account_id
		 WHERE l.day <= $1 AND EXISTS (SELECT 1 FROM statement_line_open n WHERE n.line_id = l.id) GROUP BY a.code ORDER BY a.code`, through)
	found := []ledger.Obstacle{}
	for _, a := range accounts {
		found = append(found, ledger.Obstacle{Code: "open_lines", About: a.Code, Count: a.Open, Href: fmt.Sprintf("/recon/%s?month=%s", a.Code, through.Month())})
	}
	return found, err
}

// statements looks for money that moved unseen between two statements, and for accounts whose statements end before the month does.
func (u unsettled) statements(ctx context.Context, through day.Date) ([]ledger.Obstacle, error) {
	reader := actor.Actor{Grants: map[actor.Permission]actor.Reach{bank.Read: actor.All}}
	accounts, err := u.bank.Accounts(ctx, reader)
	if err != nil {
		return nil, err
	}
	found := []ledger.Obstacle{}
	for _, a := range accounts {
		gaps, err := u.bank.Gaps(ctx, reader, a.ID)
		if err != nil {
			return nil, err
		}
		gaps = slices.DeleteFunc(gaps, func(g bank.Gap) bool { return g.From.After(through) })
		if len(gaps) > 0 {
			found = append(found, ledger.Obstacle{Code: "statement_gap", About: a.Code, Count: len(gaps), Href: "/recon/" + a.Code + "/statements"})
		}
	}
	var ending []struct {
		Code string `db:"code"`
		Days int    `db:"days"`
	}
	err = u.db.Read(ctx).SelectContext(ctx, &ending, `SELECT a.code, $1::date - max(s.to_day) AS days FROM statement s JOIN bank_account a ON a.id = s.account_id
		GROUP BY a.code HAVING max(s.to_day) < $1 ORDER BY a.code`, through)
	for _, e := range ending {
		found = append(found, ledger.Obstacle{Code: "statement_ends", About: e.Code, Count: e.Days, Href: "/recon/" + e.Code + "/statements", Warning: true})
	}
	return found, err
}

// bridge counts the works whose bridge does not close: two that differ by the same amount do not make up for each other.
func (u unsettled) bridge(ctx context.Context, through day.Date) ([]ledger.Obstacle, error) {
	works, err := u.book.ByProject(ctx, ledger.Limits{AsOf: through})
	open := 0
	for _, bridge := range works {
		if bridge.Difference != 0 {
			open++
		}
	}
	if err != nil || open == 0 {
		return nil, err
	}
	return []ledger.Obstacle{{Code: "bridge_open", Count: open, Href: "/bridge?as_of=" + through.VN()}}, nil
}

func (u unsettled) orders(ctx context.Context, through day.Date) ([]ledger.Obstacle, error) {
	var states []struct {
		State string `db:"state"`
		Count int    `db:"count"`
	}
	err := u.db.Read(ctx).SelectContext(ctx, &states,
		`SELECT state, count(*) AS count FROM payout_order WHERE state IN ('submitted', 'approved') AND day <= $1 GROUP BY state ORDER BY state DESC`, through)
	found := []ledger.Obstacle{}
	for _, s := range states {
		found = append(found, ledger.Obstacle{Code: "orders_" + s.State, Count: s.Count, Href: "/payout-orders?state=" + s.State, Warning: true})
	}
	return found, err
}

func (u unsettled) unsettledAdvances(ctx context.Context, through day.Date) ([]ledger.Obstacle, error) {
	reader := actor.Actor{Grants: map[actor.Permission]actor.Reach{disbursement.Read: actor.All}}
	rows, err := u.advances.Control(ctx, reader, "", through)
	late := disbursement.CountControl(slices.DeleteFunc(rows, func(a disbursement.OpenAdvance) bool { return a.PaidOn.After(through) })).LateCount()
	if err != nil || late == 0 {
		return nil, err
	}
	return []ledger.Obstacle{{Code: "advance_late", Count: late, Href: "/disbursements/control", Warning: true}}, nil
}
