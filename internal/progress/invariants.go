package progress

import "matbang/internal/invariant"

// Invariants of the monthly entries.
func Invariants() []invariant.Check {
	return []invariant.Check{
		{Number: 7, Name: "disbursed_within_capital", Title: "Giải ngân lũy kế không vượt kế hoạch + kéo dài + ứng trước của năm",
			SQL: `SELECT 'project ' || p.code || ' month ' || to_char(e.month, 'YYYY-MM') FROM progress_entry e JOIN project p ON p.id = e.project_id
				WHERE e.state = 'accepted' AND e.disbursed > COALESCE((SELECT sum(l.amount) FROM capital_line l
				  WHERE l.project_id = e.project_id AND l.year = extract(year FROM e.month)), 0)`},
		{Number: 9, Name: "enterer_never_accepts", Title: "Người nhập, sửa hoặc gửi tiến độ không tự chấp nhận",
			SQL: `SELECT 'progress entry ' || id FROM progress_entry WHERE accepted_by IN (entered_by, changed_by, submitted_by)`},
	}
}
