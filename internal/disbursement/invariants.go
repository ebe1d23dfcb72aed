package disbursement

import "matbang/internal/invariant"

// lastPayDay is, for a voucher v, the last day on which cash of its kind and purpose may leave for its plan year, by the rules of that year's end;
// NULL where no rule says one.
const lastPayDay = `(SELECT make_date(v.plan_year + (l.value / 10000)::int, (l.value / 100 % 100)::int, (l.value % 100)::int)
	FROM legal_rule l JOIN rule_set s ON s.code = l.rule_set AND s.subject = 'investment'
	WHERE l.key = CASE WHEN v.kind = 'payment' THEN 'pay_completed_until' WHEN v.purpose = 'clearance' THEN 'clearance_advance_until' ELSE 'advance_until' END
	  AND l.valid_from <= make_date(v.plan_year, 12, 31) AND (l.valid_to IS NULL OR l.valid_to >= make_date(v.plan_year, 12, 31))
	ORDER BY l.valid_from DESC, l.id DESC LIMIT 1)`

// Invariants of this room.
func Invariants() []invariant.Check {
	return []invariant.Check{
		{Number: 6, Name: "fund_drawn_equals_vouchers", Title: "Số đã giải ngân của từng nguồn, năm kế hoạch bằng tổng các chứng từ",
			SQL: `SELECT 'work ' || p.code || ' ' || x.year || ' ' || x.source || ': ' || x.drawn || ' <> ' || x.vouchers FROM (
				SELECT COALESCE(f.project_id, v.project_id) AS project_id, COALESCE(f.year, v.plan_year) AS year, COALESCE(f.source, v.source) AS source,
				  COALESCE(f.drawn, 0) AS drawn, COALESCE(v.cash, 0) AS vouchers
				FROM capital_fund f FULL JOIN (SELECT project_id, plan_year, source, sum(cash) AS cash FROM disbursement_voucher GROUP BY 1, 2, 3) v
				  ON v.project_id = f.project_id AND v.plan_year = f.year AND v.source = f.source) x
				JOIN project p ON p.id = x.project_id WHERE x.drawn <> x.vouchers`},
		{Number: 6, Name: "advance_equals_vouchers", Title: "Số dư từng khoản tạm ứng không âm và bằng tạm ứng trừ thu hồi, hoàn trả theo chứng từ",
			SQL: `SELECT 'advance ' || v.code || ': ' || COALESCE(a.amount || '/' || a.recovered || '/' || a.refunded || '/' || a.held, 'no total') FROM disbursement_voucher v
				LEFT JOIN disbursement_advance a ON a.voucher_id = v.id
				LEFT JOIN LATERAL (SELECT ` + sums + `, COALESCE(sum(` + signed + `) FILTER (WHERE kind = 'held'), 0) AS held
				  FROM disbursement_voucher WHERE advance_id = v.id) x ON true
				WHERE v.kind = 'advance' AND v.reversal_of IS NULL AND (a.voucher_id IS NULL OR a.balance < 0 OR (a.recovered, a.refunded, a.held) <> (x.recovered, x.refunded, x.held)
				  OR a.amount <> CASE WHEN EXISTS (SELECT 1 FROM disbursement_voucher r WHERE r.reversal_of = v.id) THEN 0 ELSE v.amount END)`},
		{Number: 6, Name: "contract_paid_within_value", Title: "Đã thanh toán và tạm ứng của từng hợp đồng không vượt giá trị hợp đồng, khớp chứng từ",
			SQL: `SELECT 'contract ' || c.code || ': ' || x.cash || ' of ' || c.value FROM contract c
				JOIN (SELECT contract_id, sum(cash) AS cash, ` + sums + ` FROM disbursement_voucher WHERE contract_id IS NOT NULL GROUP BY 1) x ON x.contract_id = c.id
				LEFT JOIN disbursement_contract d ON d.contract_id = c.id
				WHERE x.cash > c.value OR d.contract_id IS NULL OR d.value <> c.value OR (d.advanced, d.paid, d.recovered, d.refunded) <> (x.advanced, x.paid, x.recovered, x.refunded)`},
		{Number: 6, Name: "bill_paid_within_payable", Title: "Đã thanh toán theo từng hồ sơ không vượt số đề nghị, khớp chứng từ, đúng hợp đồng",
			SQL: `SELECT 'bill ' || b.code || ': ' || x.paid || ' of ' || b.payable FROM bill b
				JOIN (SELECT bill_id, min(contract_id) AS low, max(contract_id) AS high, ` + sums + ` FROM disbursement_voucher WHERE bill_id IS NOT NULL GROUP BY 1) x ON x.bill_id = b.id
				LEFT JOIN disbursement_bill d ON d.bill_id = b.id
				WHERE x.paid > b.payable OR x.recovered > b.advance_recovered OR (x.paid <> 0 OR x.recovered <> 0) AND b.state <> 'approved' OR
				  (d.payable, d.to_recover) <> (b.payable, b.advance_recovered) OR x.low <> b.contract_id OR x.high <> b.contract_id
				  OR d.bill_id IS NULL OR (d.paid, d.recovered) <> (x.paid, x.recovered)`},
		{Number: 6, Name: "reversal_once", Title: "Mỗi chứng từ chỉ bị hủy một lần, toàn bộ, và chứng từ hủy không bị hủy",
			SQL: `SELECT 'voucher ' || o.code FROM disbursement_voucher r JOIN disbursement_voucher o ON o.id = r.reversal_of
				WHERE o.reversal_of IS NOT NULL OR (o.project_id, o.plan_year, o.source, o.kind, o.amount) <> (r.project_id, r.plan_year, r.source, r.kind, r.amount)
				   OR o.contract_id IS DISTINCT FROM r.contract_id OR o.advance_id IS DISTINCT FROM r.advance_id
				   OR (SELECT count(*) FROM disbursement_voucher t WHERE t.reversal_of = o.id) > 1`},
		{Number: 6, Name: "voucher_in_its_year", Title: "Chứng từ chi nằm trong thời hạn thanh toán của năm kế hoạch",
			SQL: `SELECT 'voucher ' || v.code || ' of ' || v.plan_year || ' on ' || v.paid_on FROM disbursement_voucher v
				WHERE v.paid_on < make_date(v.plan_year, 1, 1) OR (v.reversal_of IS NULL AND v.kind IN ('advance', 'payment') AND v.paid_on > ` + lastPayDay + `)`},
		{Number: 9, Name: "treasury_confirmed_by_another", Title: "Người xác nhận số Kho bạc không phải người ghi chứng từ chưa ai khác đối chiếu",
			SQL: `SELECT 'work ' || p.code || ' ' || t.source || ' until ' || t.through FROM treasury_confirmation t JOIN project p ON p.id = t.project_id
				WHERE EXISTS (SELECT 1 FROM disbursement_voucher v WHERE v.project_id = t.project_id AND v.plan_year = t.plan_year AND v.source = t.source
				  AND v.recorded_by = t.recorded_by AND v.recorded_at < t.recorded_at
				  AND NOT EXISTS (SELECT 1 FROM treasury_confirmation b WHERE b.project_id = t.project_id AND b.plan_year = t.plan_year AND b.source = t.source
				    AND b.id < t.id AND b.recorded_at > v.recorded_at AND b.through >= v.paid_on))`},
	}
}
