package capital

import (
	"context"
	"fmt"

	"matbang/internal/fault"
	"matbang/internal/id"
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

// canDraw refuses what passes the fund, and what gives back more than was drawn.
func (f Fund) canDraw(amount vnd.Amount) error {
	year := fmt.Sprint(f.Year) // a text: as a number it would be shown with a dot in it
	switch {
	case amount > vnd.Max || amount < -vnd.Max:
		return fault.InvalidField("amount", "money_range", amount)
	case f.Drawn+amount > f.Drawable():
		return fault.Conflicting(ErrOverDrawn.Code, f.SourceName, year, f.Drawable(), f.Drawn+amount)
	case f.Drawn+amount < 0:
		return fault.Conflicting("capital.returned_more", f.SourceName, year, f.Drawn, -amount)
	}
	return nil
}

// Draw adds to what is drawn of one source in one plan year of a work, in đồng; a negative amount gives money back. It joins the caller's
// transaction and locks the fund: whoever also locks the work does so first, whoever draws several funds draws them sorted by year and source.
// Refuses: capital.over_drawn (both figures) beyond plan + carried over + advanced, capital.returned_more, a source nobody knows.
func (c Capital) Draw(ctx context.Context, project id.Project, year int, source string, amount vnd.Amount) error {
	return c.DB.Run(ctx, func(ctx context.Context) error {
		s := store{c.DB.Write(ctx)}
		funds, err := s.lockFunds(ctx, []delta{{project: project, year: year, source: source}})
		if err != nil {
			return refuse(err)
		}
		if err := funds[0].canDraw(amount); err != nil {
			return err
		}
		return refuse(s.draw(ctx, funds[0], amount))
	})
}
