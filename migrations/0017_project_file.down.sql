DROP INDEX progress_entry_executed;
DROP INDEX capital_line_year;
DROP INDEX project_by_state;
DROP INDEX project_by_group;
DROP INDEX project_by_total;
DROP INDEX project_by_name;
DROP TABLE project_place;
DROP TABLE project_phase;
DROP FUNCTION project_as_of(date);
DROP TABLE project_version;
DROP FUNCTION ward_on(text, date);
ALTER TABLE project_decision DISABLE TRIGGER project_decision_append_only;
DELETE FROM project_decision WHERE kind = 'settlement'; -- the older program does not know this kind
ALTER TABLE project_decision ENABLE TRIGGER project_decision_append_only;
ALTER TABLE project_decision
  DROP CONSTRAINT project_decision_kind,
  ADD CONSTRAINT project_decision_kind CHECK (kind IN ('policy', 'investment', 'adjustment')),
  DROP COLUMN construction, DROP COLUMN equipment, DROP COLUMN clearance, DROP COLUMN management, DROP COLUMN consulting, DROP COLUMN other, DROP COLUMN contingency;
ALTER TABLE project DROP COLUMN field_group, DROP COLUMN funding_from, DROP COLUMN funding_to;
