package violation

import "matbang/internal/invariant"

// Invariants of the register.
func Invariants() []invariant.Check {
	return []invariant.Check{
		{Number: 10, Name: "violation_handled_whole", Title: "Vi phạm đã xử lý xong có quyết định, kết quả; ngày xử lý không trước ngày quyết định, ngày quyết định không trước ngày phát hiện",
			SQL: `SELECT 'violation ' || code FROM violation
				WHERE handled_on IS NOT NULL AND (decided_on IS NULL OR btrim(decision_number) = '' OR btrim(outcome) = '' OR handled_on < decided_on)
				   OR decided_on < found_on OR handled_on IS NULL AND area IS NOT NULL`},
		{Number: 10, Name: "violation_is_newest_version", Title: "Vi phạm: dòng hiện tại đúng bằng phiên bản mới nhất, các phiên bản đủ số thứ tự",
			SQL: `SELECT 'violation ' || v.code FROM violation v LEFT JOIN violation_version n ON n.violation_id = v.id AND n.version = v.version
				WHERE (v.kind, v.what, v.place, v.ward_id, v.found_on, v.decided_on, v.due_on, v.handled_on, v.area)
				  IS DISTINCT FROM (n.kind, n.what, n.place, n.ward_id, n.found_on, n.decided_on, n.due_on, n.handled_on, n.area)
				OR v.version <> (SELECT count(*) FROM violation_version c WHERE c.violation_id = v.id)`},
	}
}
