package payout

import "matbang/internal/invariant"

// inBook is, for each case, what payments p say should stand in the accounts. Returned money that is issued again stands with the payment
// that issues it, from its order's submission on.
const inBook = `SELECT p.case_id, v.account, sum(v.amount)::bigint AS amount FROM payment p JOIN payout_order o ON o.id = p.order_id
	CROSS JOIN LATERAL (VALUES (CASE WHEN o.release_journal IS NULL THEN 'ordered' ELSE 'with_treasury' END, p.open), ('paid', p.paid), ('deposited', p.deposited),
	  ('returned', p.returned - (SELECT COALESCE(sum(r.amount), 0) FROM payment r WHERE r.reissue_of = p.id AND r.state NOT IN ('prepared', 'cancelled')))) v(account, amount)
	WHERE p.state NOT IN ('prepared', 'cancelled') AND v.amount <> 0 GROUP BY 1, 2`

// Invariants of orders and payments.
func Invariants() []invariant.Check {
	return append(append(invariantsOfMoney(), invariantsOfSteps()...), invariantsOfDeposits()...)
}

func invariantsOfMoney() []invariant.Check {
	return []invariant.Check{
		{Number: 2, Name: "payments_equal_book", Title: "Tổng các khoản chi theo trạng thái bằng số dư sổ của từng hồ sơ",
			SQL: `SELECT 'case ' || c.code || ' ' || x.account || ': ' || x.payments || ' <> ' || x.book FROM (
				SELECT COALESCE(s.case_id, b.case_id) AS case_id, COALESCE(s.account, b.account) AS account,
				  COALESCE(s.amount, 0) AS payments, COALESCE(b.amount, 0) AS book
				FROM (` + inBook + `) s FULL JOIN (SELECT case_id, account, amount FROM ledger_balance
				  WHERE account IN ('ordered', 'with_treasury', 'returned', 'deposited', 'paid')) b ON b.case_id = s.case_id AND b.account = s.account
				) x JOIN land_case c ON c.id = x.case_id WHERE x.payments <> x.book`},
		{Number: 2, Name: "not_ordered_equals_rest", Title: "Chưa lập lệnh bằng phần được duyệt còn lại sau các khoản đã lập lệnh",
			SQL: `SELECT 'case ' || c.code || ': ' || x.rest || ' <> ' || x.book FROM (
				SELECT n.case_id, n.net - COALESCE((SELECT sum(b.amount) FROM (` + inBook + `) b WHERE b.case_id = n.case_id), 0) AS rest,
				  COALESCE((SELECT amount FROM ledger_balance b WHERE b.case_id = n.case_id AND b.account = 'not_ordered'), 0) AS book
				FROM (SELECT a.case_id, sum(a.total - a.deducted) AS net FROM award a JOIN plan pl ON pl.id = a.plan_id
				  WHERE pl.state = 'approved' GROUP BY 1) n) x JOIN land_case c ON c.id = x.case_id WHERE x.rest <> x.book`},
		{Number: 2, Name: "order_equals_payments", Title: "Tổng lệnh bằng tổng các khoản chi của lệnh",
			SQL: `SELECT 'order ' || o.code || ': ' || o.total || '/' || o.payment_count || ' <> ' || COALESCE(sum(p.amount), 0) || '/' || count(p.id)
				FROM payout_order o LEFT JOIN payment p ON p.order_id = o.id GROUP BY o.id
				HAVING o.total <> COALESCE(sum(p.amount), 0) OR o.payment_count <> count(p.id)`},
		{Number: 3, Name: "parts_from_results", Title: "Phần đã chi, bị trả lại, tạm giữ, còn chờ của khoản chi đúng với các kết quả còn hiệu lực; không có kết quả thì không phải đã chi",
			SQL: `SELECT 'payment ' || p.code || ': ' || p.open || '/' || p.paid || '/' || p.returned || '/' || p.deposited FROM payment p
				CROSS JOIN LATERAL payment_parts_told(p.id) t WHERE (p.open - p.amount, p.paid, p.returned, p.deposited)
				  <> (t.open, t.paid, t.returned, t.deposited)`},
		{Number: 3, Name: "payment_agrees_with_order", Title: "Khoản chi chưa có kết quả đứng đúng theo bước của lệnh",
			SQL: `SELECT 'payment ' || p.code || ' ' || p.state || ' in ' || o.state FROM payment p JOIN payout_order o ON o.id = p.order_id
				WHERE NOT CASE o.state WHEN 'draft' THEN p.state = 'prepared' WHEN 'cancelled' THEN p.state = 'cancelled'
				  WHEN 'released' THEN p.state IN ('ordered', 'part', 'paid', 'returned', 'deposited') ELSE p.state = 'ordered' END`},
		{Number: 3, Name: "result_has_released_order", Title: "Mỗi kết quả chi thuộc lệnh do ba người lập, duyệt, phát hành",
			SQL: `SELECT 'payment ' || p.code || ' order ' || o.code FROM payment p JOIN payout_order o ON o.id = p.order_id
				WHERE (p.open < p.amount OR EXISTS (SELECT 1 FROM payment_result r WHERE r.payment_id = p.id))
				  AND (o.state <> 'released' OR o.approved_by IS NULL OR o.released_by IS NULL
				    OR o.approved_by = o.made_by OR o.released_by = o.made_by OR o.released_by = o.approved_by)`},
		{Number: 3, Name: "result_equals_payment_and_book", Title: "Mỗi kết quả đúng khoản chi và bút toán của nó: số tiền, ngày, người ghi",
			SQL: `SELECT 'payment ' || p.code || ' result ' || r.id FROM payment_result r JOIN payment p ON p.id = r.payment_id
				WHERE r.amount > p.amount OR NOT EXISTS (SELECT 1 FROM journal j WHERE j.id = r.journal_id
				    AND (COALESCE(j.occurred_on, j.day), j.made_by, j.project_id, j.reference) = (r.day, r.made_by, p.project_id, p.code)
				    AND j.kind = CASE r.kind WHEN 'reversed' THEN 'reversal' WHEN 'deposit_released' THEN r.kind ELSE 'payment_' || r.kind END)
				  OR r.amount IS DISTINCT FROM (SELECT sum(t.amount) FROM posting t
				  WHERE t.journal_id = r.journal_id AND t.case_id = p.case_id AND t.amount > 0)`},
	}
}

