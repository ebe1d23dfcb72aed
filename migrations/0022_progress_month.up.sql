-- The month's entry: a jump or a fall has its reason, lateness is counted in business days, an issued month is corrected by adjustments in the
-- open month, and the roll of who owed an entry is kept when a month is issued.

-- The reason stands apart from the note. first_submitted_on is the business day on which the entry was first handed in: a return is not lateness.
ALTER TABLE progress_entry
  ADD COLUMN reason text NOT NULL DEFAULT '',
  ADD COLUMN first_submitted_on date;
ALTER TABLE progress_entry DISABLE TRIGGER progress_month_issued;
UPDATE progress_entry SET first_submitted_on = (submitted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date WHERE submitted_at IS NOT NULL;
ALTER TABLE progress_entry ENABLE TRIGGER progress_month_issued;

-- The works that owe an entry of a month: those with capital of the year, and those being built (or suspended) inside their years even when the
-- year gives them nothing. A work finished early owes until the year's end. planned is false for a year without any capital.
CREATE FUNCTION progress_owed(in_month date) RETURNS TABLE (project_id bigint, planned boolean) LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT o.id, o.planned FROM (
    SELECT p.id, p.id IN (SELECT l.project_id FROM capital_line l WHERE l.year = extract(year FROM in_month)::int) AS planned,
      extract(year FROM in_month)::int BETWEEN p.start_year AND p.end_year
        AND (p.state IN ('building', 'suspended') OR p.state = 'completed' AND p.id IN (
          SELECT f.project_id FROM project_phase f WHERE f.phase = 'handover' AND f.act = 'opened' AND f.entered_on >= make_date(extract(year FROM in_month)::int, 1, 1))) AS going
    FROM project p) o
  WHERE o.planned OR o.going
$$;

-- Corrections of issued months, entered in an open one. figure changes by change: đồng, or basis points for the physical share. A correction is
-- taken back by a row that does the opposite.
CREATE TABLE progress_adjustment (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code        text GENERATED ALWAYS AS ('DC-' || id::text) STORED CONSTRAINT progress_adjustment_code_once UNIQUE,
  project_id  bigint NOT NULL REFERENCES project,
  in_month    month_start NOT NULL,
  for_month   month_start NOT NULL,
  figure      text NOT NULL CONSTRAINT progress_adjustment_figure CHECK (figure IN ('executed', 'disbursed', 'disbursed_treasury', 'physical')),
  change      dong NOT NULL CONSTRAINT progress_adjustment_not_zero CHECK (change <> 0),
  reason      text NOT NULL CONSTRAINT progress_adjustment_reason_given CHECK (btrim(reason) <> ''),
  reverses    bigint CONSTRAINT progress_adjustment_reversed_once UNIQUE,
  undoes      dong GENERATED ALWAYS AS (-change) STORED,
  entered_by  bigint NOT NULL REFERENCES app_user,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT progress_adjustment_order CHECK (for_month < in_month),
  CONSTRAINT progress_adjustment_whole UNIQUE (id, project_id, in_month, for_month, figure, change),
  CONSTRAINT progress_adjustment_reversal FOREIGN KEY (reverses, project_id, in_month, for_month, figure, undoes)
    REFERENCES progress_adjustment (id, project_id, in_month, for_month, figure, change)
);
CREATE INDEX progress_adjustment_project ON progress_adjustment (project_id, in_month);
CREATE INDEX progress_adjustment_month ON progress_adjustment (in_month);
CREATE TRIGGER progress_adjustment_append_only BEFORE UPDATE OR DELETE ON progress_adjustment FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER progress_adjustment_no_truncate BEFORE TRUNCATE ON progress_adjustment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A correction is of an issued month and enters one that is not, before the work's entry of it is accepted. The lock waits for a report that is
-- being issued (which locks the entries against change), so that it never overtakes one.
CREATE FUNCTION progress_adjustment_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  broken text;
BEGIN
  LOCK TABLE progress_entry IN ROW EXCLUSIVE MODE;
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM report_issue i WHERE i.kind = 'monthly' AND i.month = NEW.in_month) THEN 'progress_adjustment_month_issued'
    WHEN NOT EXISTS (SELECT 1 FROM report_issue i WHERE i.kind = 'monthly' AND i.month = NEW.for_month) THEN 'progress_adjustment_of_issued'
    WHEN NOT EXISTS (SELECT 1 FROM progress_entry e WHERE e.project_id = NEW.project_id AND e.month = NEW.for_month AND e.state = 'accepted') THEN 'progress_adjustment_of_entry'
    WHEN EXISTS (SELECT 1 FROM progress_entry e WHERE e.project_id = NEW.project_id AND e.month = NEW.in_month AND e.state = 'accepted') THEN 'progress_adjustment_before_acceptance'
    WHEN EXISTS (SELECT 1 FROM progress_adjustment a WHERE a.id = NEW.reverses AND a.reverses IS NOT NULL) THEN 'progress_adjustment_reversal' END INTO broken;
  IF broken IS NOT NULL THEN
    RAISE EXCEPTION 'adjustment of % in % for %', NEW.project_id, NEW.in_month, NEW.for_month USING ERRCODE = 'check_violation', CONSTRAINT = broken, TABLE = 'progress_adjustment';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER progress_adjustment_open BEFORE INSERT ON progress_adjustment FOR EACH ROW EXECUTE FUNCTION progress_adjustment_open();

