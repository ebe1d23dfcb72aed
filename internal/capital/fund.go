package capital

import (
	"context"
	"fmt"

	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// Fund is what may be drawn and what is drawn of one source in one plan year of a work, in đồng: the kept sum of its lines.
type Fund struct {
	Project     id.Project `db:"project_id" json:"-"`
	Year        int        `db:"year" json:"year"`
	Source      string     `db:"source" json:"source"`
	SourceName  string     `db:"source_name" json:"source_name"`
	Plan        vnd.Amount `db:"plan" json:"plan_vnd"`
	CarriedOver vnd.Amount `db:"carried_over" json:"carried_over_vnd"`
	Advanced    vnd.Amount `db:"advanced" json:"advanced_vnd"`
	Drawn       vnd.Amount `db:"drawn" json:"drawn_vnd"`
}

// Drawable is all that may be drawn: plan + carried over + advanced.
func (f Fund) Drawable() vnd.Amount { return f.Plan + f.CarriedOver + f.Advanced }

// Left is what may still be drawn.
func (f Fund) Left() vnd.Amount { return f.Drawable() - f.Drawn }

// ErrOverDrawn is the refusal of Draw, to be recognized by errors.Is; the one given names source, year, what may be drawn and what would be drawn.
var ErrOverDrawn = fault.Conflicting("capital.over_drawn")

// canDraw refuses what passes the fund, and what gives back more than was drawn.
func (f Fund) canDraw(amount vnd.Amount) error {
	switch {
	case amount > vnd.Max || amount < -vnd.Max:
		return fault.InvalidField("amount", "money_range", amount)
	case f.Drawn+amount > f.Drawable():
		return fault.Conflicting(ErrOverDrawn.Code, f.SourceName, f.yearText(), f.Drawable(), f.Drawn+amount, f.Left())
	case f.Drawn+amount < 0:
		return fault.Conflicting("capital.returned_more", f.SourceName, f.yearText(), f.Drawn, -amount)
	}
	return nil
}

// yearText keeps a year from being shown as a number with a dot in it.
func (f Fund) yearText() string { return fmt.Sprint(f.Year) }

// Draw adds to what is drawn of one source in one plan year of a work, in đồng; a negative amount gives money back. It joins the caller's
// transaction and locks the fund: whoever also locks the work does so first, whoever draws several funds draws them sorted by year and source.
// Refuses: capital.over_drawn (both figures) beyond plan + carried over + advanced, capital.returned_more, a source nobody knows.
func (c Capital) Draw(ctx context.Context, project id.Project, year int, source string, amount vnd.Amount) error {
	return c.DB.Run(ctx, func(ctx context.Context) error {
		s := store{c.DB.Write(ctx)}
		f, err := s.lockFund(ctx, project, year, source)
		if err != nil {
			return refuse(err)
		}
		if err := f.canDraw(amount); err != nil {
			return err
		}
		return s.draw(ctx, f, amount)
	})
}

// lockFund locks a fund. One that has never been asked for is made from its lines, so that it can be locked too.
func (s store) lockFund(ctx context.Context, project id.Project, year int, source string) (Fund, error) {
	if _, err := s.q.ExecContext(ctx,
		`INSERT INTO capital_fund (project_id, year, source, plan, carried_over, advanced)
		 SELECT $1, $2, $3, COALESCE(sum(amount) FILTER (WHERE kind IN ('assigned', 'adjusted')), 0),
		   COALESCE(sum(amount) FILTER (WHERE kind = 'carried_over'), 0), COALESCE(sum(amount) FILTER (WHERE kind = 'advanced'), 0)
		 FROM capital_line WHERE project_id = $1 AND year = $2 AND source = $3 ON CONFLICT DO NOTHING`, project, year, source); err != nil {
		return Fund{}, err
	}
	if err := tx.Lock(ctx, s.q, `SELECT 1 FROM capital_fund WHERE project_id = $1 AND year = $2 AND source = $3 FOR UPDATE`, project, year, source); err != nil {
		return Fund{}, err
	}
	var f Fund
	err := s.q.GetContext(ctx, &f, `SELECT `+fundColumns+` FROM capital_fund c JOIN funding_source s ON s.code = c.source
		WHERE c.project_id = $1 AND c.year = $2 AND c.source = $3`, project, year, source)
	return f, err
}

const fundColumns = `c.project_id, c.year, c.source, s.name AS source_name, c.plan, c.carried_over, c.advanced, c.drawn`

func (s store) draw(ctx context.Context, f Fund, amount vnd.Amount) error {
	_, err := s.q.ExecContext(ctx, `UPDATE capital_fund SET drawn = drawn + $4 WHERE project_id = $1 AND year = $2 AND source = $3`,
		f.Project, f.Year, f.Source, amount)
	return err
}

func (s store) funds(ctx context.Context, project id.Project) ([]Fund, error) {
	rows := []Fund{}
	err := s.q.SelectContext(ctx, &rows, `SELECT `+fundColumns+` FROM capital_fund c JOIN funding_source s ON s.code = c.source
		WHERE c.project_id = $1 ORDER BY c.year, s.rank, c.source LIMIT 2000`, project)
	return rows, err
}
