package capital

import (
	"context"
	"slices"
	"strings"

	"github.com/lib/pq"

	"matbang/internal/actor"
	"matbang/internal/id"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

type store struct{ q tx.Querier }

// inScope is the three conditions of a scope over works, as parameters $1 (unit), $2 (ward), $3 (member).
const inScope = ` ($1 = 0 OR p.unit_id = $1)
	AND ($2 = 0 OR EXISTS (SELECT 1 FROM project_ward s WHERE s.project_id = p.id AND s.ward_id = $2))
	AND ($3 = 0 OR EXISTS (SELECT 1 FROM project_member m WHERE m.project_id = p.id AND m.user_id = $3))`

// lock keeps two decisions about one work apart: both would check against the same sum. It answers the works of the scope, by code.
func (s store) lock(ctx context.Context, scope actor.Scope, codes []string) (map[string]*book, error) {
	var rows []struct {
		ID    id.Project `db:"id"`
		Code  string     `db:"code"`
		Total vnd.Amount `db:"total_investment"`
	}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT p.id, p.code, p.total_investment FROM project p WHERE`+inScope+` AND p.code = ANY($4) ORDER BY p.id FOR NO KEY UPDATE`,
		scope.Unit, scope.Ward, scope.Member, pq.StringArray(codes))
	books := make(map[string]*book, len(rows))
	for _, r := range rows {
		books[r.Code] = &book{id: r.ID, code: r.Code, total: r.Total, drawn: map[place]vnd.Amount{}, accepted: map[int]vnd.Amount{}}
	}
	return books, err
}

// fill reads what stands about the works, each kind of thing by one question.
func (s store) fill(ctx context.Context, books map[string]*book) error {
	byID, ids := map[id.Project]*book{}, make(pq.Int64Array, 0, len(books))
	for _, b := range books {
		byID[b.id], ids = b, append(ids, int64(b.id))
	}
	var lines []struct {
		Project id.Project `db:"project_id"`
		Line
	}
	if err := s.q.SelectContext(ctx, &lines,
		`SELECT project_id, year, source, kind, amount, decision_number FROM capital_line WHERE project_id = ANY($1)`, ids); err != nil {
		return err
	}
	for _, l := range lines {
		byID[l.Project].lines = append(byID[l.Project].lines, l.Line)
	}
	var medium []struct {
		Project id.Project `db:"project_id"`
		MediumLine
	}
	if err := s.q.SelectContext(ctx, &medium,
		`SELECT project_id, from_year, source, kind, amount, decision_number FROM medium_term_line WHERE project_id = ANY($1)`, ids); err != nil {
		return err
	}
	for _, l := range medium {
		byID[l.Project].medium = append(byID[l.Project].medium, l.MediumLine)
	}
	return s.fillDrawn(ctx, byID, ids)
}

// fillDrawn reads what is drawn: of each fund, and the highest accepted disbursement of each year.
func (s store) fillDrawn(ctx context.Context, byID map[id.Project]*book, ids pq.Int64Array) error {
	var rows []struct {
		Project id.Project `db:"project_id"`
		Year    int        `db:"year"`
		Source  string     `db:"source"`
		Drawn   vnd.Amount `db:"drawn"`
	}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT project_id, year, source, drawn FROM capital_fund WHERE project_id = ANY($1) AND drawn > 0 UNION ALL
		 SELECT project_id, extract(year FROM month)::int, '', max(disbursed) FROM progress_entry
		 WHERE project_id = ANY($1) AND state = 'accepted' GROUP BY 1, 2`, ids)
	for _, r := range rows {
		if r.Source == "" {
			byID[r.Project].accepted[r.Year] = r.Drawn
		} else {
			byID[r.Project].drawn[place{r.Year, r.Source}] = r.Drawn
		}
	}
	return err
}

// delta is what a fund gains or loses.
type delta struct {
	project                     id.Project
	year                        int
	source                      string
	plan, carriedOver, advanced vnd.Amount
}

// deltas adds up lines by fund, in the order in which funds are locked.
func deltas(lines []placed) []delta {
	var all []delta
	for _, l := range lines {
		at := slices.IndexFunc(all, func(d delta) bool { return d.project == l.book.id && d.year == l.Year && d.source == l.Source })
		if at < 0 {
			at, all = len(all), append(all, delta{project: l.book.id, year: l.Year, source: l.Source})
		}
		switch l.Kind {
		case "carried_over":
			all[at].carriedOver += l.Amount
		case "advanced":
			all[at].advanced += l.Amount
		default:
			all[at].plan += l.Amount
		}
	}
	slices.SortFunc(all, func(x, y delta) int {
		if x.project != y.project {
			return int(x.project - y.project)
		}
		if x.year != y.year {
			return x.year - y.year
		}
		return strings.Compare(x.source, y.source)
	})
	return all
}