-- Whoever entered a correction of the month never accepts the entry that contains it.
CREATE FUNCTION progress_adjuster_never_accepts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM progress_adjustment a WHERE a.project_id = NEW.project_id AND a.in_month = NEW.month AND a.entered_by = NEW.accepted_by) THEN
    RAISE EXCEPTION 'user % entered an adjustment of this entry', NEW.accepted_by
      USING ERRCODE = 'check_violation', CONSTRAINT = 'progress_adjuster_never_accepts', TABLE = 'progress_entry';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER progress_adjuster_never_accepts BEFORE INSERT OR UPDATE ON progress_entry FOR EACH ROW
  WHEN (NEW.accepted_by IS NOT NULL) EXECUTE FUNCTION progress_adjuster_never_accepts();

-- Who owed an entry when the month was issued, and who had one accepted: the others are the month's not-reported list, for good.
CREATE TABLE progress_roll (
  month      month_start NOT NULL,
  project_id bigint NOT NULL REFERENCES project,
  reported   boolean NOT NULL,
  PRIMARY KEY (month, project_id)
);
INSERT INTO progress_roll (month, project_id, reported)
SELECT i.month, p.id, EXISTS (SELECT 1 FROM progress_entry e WHERE e.project_id = p.id AND e.month = i.month AND e.state = 'accepted')
FROM report_issue i CROSS JOIN project p
WHERE i.kind = 'monthly' AND (p.id IN (SELECT o.project_id FROM progress_owed(i.month) o) OR EXISTS (SELECT 1 FROM progress_entry e WHERE e.project_id = p.id AND e.month = i.month));
CREATE TRIGGER progress_roll_append_only BEFORE UPDATE OR DELETE ON progress_roll FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER progress_roll_no_truncate BEFORE TRUNCATE ON progress_roll FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION progress_call_roll() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO progress_roll (month, project_id, reported)
  SELECT NEW.month, p.id, COALESCE(e.state = 'accepted', false)
  FROM project p LEFT JOIN progress_entry e ON e.project_id = p.id AND e.month = NEW.month
  WHERE e.id IS NOT NULL OR p.id IN (SELECT o.project_id FROM progress_owed(NEW.month) o);
  RETURN NULL;
END $$;
CREATE TRIGGER progress_call_roll AFTER INSERT ON report_issue FOR EACH ROW WHEN (NEW.kind = 'monthly') EXECUTE FUNCTION progress_call_roll();
