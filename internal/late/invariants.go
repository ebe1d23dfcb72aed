package late

import "matbang/internal/invariant"

// Invariants of this room.
func Invariants() []invariant.Check {
	return []invariant.Check{
		{Number: 3, Name: "late_plan_adds_up", Title: "Tổng phương án chi trả chậm bằng tổng các dòng; số đã chi bằng tổng chứng từ chưa bị hủy",
			SQL: `SELECT 'late_plan ' || p.code FROM late_plan p
				WHERE p.total <> (SELECT COALESCE(sum(l.amount), 0) FROM late_plan_line l WHERE l.plan_id = p.id)
				   OR p.paid <> (SELECT COALESCE(sum(CASE WHEN y.reverses IS NULL THEN y.amount ELSE -y.amount END), 0) FROM late_payment y JOIN late_plan_line l ON l.id = y.line_id WHERE l.plan_id = p.id)`},
		{Number: 3, Name: "late_line_paid_once", Title: "Mỗi dòng tiền chậm trả chỉ chi một lần, đúng số tiền được duyệt",
			SQL: `SELECT 'late_plan_line ' || l.id FROM late_plan_line l JOIN late_payment y ON y.line_id = l.id GROUP BY l.id, l.amount
				HAVING sum(CASE WHEN y.reverses IS NULL THEN y.amount ELSE -y.amount END) NOT IN (0, l.amount)`},
		{Number: 3, Name: "award_settled_kept", Title: "Ngày trả đủ giữ cho từng khoản phê duyệt khớp với kết quả chi trả",
			SQL: `SELECT 'award ' || COALESCE(s.award_id, t.award_id) FROM award_settled s
				FULL JOIN award_settled_told(ARRAY(SELECT DISTINCT y.award_id FROM payment_result r JOIN payment y ON y.id = r.payment_id)) t ON t.award_id = s.award_id
				WHERE s.days IS DISTINCT FROM t.days OR s.settled_on IS DISTINCT FROM t.settled_on`},
		{Number: 3, Name: "award_owed_kept", Title: "Danh sách khoản phê duyệt chưa trả đủ khớp với phương án đã duyệt và kết quả chi trả",
			SQL: `SELECT 'award ' || COALESCE(o.award_id, t.id) FROM award_owed o
				FULL JOIN (SELECT a.id FROM award a JOIN plan p ON p.id = a.plan_id AND p.state = 'approved' WHERE a.total > a.deducted
				  AND NOT EXISTS (SELECT 1 FROM award_settled s WHERE s.award_id = a.id)) t ON t.id = o.award_id WHERE o.award_id IS NULL OR t.id IS NULL`},
		{Number: 9, Name: "late_three_persons", Title: "Người lập phương án chi trả chậm không duyệt; người lập, người duyệt không ghi nhận đã chi",
			SQL: `SELECT 'late_plan ' || p.code FROM late_plan p WHERE p.approved_by = p.made_by
				UNION SELECT 'late_payment ' || y.id FROM late_payment y JOIN late_plan_line l ON l.id = y.line_id JOIN late_plan p ON p.id = l.plan_id WHERE y.made_by IN (p.made_by, p.approved_by)`},
	}
}
