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
			SQL: `SELECT 'progress entry ' || id FROM progress_entry WHERE accepted_by = ANY (hands || ARRAY[entered_by, changed_by, submitted_by])
				UNION ALL SELECT 'progress adjustment ' || a.code FROM progress_adjustment a JOIN progress_entry e ON e.project_id = a.project_id AND e.month = a.in_month
				WHERE e.accepted_by = a.entered_by`},
		{Number: 10, Name: "owed_entry_or_listed", Title: "Tháng đã phát hành: mỗi công trình phải nhập có bản nhập được chấp nhận hoặc đứng trong danh sách chưa báo cáo",
			SQL: owedSQL},
		{Number: 10, Name: "adjustment_of_issued_month", Title: "Điều chỉnh kỳ trước: của tháng đã phát hành, ghi vào tháng sau; số liệu sau điều chỉnh không âm, không vượt 100 %",
			SQL: adjustedSQL},
		{Number: 10, Name: "obstacle_within_holders", Title: "Vướng mắc: số hộ không vượt số chủ sử dụng đất của các công trình bị vướng, hồ sơ nêu tên thuộc các công trình ấy",
			SQL: obstacleHoldersSQL},
		{Number: 10, Name: "obstacle_answers_kept", Title: "Vướng mắc: các văn bản trả lời còn nguyên, đủ số thứ tự, đúng như nhật ký đã ghi",
			SQL: obstacleAnswersSQL},
		{Number: 10, Name: "reminder_once", Title: "Nhắc nhập tiến độ: mỗi người mỗi ngày một lần cho một tháng (và một lần do người nhắc)",
			SQL: `SELECT 'reminder of user ' || user_id || ' for ' || to_char(month, 'YYYY-MM') || ' on ' || sent_on FROM reminder
				GROUP BY month, user_id, sent_on, by_hand HAVING count(*) > 1`},
	}
}

// owedSQL holds the roll of every issued month against its entries: who is told to have reported has an accepted entry, who is not has none;
// an accepted entry is on the roll; a month was issued with its roll; a work that owed by what was known then is on it.
const owedSQL = `SELECT 'project ' || p.code || ' month ' || to_char(r.month, 'YYYY-MM') || CASE WHEN r.reported THEN ': reported, no accepted entry' ELSE ': listed as not reported, has an entry' END
	FROM progress_roll r JOIN project p ON p.id = r.project_id
	LEFT JOIN progress_entry e ON e.project_id = r.project_id AND e.month = r.month AND e.state = 'accepted'
	WHERE r.reported <> (e.id IS NOT NULL)
	UNION ALL SELECT 'project ' || p.code || ' month ' || to_char(e.month, 'YYYY-MM') || ': not on the roll'
	FROM progress_entry e JOIN report_issue i ON i.kind = 'monthly' AND i.month = e.month JOIN project p ON p.id = e.project_id
	WHERE NOT EXISTS (SELECT 1 FROM progress_roll r WHERE r.month = e.month AND r.project_id = e.project_id)
	UNION ALL SELECT 'project ' || p.code || ' month ' || to_char(i.month, 'YYYY-MM') || ': owed an entry, not on the roll'
	FROM report_issue i JOIN capital_line l ON l.year = extract(year FROM i.month) AND l.recorded_at <= i.cutoff JOIN project p ON p.id = l.project_id
	WHERE i.kind = 'monthly' AND NOT EXISTS (SELECT 1 FROM progress_roll r WHERE r.month = i.month AND r.project_id = l.project_id)`

const adjustedSQL = `SELECT 'progress adjustment ' || a.code FROM progress_adjustment a
	WHERE a.for_month >= a.in_month OR NOT EXISTS (SELECT 1 FROM report_issue i WHERE i.kind = 'monthly' AND i.month = a.for_month)
	UNION ALL SELECT 'project ' || p.code || ' month ' || to_char(e.month, 'YYYY-MM') || ': ' || a.figure
	FROM progress_entry e JOIN project p ON p.id = e.project_id CROSS JOIN LATERAL (
	  SELECT a.figure, sum(a.change) AS change FROM progress_adjustment a
	  WHERE a.project_id = e.project_id AND a.in_month > e.month AND a.for_month <= e.month
	    AND (a.figure = 'physical' OR date_trunc('year', a.for_month) = date_trunc('year', e.month)) GROUP BY a.figure) a
	WHERE e.state = 'accepted' AND (a.change + CASE a.figure WHEN 'executed' THEN e.executed WHEN 'disbursed' THEN e.disbursed
	    WHEN 'disbursed_treasury' THEN e.disbursed_treasury ELSE e.physical_bp END < 0
	  OR a.figure = 'physical' AND e.physical_bp + a.change > 10000)`

// obstacleHoldersSQL: hand-overs come later, so the whole register of the works bounds what was entered.
const obstacleHoldersSQL = `SELECT 'obstacle ' || o.code || ': households' FROM obstacle o WHERE o.households > 0 AND o.households > (SELECT count(DISTINCT c.holder_id) FROM land_case c
	  WHERE c.project_id IN (SELECT o.project_id UNION ALL SELECT w.project_id FROM obstacle_work w WHERE w.obstacle_id = o.id))
	UNION ALL SELECT 'obstacle ' || o.code || ': case ' || c.code FROM obstacle_case k JOIN obstacle o ON o.id = k.obstacle_id JOIN land_case c ON c.id = k.case_id
	WHERE c.project_id <> o.project_id AND NOT EXISTS (SELECT 1 FROM obstacle_work w WHERE w.obstacle_id = o.id AND w.project_id = c.project_id)`

// obstacleAnswersSQL: answers are numbered without a gap and the obstacle knows how many there are; what the log keeps of each is what stands there.
const obstacleAnswersSQL = `SELECT 'obstacle ' || o.code || ': ' || o.answers || ' answers' FROM obstacle o
	LEFT JOIN (SELECT obstacle_id, count(*) AS n, max(number) AS last FROM obstacle_answer GROUP BY 1) a ON a.obstacle_id = o.id
	WHERE o.answers <> COALESCE(a.n, 0) OR o.answers <> COALESCE(a.last, 0)
	UNION ALL SELECT 'obstacle ' || o.code || ': answer ' || a.number FROM obstacle o JOIN obstacle_answer a ON a.obstacle_id = o.id
	JOIN audit_event e ON e.object_kind = 'obstacle' AND e.object_code = o.code AND e.act = 'obstacle.answer'
	WHERE (e.after ->> 'number')::int = a.number AND (e.after ->> 'text', e.after ->> 'answered_by') <> (a.content, a.answered_by)`
