package contract

import "matbang/internal/invariant"

// Invariants of contracts: their money adds up, and nobody approves an own bill.
func Invariants() []invariant.Check {
	return []invariant.Check{
		{Number: 40, Name: "contract_value_adds_up", Title: "Giá trị hợp đồng bằng giá trị ký cộng các phụ lục",
			SQL: `SELECT 'contract ' || c.code FROM contract c WHERE c.value <> c.original_value
				+ COALESCE((SELECT sum(a.value_change) FROM contract_amendment a WHERE a.contract_id = c.id), 0)`},
		{Number: 40, Name: "contract_accepted_within_value", Title: "Tổng giá trị nghiệm thu không vượt giá trị hợp đồng",
			SQL: `SELECT 'contract ' || c.code FROM contract c JOIN acceptance a ON a.contract_id = c.id GROUP BY c.id HAVING sum(a.value) > c.value`},
		{Number: 40, Name: "contract_billed_within_accepted", Title: "Tổng khối lượng đề nghị thanh toán không vượt khối lượng đã nghiệm thu",
			SQL: `SELECT 'contract ' || c.code FROM contract c JOIN bill b ON b.contract_id = c.id AND b.state <> 'cancelled' GROUP BY c.id
				HAVING sum(b.completed_value) > COALESCE((SELECT sum(a.value) FROM acceptance a WHERE a.contract_id = c.id), 0)`},
		{Number: 40, Name: "contract_within_estimate", Title: "Giá trị hợp đồng không vượt giá gói thầu, trừ khi có lý do",
			SQL: `SELECT 'package ' || p.code || '/' || g.code FROM package g JOIN project p ON p.id = g.project_id
				JOIN contract c ON c.package_id = g.id AND c.state <> 'terminated' GROUP BY g.id, p.code
				HAVING sum(c.value) > g.estimate AND NOT bool_or(btrim(c.over_estimate_reason) <> '')`},
		{Number: 40, Name: "bill_payable_adds_up", Title: "Đề nghị thanh toán bằng khối lượng hoàn thành trừ thu hồi tạm ứng và giữ lại bảo hành",
			SQL: `SELECT 'bill ' || code FROM bill WHERE payable <> completed_value - advance_recovered - retained`},
		{Number: 9, Name: "bill_maker_never_approves", Title: "Người lập, sửa hoặc gửi hồ sơ thanh toán không tự duyệt",
			SQL: `SELECT 'bill ' || code FROM bill WHERE approved_by = ANY (hands || ARRAY[made_by, edited_by, submitted_by])`},
	}
}
