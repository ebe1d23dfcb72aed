package payout

import "matbang/internal/invariant"

func invariantsOfDeposits() []invariant.Check {
	return []invariant.Check{
		{Number: 2, Name: "deposits_equal_register", Title: "Sổ tiền tạm giữ đúng với các khoản chi: mỗi lần gửi một dòng, còn giữ bằng phần tạm giữ của khoản chi",
			SQL: `SELECT 'payment ' || p.code || ': ' || p.deposited || ' <> ' || x.remaining FROM payment p CROSS JOIN LATERAL (
				SELECT COALESCE(sum(d.amount - (SELECT COALESCE(sum(y.amount), 0) FROM deposit_release y WHERE y.deposit_id = d.id AND y.state = 'handed_over')), 0) AS remaining
				FROM deposit d JOIN payment_result r ON r.id = d.result_id WHERE d.payment_id = p.id AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.reverses = r.journal_id)) x
				WHERE x.remaining <> p.deposited
				UNION ALL SELECT 'result ' || r.id FROM payment_result r WHERE r.kind = 'deposited' AND NOT EXISTS (SELECT 1 FROM deposit d
				  WHERE (d.result_id, d.payment_id, d.amount, d.opened_on) = (r.id, r.payment_id, r.amount, r.day))`},
		{Number: 2, Name: "deposit_interest_in_book", Title: "Lãi tiền tạm giữ trên sổ cái đúng với sổ tạm giữ: còn phải trả và đã trả của từng hồ sơ",
			SQL: `SELECT 'case ' || COALESCE(s.case_id, b.case_id) || ' ' || COALESCE(s.account, b.account) || ': ' || COALESCE(s.amount, 0) || ' <> ' || COALESCE(b.amount, 0) FROM (
				SELECT p.case_id, v.account, sum(v.amount) AS amount FROM deposit d JOIN payment p ON p.id = d.payment_id
				CROSS JOIN LATERAL (SELECT COALESCE(sum(n.amount), 0) AS credited FROM deposit_interest n WHERE n.deposit_id = d.id AND` + standingInterest + `) i
				CROSS JOIN LATERAL (SELECT COALESCE(sum(x.interest), 0) AS paid FROM deposit_release x WHERE x.deposit_id = d.id AND x.state = 'handed_over') r
				CROSS JOIN LATERAL (VALUES ('interest_source', -i.credited), ('interest_due', i.credited - r.paid), ('interest_paid', r.paid)) v(account, amount)
				WHERE v.amount <> 0 GROUP BY 1, 2) s
				FULL JOIN (SELECT case_id, account, amount FROM ledger_balance WHERE account IN ('interest_source', 'interest_due', 'interest_paid') AND amount <> 0) b
				  ON b.case_id = s.case_id AND b.account = s.account WHERE COALESCE(s.amount, 0) <> COALESCE(b.amount, 0)`},
		{Number: 9, Name: "deposit_release_persons_differ", Title: "Trả tiền tạm giữ: người đề nghị, người duyệt khác nhau; người duyệt không ghi trả; mỗi lần trả có một đề nghị được duyệt",
			SQL: `SELECT 'deposit ' || d.code || ' release ' || x.id FROM deposit_release x JOIN deposit d ON d.id = x.deposit_id LEFT JOIN payment_result r ON r.id = x.result_id
				WHERE x.origin = 'asked' AND (x.decided_by IN (x.made_by, r.made_by, x.handed_by) OR (x.state IN ('approved', 'handed_over') AND x.decided_by IS NULL))
				UNION ALL SELECT 'result ' || r.id FROM payment_result r WHERE r.kind = 'deposit_released' AND NOT EXISTS (SELECT 1 FROM deposit_release x
				  WHERE x.result_id = r.id AND x.amount = r.amount AND (x.state = 'taken_back') = EXISTS (SELECT 1 FROM journal j WHERE j.reverses = r.journal_id))`},
	}
}