// columns are deltas as arrays, one a parameter.
func columns(all []delta) []any {
	var projects, years, plan, carried, advanced pq.Int64Array
	var sources pq.StringArray
	for _, d := range all {
		projects, years, sources = append(projects, int64(d.project)), append(years, int64(d.year)), append(sources, d.source)
		plan, carried, advanced = append(plan, int64(d.plan)), append(carried, int64(d.carriedOver)), append(advanced, int64(d.advanced))
	}
	return []any{projects, years, sources, plan, carried, advanced}
}

const fundColumns = `c.project_id, c.year, c.source, s.name AS source_name, c.plan, c.carried_over, c.advanced, c.drawn`

// lockFunds locks funds in one order. One that nobody asked for yet is made from its lines, so that it can be locked too.
func (s store) lockFunds(ctx context.Context, all []delta) ([]Fund, error) {
	keys := columns(all)[:3]
	if _, err := s.q.ExecContext(ctx,
		`INSERT INTO capital_fund (project_id, year, source, plan, carried_over, advanced)
		 SELECT k.project, k.year, k.source, COALESCE(sum(l.amount) FILTER (WHERE l.kind IN ('assigned', 'adjusted')), 0),
		   COALESCE(sum(l.amount) FILTER (WHERE l.kind = 'carried_over'), 0), COALESCE(sum(l.amount) FILTER (WHERE l.kind = 'advanced'), 0)
		 FROM unnest($1::bigint[], $2::int[], $3::text[]) AS k(project, year, source)
		 LEFT JOIN capital_line l ON l.project_id = k.project AND l.year = k.year AND l.source = k.source
		 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING`, keys...); err != nil {
		return nil, err
	}
	if err := tx.Lock(ctx, s.q,
		`SELECT 1 FROM capital_fund WHERE (project_id, year, source) IN (SELECT * FROM unnest($1::bigint[], $2::int[], $3::text[]))
		 ORDER BY project_id, year, source FOR UPDATE`, keys...); err != nil {
		return nil, err
	}
	funds := []Fund{}
	err := s.q.SelectContext(ctx, &funds,
		`SELECT `+fundColumns+` FROM unnest($1::bigint[], $2::int[], $3::text[]) AS k(project, year, source)
		 JOIN capital_fund c ON c.project_id = k.project AND c.year = k.year AND c.source = k.source
		 JOIN funding_source s ON s.code = c.source ORDER BY 1, 2, 3`, keys...)
	return funds, err
}

func (s store) addToFunds(ctx context.Context, all []delta) error {
	_, err := s.q.ExecContext(ctx,
		`UPDATE capital_fund c SET plan = c.plan + d.plan, carried_over = c.carried_over + d.carried, advanced = c.advanced + d.advanced
		 FROM unnest($1::bigint[], $2::int[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[]) AS d(project, year, source, plan, carried, advanced)
		 WHERE c.project_id = d.project AND c.year = d.year AND c.source = d.source`, columns(all)...)
	return err
}

func (s store) draw(ctx context.Context, f Fund, amount vnd.Amount) error {
	_, err := s.q.ExecContext(ctx, `UPDATE capital_fund SET drawn = drawn + $4 WHERE project_id = $1 AND year = $2 AND source = $3`,
		f.Project, f.Year, f.Source, amount)
	return err
}

func (s store) addLines(ctx context.Context, lines []placed, by id.User) error {
	var projects, years, amounts pq.Int64Array
	var sources, kinds, numbers, days, authorities pq.StringArray
	for _, l := range lines {
		projects, years, amounts = append(projects, int64(l.book.id)), append(years, int64(l.Year)), append(amounts, int64(l.Amount))
		sources, kinds, numbers = append(sources, l.Source), append(kinds, l.Kind), append(numbers, l.Number)
		days, authorities = append(days, l.DecidedOn.String()), append(authorities, l.Authority)
	}
	_, err := s.q.ExecContext(ctx,
		`INSERT INTO capital_line (project_id, year, source, kind, amount, decision_number, decided_on, authority, recorded_by)
		 SELECT *, $9 FROM unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::date[], $8::text[])`,
		projects, years, sources, kinds, amounts, numbers, days, authorities, by)
	return err
}

func (s store) addMedium(ctx context.Context, lines []placedMedium, by id.User) error {
	var projects, years, amounts pq.Int64Array
	var sources, kinds, numbers, days, authorities pq.StringArray
	for _, l := range lines {
		projects, years, amounts = append(projects, int64(l.book.id)), append(years, int64(l.From)), append(amounts, int64(l.Amount))
		sources, kinds, numbers = append(sources, l.Source), append(kinds, l.Kind), append(numbers, l.Number)
		days, authorities = append(days, l.DecidedOn.String()), append(authorities, l.Authority)
	}
	_, err := s.q.ExecContext(ctx,
		`INSERT INTO medium_term_line (project_id, from_year, source, kind, amount, decision_number, decided_on, authority, recorded_by)
		 SELECT *, $9 FROM unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::date[], $8::text[])`,
		projects, years, sources, kinds, amounts, numbers, days, authorities, by)
	return err
}
