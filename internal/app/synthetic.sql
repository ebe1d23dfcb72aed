-- Generated data of any size, by sets. Settings of the transaction: synthetic.works, synthetic.cases, synthetic.seed. Steps begin with a line
-- "-- step"; each sees what the ones before wrote. pick() spreads a row over 0..n-1: the same seed gives the same data.
-- step functions
CREATE FUNCTION pg_temp.works() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT current_setting('synthetic.works')::bigint $$
-- step functions
CREATE FUNCTION pg_temp.pick(i bigint, what text, n bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT (('x' || substr(md5(current_setting('synthetic.seed') || ':' || i || ':' || what), 1, 8))::bit(32)::bigint) % n
$$
-- step units
INSERT INTO unit (code, name, kind) SELECT 'SYN-' || lpad(n::text, 2, '0'), 'Ban quản lý dự án số ' || n, 'management' FROM generate_series(1, LEAST(20, 1 + pg_temp.works() / 200)) AS n
-- step works: the first 200 in the planner's own unit, the others over the generated ones
INSERT INTO project (code, name, group_code, sector, field_group, unit_id, investor, start_year, end_year, total_investment, state, clearance, sample, changed_by)
SELECT (1000000 + i)::text,
  (ARRAY['Đường', 'Cầu', 'Kè', 'Trường học', 'Trạm y tế', 'Hạ tầng khu dân cư', 'Thoát nước', 'Vỉa hè', 'Điện chiếu sáng', 'Nhà văn hóa'])[1 + pg_temp.pick(i, 'kind', 10)]
    || ' ' || (ARRAY['thôn', 'tổ dân phố', 'khu', 'xóm', 'cụm'])[1 + pg_temp.pick(i, 'place', 5)] || ' ' || pg_temp.pick(i, 'number', 900) || ', công trình sinh số ' || i,
  'C', (ARRAY['transport', 'urban', 'water', 'education', 'health', 'lighting'])[1 + pg_temp.pick(i, 'sector', 6)], 2,
  COALESCE((SELECT id FROM unit WHERE i > 200 AND code = 'SYN-' || lpad((1 + i % LEAST(20, 1 + pg_temp.works() / 200))::text, 2, '0')), (SELECT id FROM unit WHERE code = 'BQLDA')),
  'Chủ đầu tư số ' || (1 + pg_temp.pick(i, 'investor', 40)), 2022, 2024, (5 + pg_temp.pick(i, 'total', 40)) * 1000000000, 'building', true, true,
  (SELECT id FROM app_user WHERE username = 'planner')
FROM generate_series(1, pg_temp.works()) AS i
-- step wards
INSERT INTO project_ward (project_id, ward_id)
SELECT p.id, w.id FROM project p JOIN (SELECT id, row_number() OVER (ORDER BY code) - 1 AS n, count(*) OVER () AS many FROM ward WHERE valid_from <= '2023-12-31' AND (valid_to IS NULL OR valid_to >= '2023-01-01')) w
  ON w.n = p.id % w.many
-- step versions
INSERT INTO project_version (project_id, valid_from, name, group_code, field_group, sector, investor, unit_id, ward_codes, ward_names, reason, recorded_by)
SELECT p.id, '2022-01-01', p.name, p.group_code, p.field_group, p.sector, p.investor, p.unit_id, array_agg(w.code ORDER BY w.code), string_agg(w.name, ', ' ORDER BY w.code), 'sinh tự động', p.changed_by
FROM project p JOIN project_ward pw ON pw.project_id = p.id JOIN ward w ON w.id = pw.ward_id GROUP BY p.id
-- step phases
INSERT INTO project_phase (project_id, phase, entered_on, reason, recorded_by) SELECT id, 'construction', '2022-06-01', 'sinh tự động', changed_by FROM project
-- step decisions
INSERT INTO project_decision (project_id, kind, number, decided_on, authority, total_investment, recorded_by)
SELECT p.id, d.kind, d.stem || p.code, d.on_day::date, 'Ủy ban nhân dân thành phố', p.total_investment, p.changed_by
FROM project p CROSS JOIN (VALUES ('policy', 'NQ-', '2021-06-30'), ('investment', 'QĐ-', '2021-11-30')) d(kind, stem, on_day)
-- step capital
INSERT INTO capital_line (project_id, year, source, kind, amount, decision_number, decided_on, authority, recorded_by)
SELECT p.id, 2023, s.source, 'assigned', p.total_investment / 10 * s.tenths, 'KH-2023', '2022-12-20', 'Ủy ban nhân dân thành phố', p.changed_by
FROM project p CROSS JOIN (VALUES ('province', 2), ('land_use', 1)) s(source, tenths)
-- step funds
INSERT INTO capital_fund (project_id, year, source, plan) SELECT project_id, year, source, amount FROM capital_line ON CONFLICT DO NOTHING
-- step entries: executed grows evenly up to between 60 and 105 hundredths of the plan
INSERT INTO progress_entry (project_id, month, state, executed, estimate_month_end, disbursed, disbursed_treasury, physical_bp, entered_by, changed_by, submitted_by, submitted_at, accepted_by, accepted_at)
SELECT p.id, make_date(2023, m, 1), 'accepted', e.done, e.done, e.done * 8 / 10, e.done * 7 / 10, LEAST(10000, 2000 + m * 500), who.planner, who.planner, who.planner, now(), who.head, now()
FROM project p CROSS JOIN generate_series(1, 12) AS m
CROSS JOIN LATERAL (SELECT p.total_investment * 3 / 10 * (60 + pg_temp.pick(p.id, 'pace', 45)) / 1200 * m AS done) e
CROSS JOIN (SELECT (SELECT id FROM app_user WHERE username = 'planner') AS planner, (SELECT id FROM app_user WHERE username = 'planning-head') AS head) who
-- step holders
INSERT INTO holder (code, kind, name, ward_id, sample, changed_by)
SELECT 'NSD-' || lpad(i::text, 6, '0'), 'household',
  (ARRAY['Nguyễn', 'Hoàng', 'Nông', 'Lý', 'Triệu', 'Hà', 'Đàm', 'Ma', 'Bàn', 'Lường'])[1 + pg_temp.pick(i, 'family', 10)] || ' '
    || (ARRAY['Văn', 'Thị', 'Đức', 'Thanh', 'Minh'])[1 + pg_temp.pick(i, 'middle', 5)] || ' '
    || (ARRAY['An', 'Bình', 'Cường', 'Dung', 'Hà', 'Hải', 'Hoa', 'Lan', 'Long', 'Mai', 'Nam', 'Phúc', 'Quang', 'Sơn', 'Thảo', 'Tuấn', 'Vân', 'Yến'])[1 + pg_temp.pick(i, 'given', 18)],
  (SELECT min(ward_id) FROM project_ward), true, (SELECT id FROM app_user WHERE username = 'clearance')
FROM generate_series(1, current_setting('synthetic.cases')::bigint) AS i
-- step parties
INSERT INTO holder_party (holder_id, full_name, relation, share_bp) SELECT id, name, 'owner', 10000 FROM holder
-- step cases: few works have many
INSERT INTO land_case (code, project_id, holder_id, ward_id, rule_set, recovered_area, sample, opened_on, changed_by)
SELECT h.work || '-' || lpad(h.place, GREATEST(4, length(h.place)), '0'), h.project_id, h.id, h.ward_id, 'A-2013', 100 + pg_temp.pick(h.id, 'area', 900), true, '2023-01-10', h.changed_by
FROM (SELECT p.code AS work, p.id AS project_id, h.*, (row_number() OVER (PARTITION BY p.id ORDER BY h.id))::text AS place
  FROM (SELECT id, ward_id, changed_by, 1 + (pg_temp.pick(id, 'work', 1000) ^ 3 / 1000.0 ^ 3 * pg_temp.works())::bigint AS n FROM holder) h
  JOIN (SELECT id, code, row_number() OVER (ORDER BY id) AS n FROM project) p ON p.n = LEAST(h.n, pg_temp.works())) h
-- step parcels
INSERT INTO parcel (ward_id, map_sheet, number, area) SELECT ward_id, (id / 1000)::text, id::text, recovered_area FROM land_case
-- step case parcels
INSERT INTO case_parcel (case_id, parcel_id, land_code, recovered) SELECT c.id, p.id, 'ONT', c.recovered_area FROM land_case c JOIN parcel p ON p.number = c.id::text
-- step notices
INSERT INTO case_step (case_id, kind, done_on, effective_on, document_no, recorded_by) SELECT id, 'notice', '2023-02-01', '2023-02-01', 'TB-' || id, changed_by FROM land_case
-- step serials
INSERT INTO serial (series, last)
SELECT 'holder', count(*) FROM holder UNION ALL SELECT 'case/' || p.code, count(*) FROM land_case c JOIN project p ON p.id = c.project_id GROUP BY p.code
ON CONFLICT (series) DO UPDATE SET last = EXCLUDED.last
