package land

import "matbang/internal/invariant"

// Invariants of cases, parcels and holders.
func Invariants() []invariant.Check {
	return []invariant.Check{
		{Number: 8, Name: "holder_shares", Title: "Mỗi chủ sử dụng đất có người hưởng, tỷ lệ cộng lại 100 %",
			SQL: `SELECT 'holder ' || h.code || ': ' || COALESCE(sum(hp.share_bp), 0) FROM holder h LEFT JOIN holder_party hp ON hp.holder_id = h.id
				GROUP BY h.code HAVING COALESCE(sum(hp.share_bp), 0) <> 10000`},
		{Number: 8, Name: "parcel_not_over_recovered", Title: "Không thửa đất nào bị thu hồi quá diện tích của nó",
			SQL: `SELECT 'parcel ' || pa.map_sheet || '/' || pa.number || ': ' || sum(cp.recovered) || ' > ' || pa.area
				FROM case_parcel cp JOIN parcel pa ON pa.id = cp.parcel_id GROUP BY pa.id HAVING sum(cp.recovered) > pa.area`},
		{Number: 8, Name: "case_area_is_its_parcels", Title: "Diện tích thu hồi của hồ sơ bằng tổng các thửa",
			SQL: `SELECT 'case ' || c.code || ': ' || c.recovered_area || ' <> ' || COALESCE(sum(cp.recovered), 0)
				FROM land_case c LEFT JOIN case_parcel cp ON cp.case_id = c.id GROUP BY c.id HAVING c.recovered_area <> COALESCE(sum(cp.recovered), 0)`},
		{Number: 8, Name: "steps_in_order", Title: "Các bước thu hồi đất đủ và theo trình tự",
			SQL: `SELECT 'case ' || c.code || ': ' || st.kind FROM case_step st JOIN land_case c ON c.id = st.case_id
				JOIN (VALUES ('inventory', 'notice'), ('posting', 'inventory'), ('recovery_decision', 'posting'), ('handover', 'recovery_decision')) o(kind, before)
				  ON o.kind = st.kind
				WHERE st.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM case_step b WHERE b.case_id = st.case_id AND b.kind = o.before
				  AND b.withdrawn_at IS NULL AND b.done_on <= st.done_on)`},
	}
}
