package capital

import "matbang/internal/invariant"

// Invariants of the capital of works: the kept sums are those of the lines, and every limit holds.
func Invariants() []invariant.Check {
	return []invariant.Check{
		{Number: 7, Name: "fund_equals_lines", Title: "Số được giải ngân từng nguồn, từng năm bằng tổng các quyết định giao, điều chỉnh, kéo dài, ứng trước",
			SQL: `SELECT 'project ' || p.code || ' year ' || COALESCE(f.year, l.year) || ' source ' || COALESCE(f.source, l.source)
				FROM capital_fund f FULL JOIN (SELECT project_id, year, source, COALESCE(sum(amount) FILTER (WHERE kind IN ('assigned', 'adjusted')), 0) AS plan,
				    COALESCE(sum(amount) FILTER (WHERE kind = 'carried_over'), 0) AS carried_over, COALESCE(sum(amount) FILTER (WHERE kind = 'advanced'), 0) AS advanced
				  FROM capital_line GROUP BY 1, 2, 3) l ON l.project_id = f.project_id AND l.year = f.year AND l.source = f.source
				JOIN project p ON p.id = COALESCE(f.project_id, l.project_id)
				WHERE (COALESCE(f.plan, 0), COALESCE(f.carried_over, 0), COALESCE(f.advanced, 0)) <> (COALESCE(l.plan, 0), COALESCE(l.carried_over, 0), COALESCE(l.advanced, 0))`},
		{Number: 7, Name: "drawn_within_fund", Title: "Giải ngân từng nguồn, từng năm không vượt kế hoạch + kéo dài + ứng trước",
			SQL: `SELECT 'project ' || p.code || ' year ' || f.year || ' source ' || f.source FROM capital_fund f JOIN project p ON p.id = f.project_id
				WHERE f.drawn > f.plan + f.carried_over + f.advanced OR f.drawn < 0`},
		{Number: 7, Name: "years_within_investment", Title: "Tổng kế hoạch vốn các năm không vượt tổng mức đầu tư",
			SQL: `SELECT 'project ' || p.code FROM project p JOIN capital_line l ON l.project_id = p.id AND l.kind IN ('assigned', 'adjusted')
				GROUP BY p.id HAVING sum(l.amount) > p.total_investment`},
		{Number: 7, Name: "years_within_medium_term", Title: "Kế hoạch các năm của một nguồn không vượt kế hoạch trung hạn của nguồn đó",
			SQL: `SELECT 'project ' || p.code || ' period ' || m.from_year || ' source ' || m.source
				FROM (SELECT project_id, from_year, to_year, source, sum(amount) AS amount FROM medium_term_line GROUP BY 1, 2, 3, 4) m JOIN project p ON p.id = m.project_id
				WHERE m.amount < (SELECT COALESCE(sum(l.amount), 0) FROM capital_line l WHERE l.project_id = m.project_id AND l.source = m.source
				  AND l.year BETWEEN m.from_year AND m.to_year AND l.kind IN ('assigned', 'adjusted'))`},
	}
}
