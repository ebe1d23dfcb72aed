package project

import "matbang/internal/invariant"

// Invariants of the file of a work.
func Invariants() []invariant.Check {
	return []invariant.Check{
		{Number: 14, Name: "total_is_the_holding_decision", Title: "Tổng mức đầu tư của công trình bằng quyết định đang có hiệu lực",
			SQL: `SELECT 'project ' || p.code || ': ' || p.total_investment || ' <> ' || d.total_investment FROM project p CROSS JOIN LATERAL (
				SELECT x.total_investment FROM project_decision x WHERE x.project_id = p.id AND x.kind <> 'settlement'
				ORDER BY x.kind = 'policy', x.decided_on DESC, array_position(ARRAY['policy', 'investment', 'adjustment'], x.kind) DESC, x.id DESC LIMIT 1) d
				WHERE p.total_investment <> d.total_investment`},
		{Number: 14, Name: "decision_parts_add_up", Title: "Các phần của quyết định cộng lại bằng tổng mức đầu tư",
			SQL: `SELECT 'project ' || p.code || ': ' || d.number FROM project_decision d JOIN project p ON p.id = d.project_id
				WHERE d.construction + d.equipment + d.clearance + d.management + d.consulting + d.other + d.contingency NOT IN (0, d.total_investment)`},
		{Number: 14, Name: "newest_version_is_the_work", Title: "Phiên bản mới nhất của hồ sơ đúng như công trình hiện nay",
			SQL: `SELECT 'project ' || p.code || ': ' || COALESCE('version of ' || v.valid_from, 'no version') FROM project p LEFT JOIN LATERAL (
				SELECT * FROM project_version x WHERE x.project_id = p.id ORDER BY x.valid_from DESC, x.id DESC LIMIT 1) v ON true
				WHERE (v.name, v.group_code, v.field_group, v.sector, v.investor, v.unit_id) IS DISTINCT FROM (p.name, p.group_code, p.field_group, p.sector, p.investor, p.unit_id)
				OR v.ward_codes <> ARRAY(SELECT w.code FROM project_ward pw JOIN ward w ON w.id = pw.ward_id WHERE pw.project_id = p.id ORDER BY w.code)`},
		{Number: 14, Name: "state_agrees_with_phase", Title: "Tình trạng công trình khớp với giai đoạn và việc tạm dừng",
			SQL: `SELECT 'project ' || p.code || ': ' || p.state || ', ' || COALESCE(f.phase || ' ' || f.act, 'no phase') FROM project p LEFT JOIN LATERAL (
				SELECT x.phase, x.act FROM project_phase x WHERE x.project_id = p.id ORDER BY x.id DESC LIMIT 1) f ON true
				WHERE p.state IS DISTINCT FROM CASE WHEN f.act = 'suspended' THEN 'suspended' WHEN f.phase IN ('policy', 'investment', 'procurement') THEN 'preparing'
				  WHEN f.phase = 'construction' THEN 'building' WHEN f.phase IS NOT NULL THEN 'completed' END`},
	}
}
