package indicator

import "matbang/internal/invariant"

// Invariants of the figures of the year.
func Invariants() []invariant.Check {
	return []invariant.Check{
		{Number: 9, Name: "indicator_enterer_never_accepts", Title: "Người nhập chỉ tiêu không tự chấp nhận",
			SQL: `SELECT 'indicator value ' || id FROM indicator_value WHERE accepted_by = ANY (hands || entered_by)`},
		{Number: 6, Name: "indicator_history_whole", Title: "Mỗi chỉ tiêu giữ đủ các lần sửa, bản hiện hành là bản cuối",
			SQL: `SELECT 'indicator value ' || v.id FROM indicator_value v
				LEFT JOIN indicator_version k ON k.value_id = v.id AND k.version = v.version
				WHERE (k.plan, k.result, k.mark, k.ratio_bp, k.last_year, k.growth_bp, k.note, k.reason, k.state)
				  IS DISTINCT FROM (v.plan, v.result, v.mark, v.ratio_bp, v.last_year, v.growth_bp, v.note, v.reason, v.state)
				   OR (SELECT count(*) FROM indicator_version h WHERE h.value_id = v.id) <> v.version`},
	}
}