func invariantsOfSteps() []invariant.Check {
	return []invariant.Check{
		{Number: 3, Name: "paid_within_awarded", Title: "Đã chi của từng hồ sơ không vượt phê duyệt trừ khấu trừ (tính từ phương án)",
			SQL: `SELECT 'case ' || c.code || ': ' || x.paid || ' > ' || x.net FROM (
				SELECT p.case_id, sum(p.paid) AS paid, COALESCE((SELECT sum(a.total - a.deducted) FROM award a JOIN plan pl ON pl.id = a.plan_id
				  WHERE pl.state = 'approved' AND a.case_id = p.case_id), 0) AS net
				FROM payment p GROUP BY 1) x JOIN land_case c ON c.id = x.case_id WHERE x.paid > x.net`},
		{Number: 3, Name: "ordered_within_award", Title: "Các lệnh của một khoản bồi thường không vượt mức được hưởng",
			SQL: `SELECT 'award ' || a.id || ': ' || sum(p.amount) || ' > ' || a.total - a.deducted FROM payment p JOIN award a ON a.id = p.award_id
				WHERE p.reissue_of IS NULL AND p.state <> 'cancelled' GROUP BY a.id HAVING sum(p.amount) > a.total - a.deducted`},
		{Number: 3, Name: "payment_of_its_award", Title: "Khoản chi đúng công trình, hồ sơ, người hưởng; khoản chi lại đúng khoản bị trả lại",
			SQL: `SELECT 'payment ' || p.code FROM payment p JOIN award a ON a.id = p.award_id JOIN land_case c ON c.id = p.case_id
				JOIN payout_order o ON o.id = p.order_id JOIN holder_party h ON h.id = p.party_id LEFT JOIN payment q ON q.id = p.reissue_of
				WHERE a.case_id <> p.case_id OR a.project_id <> p.project_id OR o.project_id <> p.project_id OR h.holder_id <> c.holder_id
				   OR (q.id IS NOT NULL AND (q.award_id, q.party_id) <> (p.award_id, p.party_id))`},
		{Number: 9, Name: "order_persons_differ", Title: "Người lập, duyệt, phát hành lệnh khác nhau và khác người lập, thẩm định, duyệt phương án",
			SQL: `SELECT DISTINCT 'order ' || o.code || ' plan ' || pl.code FROM payout_order o JOIN payment p ON p.order_id = o.id
				JOIN award a ON a.id = p.award_id JOIN plan pl ON pl.id = a.plan_id
				WHERE o.state IN ('submitted', 'approved', 'released') AND (o.made_by IN (o.approved_by, o.released_by) OR o.approved_by = o.released_by
				  OR o.made_by IN (pl.drafted_by, pl.submitted_by, pl.appraised_by, pl.approved_by)
				  OR o.approved_by IN (pl.drafted_by, pl.submitted_by, pl.appraised_by, pl.approved_by)
				  OR o.released_by IN (pl.drafted_by, pl.submitted_by, pl.appraised_by, pl.approved_by))
				UNION ALL SELECT DISTINCT 'order ' || o.code || ' award ' || p.award_id || ' ' || st.step FROM payout_order o JOIN payment p ON p.order_id = o.id
				CROSS JOIN LATERAL (VALUES ('order_make', o.made_by), ('order_approve', o.approved_by), ('order_second', o.second_by), ('order_release', o.released_by)) st(step, user_id)
				WHERE o.state IN ('submitted', 'approved', 'released') AND st.user_id IS NOT NULL
				  AND NOT EXISTS (SELECT 1 FROM money_step m WHERE m.award_id = p.award_id AND m.user_id = st.user_id AND m.step = st.step)`},
		{Number: 9, Name: "large_order_approved_twice", Title: "Lệnh từ ngưỡng của đơn vị trở lên có người thứ hai duyệt, khác mọi người ký lệnh",
			SQL: `SELECT 'order ' || code FROM payout_order WHERE (state = 'released' AND second_needed AND second_by IS NULL)
				OR (state <> 'draft' AND second_from > 0 AND total >= second_from AND NOT second_needed) OR second_by IN (made_by, approved_by, released_by)`},
		{Number: 9, Name: "large_result_by_another", Title: "Kết quả do người ghi của khoản chi từ ngưỡng của đơn vị trở lên không phải do người lập lệnh ghi",
			SQL: `SELECT 'payment ' || p.code || ' result ' || r.id FROM payment_result r JOIN payment p ON p.id = r.payment_id JOIN payout_order o ON o.id = p.order_id
				WHERE r.hand_from > 0 AND p.amount >= r.hand_from AND o.made_by = r.made_by`},
		{Number: 9, Name: "account_checked_by_another", Title: "Tài khoản do một người nhập, người khác kiểm; tài khoản đang dùng đúng hồ sơ người nhận",
			SQL: `SELECT 'account ' || code FROM account_check WHERE decided_by = entered_by OR (origin = 'entered' AND state IN ('checked', 'refused') AND decided_by IS NULL)
				UNION ALL SELECT 'payee ' || p.full_name FROM holder_party p LEFT JOIN account_check k ON k.party_id = p.id AND k.current
				WHERE btrim(p.account_no) <> '' AND (p.bank_name, p.account_no, p.account_name) IS DISTINCT FROM (k.bank_name, k.account_no, k.account_name)`},
		{Number: 3, Name: "paper_of_approved_order", Title: "Lệnh đã duyệt giữ lại nội dung giấy tờ của từng khoản: in lại không đổi",
			SQL: `SELECT 'payment ' || p.code FROM payment p JOIN payout_order o ON o.id = p.order_id AND o.state IN ('approved', 'released')
				WHERE NOT EXISTS (SELECT 1 FROM payment_paper x WHERE x.payment_id = p.id) OR NOT EXISTS (SELECT 1 FROM order_paper x WHERE x.order_id = o.id)`},
		{Number: 3, Name: "calls_in_order", Title: "Các lần mời nhận tiền đánh số liên tục, lần sau muộn hơn lần trước, chỉ cho lệnh tiền mặt",
			SQL: `SELECT 'payment ' || p.code || ' call ' || x.number FROM (SELECT k.*, row_number() OVER w AS nth, lag(k.day) OVER w AS before FROM payment_call k
				WINDOW w AS (PARTITION BY k.payment_id ORDER BY k.number)) x JOIN payment p ON p.id = x.payment_id JOIN payout_order o ON o.id = p.order_id
				WHERE x.nth <> x.number OR x.before >= x.day OR o.method <> 'cash' OR o.state <> 'released'`},
		{Number: 7, Name: "fund_ordered_equals_orders", Title: "Phần vốn các lệnh chi đã lấy bằng tổng lệnh còn hiệu lực (khoản lập lại không tính lần nữa)",
			SQL: `SELECT 'project ' || p.code || ' year ' || x.year || ' source ' || x.source || ': ' || x.kept || ' <> ' || x.orders FROM (
				SELECT COALESCE(f.project_id, o.project_id) AS project_id, COALESCE(f.year, o.plan_year) AS year, COALESCE(f.source, o.source) AS source,
				  COALESCE(f.ordered, 0) AS kept, COALESCE(o.sum, 0) AS orders
				FROM capital_fund f FULL JOIN (SELECT o.project_id, o.plan_year, o.source, sum(y.amount) AS sum FROM payout_order o
				  JOIN payment y ON y.order_id = o.id AND y.reissue_of IS NULL WHERE o.state <> 'cancelled' GROUP BY 1, 2, 3) o
				  ON o.project_id = f.project_id AND o.plan_year = f.year AND o.source = f.source) x JOIN project p ON p.id = x.project_id WHERE x.kept <> x.orders`},
		{Number: 7, Name: "orders_within_fund", Title: "Lệnh chi và giải ngân việc khác của từng nguồn, từng năm không vượt số được giải ngân",
			SQL: `SELECT 'project ' || p.code || ' year ' || f.year || ' source ' || f.source || ': ' || f.ordered + f.drawn - f.clearance || ' > ' || f.plan + f.carried_over + f.advanced
				FROM capital_fund f JOIN project p ON p.id = f.project_id
				WHERE (f.ordered > 0 AND f.ordered + f.drawn - f.clearance > f.plan + f.carried_over + f.advanced + f.orders_excess)
				  OR f.clearance <> COALESCE((SELECT sum(v.cash) FROM disbursement_voucher v WHERE v.project_id = f.project_id AND v.plan_year = f.year
				    AND v.source = f.source AND v.purpose = 'clearance'), 0)`},
	}
}
