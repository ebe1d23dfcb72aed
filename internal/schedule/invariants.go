package schedule

import "matbang/internal/invariant"

// Invariants of this room.
func Invariants() []invariant.Check {
	return []invariant.Check{
		{Number: 41, Name: "baseline_weights_whole", Title: "Trọng số các mốc của mỗi đường gốc cộng lại đúng 100 %",
			SQL: `SELECT 'project ' || p.code || ' baseline ' || b.number FROM schedule_baseline b JOIN project p ON p.id = b.project_id
				WHERE (SELECT COALESCE(sum(m.weight_bp), 0) FROM baseline_milestone m WHERE m.baseline_id = b.id) <> 10000`},
		{Number: 41, Name: "milestone_done_is_last_entry", Title: "Tỷ lệ hoàn thành của mốc bằng lần ghi của ngày gần nhất",
			SQL: `SELECT 'project ' || p.code || ' milestone ' || m.rank FROM milestone m JOIN project p ON p.id = m.project_id
				LEFT JOIN LATERAL (SELECT x.done_bp FROM milestone_progress x WHERE x.milestone_id = m.id ORDER BY x.on_day DESC, x.id DESC LIMIT 1) l ON true
				WHERE m.done_bp <> COALESCE(l.done_bp, 0)`},
		{Number: 41, Name: "baseline_fixer_is_not_editor", Title: "Người chốt đường gốc không phải người nhập kế hoạch kể từ đường gốc trước",
			SQL: `SELECT 'project ' || p.code || ' baseline ' || b.number FROM schedule_baseline b JOIN project p ON p.id = b.project_id
				WHERE b.fixed_by = ANY (b.hands || b.edited_by)`},
		{Number: 41, Name: "milestone_finished_is_whole", Title: "Mốc có ngày hoàn thành khi và chỉ khi đã xong 100 %",
			SQL: `SELECT 'project ' || p.code || ' milestone ' || m.rank FROM milestone m JOIN project p ON p.id = m.project_id
				WHERE (m.finished_on IS NOT NULL) <> (m.done_bp = 10000) OR m.finished_on < m.started_on OR m.done_bp > 0 AND m.started_on IS NULL`},
	}
}
