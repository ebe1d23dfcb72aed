package compensation

import "matbang/internal/invariant"

// Invariants of the plans and of who did which step.
func Invariants() []invariant.Check {
	return []invariant.Check{
		{Number: 2, Name: "award_equals_lines", Title: "Mức bồi thường của từng hồ sơ bằng tổng các dòng",
			SQL: `SELECT 'award ' || a.id || ' case ' || a.case_id || ': ' || a.total || '/' || a.deducted || ' <> ' || l.total || '/' || l.deducted
				FROM award a CROSS JOIN LATERAL (SELECT COALESCE(sum(amount) FILTER (WHERE category <> 'deduction'), 0) AS total,
				  COALESCE(sum(amount) FILTER (WHERE category = 'deduction'), 0) AS deducted FROM award_line WHERE award_id = a.id) l
				WHERE a.total <> l.total OR a.deducted <> l.deducted`},
		{Number: 2, Name: "plan_equals_awards", Title: "Tổng phương án bằng tổng các hồ sơ",
			SQL: `SELECT 'plan ' || pl.code || ': ' || pl.total || '/' || pl.deducted || '/' || pl.award_count || ' <> ' || a.total || '/' || a.deducted || '/' || a.n
				FROM plan pl CROSS JOIN LATERAL (SELECT COALESCE(sum(total), 0) AS total, COALESCE(sum(deducted), 0) AS deducted, count(*) AS n
				  FROM award WHERE plan_id = pl.id) a
				WHERE pl.total <> a.total OR pl.deducted <> a.deducted OR pl.award_count <> a.n`},
		{Number: 2, Name: "deduction_within_base", Title: "Khấu trừ không vượt tiền đất và chi phí đầu tư vào đất còn lại",
			SQL: `SELECT 'award ' || award_id FROM award_line GROUP BY award_id
				HAVING COALESCE(sum(amount) FILTER (WHERE category = 'deduction'), 0) > COALESCE(sum(amount) FILTER (WHERE category IN ('land', 'investment')), 0)`},
		{Number: 2, Name: "award_in_its_project", Title: "Hồ sơ được bồi thường thuộc công trình của phương án",
			SQL: `SELECT 'award ' || a.id FROM award a JOIN plan pl ON pl.id = a.plan_id JOIN land_case c ON c.id = a.case_id
				WHERE a.project_id <> pl.project_id OR c.project_id <> pl.project_id`},
		{Number: 2, Name: "approved_plan_booked", Title: "Phương án đã duyệt có đúng một bút toán, khớp từng hồ sơ",
			SQL: bookedSQL},
		{Number: 8, Name: "shares_whole", Title: "Tỷ lệ hưởng của các đồng chủ sử dụng được bồi thường cộng lại 100 %",
			SQL: `SELECT 'holder ' || h.code || ': ' || sum(hp.share_bp) FROM holder h JOIN holder_party hp ON hp.holder_id = h.id
				WHERE EXISTS (SELECT 1 FROM land_case c JOIN award a ON a.case_id = c.id WHERE c.holder_id = h.id)
				GROUP BY h.code HAVING sum(hp.share_bp) <> 10000`},
		{Number: 9, Name: "plan_three_persons", Title: "Lập, thẩm định, duyệt phương án là ba người khác nhau",
			SQL: `SELECT 'plan ' || code FROM plan WHERE state = 'approved' AND (appraised_by IN (drafted_by, submitted_by) OR approved_by IN (drafted_by, submitted_by, appraised_by))
				UNION ALL SELECT 'plan ' || pl.code || ' user ' || d.user_id FROM plan pl JOIN plan_drafter d ON d.plan_id = pl.id
				WHERE d.user_id IN (pl.appraised_by, pl.approved_by)`},
		{Number: 9, Name: "one_step_per_person", Title: "Không ai làm hai bước của cùng một khoản tiền",
			SQL: `SELECT 'award ' || award_id || ' user ' || user_id FROM money_step GROUP BY award_id, user_id HAVING count(DISTINCT step) > 1`},
		{Number: 9, Name: "plan_steps_recorded", Title: "Mỗi khoản đã duyệt ghi đủ người lập, thẩm định, duyệt",
			SQL: `SELECT 'award ' || a.id || ' ' || st.step FROM award a JOIN plan pl ON pl.id = a.plan_id AND pl.state = 'approved'
				CROSS JOIN LATERAL (VALUES ('draft', pl.drafted_by), ('draft', pl.submitted_by), ('appraise', pl.appraised_by), ('approve', pl.approved_by)) st(step, user_id)
				WHERE st.user_id IS NOT NULL
				  AND NOT EXISTS (SELECT 1 FROM money_step m WHERE m.award_id = a.id AND m.user_id = st.user_id AND m.step = st.step)`},
	}
}

const bookedSQL = `SELECT 'plan ' || x.code || ' case ' || x.case_id || ': ' || x.total || '/' || x.deducted || ' booked ' || -x.approved || '/' || x.withheld
	FROM (SELECT pl.code, a.case_id, a.total, a.deducted,
	        COALESCE(sum(po.amount) FILTER (WHERE po.account = 'approved'), 0) AS approved,
	        COALESCE(sum(po.amount) FILTER (WHERE po.account = 'deducted'), 0) AS withheld,
	        COALESCE(sum(po.amount) FILTER (WHERE po.account = 'not_ordered'), 0) AS open
	      FROM plan pl JOIN award a ON a.plan_id = pl.id
	      LEFT JOIN posting po ON po.journal_id = pl.journal_id AND po.case_id = a.case_id
	      WHERE pl.state = 'approved' GROUP BY pl.code, a.id) x
	WHERE x.approved <> -x.total OR x.withheld <> x.deducted OR x.open <> x.total - x.deducted
	UNION ALL
	SELECT 'plan ' || pl.code || ': no journal of its own' FROM plan pl
	WHERE pl.state = 'approved' AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.id = pl.journal_id AND j.kind = 'plan_approved'
	  AND j.project_id = pl.project_id AND j.reference = pl.decision_no AND COALESCE(j.occurred_on, j.day) = pl.decided_on)
	UNION ALL
	SELECT 'journal ' || j.id || ': no plan' FROM journal j WHERE j.kind = 'plan_approved' AND NOT EXISTS (SELECT 1 FROM plan pl WHERE pl.journal_id = j.id)
	UNION ALL
	SELECT 'plan ' || pl.code || ': posting to case ' || po.case_id || ' without an award' FROM plan pl JOIN posting po ON po.journal_id = pl.journal_id
	WHERE NOT EXISTS (SELECT 1 FROM award a WHERE a.plan_id = pl.id AND a.case_id = po.case_id)`
