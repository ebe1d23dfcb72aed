package capital

import (
	"context"
	"slices"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/project"
	"matbang/internal/vnd"
)

// View is everything that stands about the capital of one work, for one page.
type View struct {
	Project       project.Project
	From, To      int      // years in which the work may get capital
	FirstDecision day.Date // zero: none is told
	Lines         []Line
	Funds         []Fund
	Medium        []MediumLine
}

// View reads the capital of a work in the person's scope in one moment, so that sums agree with their lines.
func (c Capital) View(ctx context.Context, who actor.Actor, code string) (View, error) {
	p, err := c.work(ctx, who, code)
	if err != nil {
		return View{}, err
	}
	v := View{Project: p}
	err = c.DB.Snapshot(ctx, func(ctx context.Context) error {
		s := store{c.DB.Read(ctx)}
		if err := s.frame(ctx, &v); err != nil {
			return err
		}
		if v.Lines, err = s.lines(ctx, p.ID); err != nil {
			return err
		}
		if v.Funds, err = s.funds(ctx, p.ID); err != nil {
			return err
		}
		v.Medium, err = s.medium(ctx, p.ID)
		return err
	})
	return v, err
}

// frame reads the years of funding, which are the years of building unless others are told, and the day of the first decision.
func (s store) frame(ctx context.Context, v *View) error {
	var f struct {
		From  int       `db:"from_year"`
		To    int       `db:"to_year"`
		First *day.Date `db:"first"`
	}
	err := s.q.GetContext(ctx, &f,
		`SELECT COALESCE(funding_from, start_year) AS from_year, COALESCE(funding_to, end_year) AS to_year,
		   (SELECT min(decided_on) FROM project_decision d WHERE d.project_id = p.id) AS first FROM project p WHERE p.id = $1`, v.Project.ID)
	v.From, v.To = f.From, f.To
	if f.First != nil {
		v.FirstDecision = *f.First
	}
	return err
}

// Early tells that a decision is dated before the work's first one: allowed, and pointed out.
func (v View) Early(on day.Date) bool { return !v.FirstDecision.IsZero() && on.Before(v.FirstDecision) }

// Outside tells that a year is none of the work's: allowed, and pointed out.
func (v View) Outside(year int) bool { return year < v.From || year > v.To }

// MatrixRow is one source in one year, in đồng.
type MatrixRow struct {
	Source, SourceName                                               string
	Assigned, Adjusted, CarriedOver, Advanced, Drawable, Drawn, Left vnd.Amount
}

func (r *MatrixRow) add(o MatrixRow) {
	r.Assigned, r.Adjusted, r.CarriedOver, r.Advanced = r.Assigned+o.Assigned, r.Adjusted+o.Adjusted, r.CarriedOver+o.CarriedOver, r.Advanced+o.Advanced
	r.Drawable, r.Drawn, r.Left = r.Drawable+o.Drawable, r.Drawn+o.Drawn, r.Left+o.Left
}

// Matrix is a year by source, in the order of the sources, and its totals.
func (v View) Matrix(year int) (rows []MatrixRow, total MatrixRow) {
	for _, f := range v.Funds {
		if f.Year != year {
			continue
		}
		row := MatrixRow{Source: f.Source, SourceName: f.SourceName, CarriedOver: f.CarriedOver, Advanced: f.Advanced,
			Drawable: f.Drawable(), Drawn: f.Drawn, Left: f.Left()}
		for _, l := range v.Lines {
			if l.Year == year && l.Source == f.Source && l.Kind == "adjusted" {
				row.Adjusted += l.Amount
			}
		}
		row.Assigned = f.Plan - row.Adjusted
		rows = append(rows, row)
		total.add(row)
	}
	return rows, total
}

// YearRow is one year of a work. None: no plan stands for it, which is not a plan of zero.
type YearRow struct {
	Year                        int
	Plan, Drawable, Drawn, Left vnd.Amount
	Lines                       int
	None, Outside               bool
}

// Years are the years of the work and all others that have money, and their sum, which the total investment limits.
func (v View) Years() (rows []YearRow, total YearRow) {
	years := map[int]*YearRow{}
	at := func(year int) *YearRow {
		if years[year] == nil {
			years[year] = &YearRow{Year: year, Outside: v.Outside(year)}
		}
		return years[year]
	}
	for year := v.From; year <= v.To; year++ {
		at(year)
	}
	for _, l := range v.Lines {
		at(l.Year).Lines++
	}
	for _, f := range v.Funds {
		row := at(f.Year)
		row.Plan, row.Drawable, row.Drawn, row.Left = row.Plan+f.Plan, row.Drawable+f.Drawable(), row.Drawn+f.Drawn, row.Left+f.Left()
	}
	for _, row := range years {
		row.None = row.Lines == 0
		rows = append(rows, *row)
		total.Plan, total.Drawable, total.Drawn, total.Left = total.Plan+row.Plan, total.Drawable+row.Drawable, total.Drawn+row.Drawn, total.Left+row.Left
		total.Lines += row.Lines
	}
	slices.SortFunc(rows, func(x, y YearRow) int { return x.Year - y.Year })
	return rows, total
}

// PeriodRow is a source in a medium-term period: what it was given, what the years have of it, what is left for them.
type PeriodRow struct {
	From, To           int
	Source, SourceName string
	Plan, Given, Left  vnd.Amount
	None               bool // the years have money of this source, and no medium-term plan says so
}

// Periods are the medium-term plans by source, beside what the years have of them.
func (v View) Periods() []PeriodRow {
	var rows []PeriodRow
	at := func(from int, source, name string) *PeriodRow {
		i := slices.IndexFunc(rows, func(r PeriodRow) bool { return r.From == from && r.Source == source })
		if i < 0 {
			i, rows = len(rows), append(rows, PeriodRow{From: from, To: from + 4, Source: source, SourceName: name, None: true})
		}
		return &rows[i]
	}
	for _, l := range v.Medium {
		row := at(l.From, l.Source, l.SourceName)
		row.Plan, row.None = row.Plan+l.Amount, false
	}
	for _, l := range v.Lines {
		if l.planned() {
			at(PeriodOf(l.Year), l.Source, l.SourceName).Given += l.Amount
		}
	}
	for i := range rows {
		rows[i].Left = rows[i].Plan - rows[i].Given
	}
	slices.SortStableFunc(rows, func(x, y PeriodRow) int { return x.From - y.From })
	return rows
}
