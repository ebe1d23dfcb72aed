package ledger

import "matbang/internal/invariant"

// Invariants of the book.
func Invariants() []invariant.Check {
	return []invariant.Check{
		{Number: 1, Name: "journal_sums_to_zero", Title: "Mỗi bút toán cân bằng cho từng hồ sơ",
			SQL: `SELECT 'journal ' || journal_id || ' case ' || case_id || ': ' || sum(amount) FROM posting GROUP BY journal_id, case_id HAVING sum(amount) <> 0`},
		{Number: 1, Name: "journal_has_postings", Title: "Không có bút toán rỗng hoặc ghi sang công trình khác",
			SQL: `SELECT 'journal ' || j.id FROM journal j WHERE NOT EXISTS (SELECT 1 FROM posting p WHERE p.journal_id = j.id)
				UNION ALL SELECT 'journal ' || j.id || ' posting ' || p.id || ': another work' FROM journal j JOIN posting p ON p.journal_id = j.id WHERE p.project_id <> j.project_id`},
		{Number: 1, Name: "journal_seals", Title: "Bút toán nguyên vẹn theo chuỗi băm: không sửa, không thiếu, không chèn", Run: verifySeals},
		{Number: 2, Name: "balance_equals_postings", Title: "Số dư giữ sẵn bằng tổng bút toán",
			SQL: `SELECT 'case ' || COALESCE(b.case_id, p.case_id) || ' ' || COALESCE(b.account, p.account) || ': ' || COALESCE(b.amount, 0) || ' <> ' || COALESCE(p.amount, 0)
				FROM ledger_balance b FULL JOIN (SELECT case_id, project_id, account, sum(amount) AS amount FROM posting GROUP BY 1, 2, 3) p
				  ON p.case_id = b.case_id AND p.project_id = b.project_id AND p.account = b.account
				WHERE COALESCE(b.amount, 0) <> COALESCE(p.amount, 0)`},
		{Number: 2, Name: "balance_since_equals_postings", Title: "Ngày bắt đầu có số dư và ngày phát sinh cuối giữ sẵn đúng với bút toán",
			SQL: `SELECT 'case ' || b.case_id || ' ' || b.account || ': ' || COALESCE(b.since::text, '-') || ', ' || COALESCE(b.moved::text, '-') || ' <> ' || COALESCE(s.since::text, '-') || ', ' || COALESCE(s.moved::text, '-')
				FROM ledger_balance b LEFT JOIN ledger_standing('infinity', (SELECT array_agg(case_id ORDER BY case_id, account) FROM ledger_balance),
				  (SELECT array_agg(account ORDER BY case_id, account) FROM ledger_balance)) s ON s.case_id = b.case_id AND s.account = b.account
				WHERE b.since IS DISTINCT FROM s.since OR b.moved IS DISTINCT FROM s.moved`},
		{Number: 2, Name: "days_equal_postings", Title: "Phát sinh giữ theo ngày bằng tổng bút toán đã niêm",
			SQL: `SELECT 'project ' || COALESCE(d.project_id, p.project_id) || ' ' || COALESCE(d.account, p.account) || ' ' || COALESCE(d.day, p.day) || ': ' || COALESCE(d.amount, 0) || ' <> ' || COALESCE(p.amount, 0)
				FROM ledger_day d FULL JOIN (SELECT p.project_id, p.account, j.day, sum(p.amount) AS amount FROM journal_seal s JOIN journal j ON j.id = s.journal_id
				  JOIN posting p ON p.journal_id = j.id GROUP BY 1, 2, 3) p ON p.project_id = d.project_id AND p.account = d.account AND p.day = d.day
				WHERE COALESCE(d.amount, 0) <> COALESCE(p.amount, 0)`},
		{Number: 2, Name: "bridge_closes", Title: "Phê duyệt − khấu trừ − chưa lập lệnh − đã lập lệnh − trả lại − tạm giữ − đã chi = 0",
			SQL: `SELECT 'case ' || case_id || ': ' || sum(amount) FROM ledger_balance GROUP BY case_id HAVING sum(amount) <> 0`},
		{Number: 3, Name: "no_account_below_zero", Title: "Không tài khoản nào âm, nên đã chi không vượt phê duyệt trừ khấu trừ",
			SQL: `SELECT 'case ' || case_id || ' ' || account || ': ' || amount FROM ledger_balance WHERE amount <> 0 AND (amount < 0) <> (account IN ('approved', 'debt_source', 'interest_source', 'surcharge_approved'))`},
		{Number: 10, Name: "closed_month_kept", Title: "Không bút toán nào được ghi vào tháng đã khóa sau khi khóa",
			SQL: `SELECT 'journal ' || j.id FROM journal j JOIN ledger_period x ON x.reopened_at IS NULL AND j.day < x.month + interval '1 month' WHERE j.recorded_at > x.closed_at
				UNION SELECT 'journal ' || j.id FROM journal j JOIN (SELECT min(month) AS month, min(closed_at) AS closed_at FROM ledger_period) x ON j.day < x.month WHERE j.recorded_at > x.closed_at`},
	}
}
