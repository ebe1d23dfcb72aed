package app

import (
	"context"
	"fmt"

	"matbang/internal/day"
	"matbang/internal/ledger"
	"matbang/internal/tx"
)

// unsettled tells the book what other rooms know of days that are to be closed: lines of statements that nothing explains yet, and a bridge that
// does not close.
func unsettled(db tx.DB, book ledger.Ledger) func(ctx context.Context, through day.Date) ([]ledger.Obstacle, error) {
	return func(ctx context.Context, through day.Date) ([]ledger.Obstacle, error) {
		obstacles := []ledger.Obstacle{}
		var accounts []struct {
			Code string `db:"code"`
			Open int    `db:"open"`
		}
		err := db.Read(ctx).SelectContext(ctx, &accounts,
			`SELECT a.code, count(*) AS open FROM statement_line l JOIN bank_account a ON a.id = l.account_id
			 WHERE l.day <= $1 AND NOT EXISTS (SELECT 1 FROM recon_match m WHERE m.line_id = l.id AND m.undone_at IS NULL) GROUP BY a.code ORDER BY a.code`, through)
		if err != nil {
			return nil, err
		}
		for _, a := range accounts {
			obstacles = append(obstacles, ledger.Obstacle{Code: "open_lines", Count: a.Open, Href: fmt.Sprintf("/recon/%s?month=%s", a.Code, through.Month())})
		}
		bridge, err := book.Bridge(ctx, ledger.Limits{AsOf: through})
		if err == nil && bridge.Difference != 0 {
			obstacles = append(obstacles, ledger.Obstacle{Code: "bridge_open", Count: 1, Href: "/bridge?as_of=" + through.VN()})
		}
		return obstacles, err
	}
}
