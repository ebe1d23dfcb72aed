package bank

import "matbang/internal/invariant"

// Invariants of the statements.
func Invariants() []invariant.Check {
	return []invariant.Check{
		{Number: 5, Name: "statement_proves", Title: "Sao kê: số dư đầu + phát sinh có − phát sinh nợ = số dư cuối",
			SQL: `SELECT 'statement ' || id FROM statement WHERE opening + credits - debits <> closing`},
		{Number: 5, Name: "statement_lines_add_up", Title: "Các dòng sao kê cộng lại bằng tổng kiểm soát",
			SQL: `SELECT 'statement ' || s.id FROM statement s
				LEFT JOIN (SELECT statement_id, count(*) AS n, COALESCE(sum(amount) FILTER (WHERE amount > 0), 0) AS credits,
				           COALESCE(-sum(amount) FILTER (WHERE amount < 0), 0) AS debits FROM statement_line GROUP BY 1) l ON l.statement_id = s.id
				WHERE COALESCE(l.n, 0) + s.known_count <> s.line_count OR COALESCE(l.credits, 0) + s.known_credits <> s.credits
				   OR COALESCE(l.debits, 0) + s.known_debits <> s.debits`},
	}
}
