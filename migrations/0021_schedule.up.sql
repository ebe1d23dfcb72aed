-- The schedule of a work: weighted milestones, what of them is done on which day, and the baselines that were fixed. A baseline and what was
-- done are history and never change; the plan in between may.

-- One row a work that has a schedule: its version, and who entered the plan last (never the one who fixes it).
CREATE TABLE schedule (
  project_id bigint PRIMARY KEY REFERENCES project,
  edited_by  bigint NOT NULL REFERENCES app_user,
  edited_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_by bigint NOT NULL REFERENCES app_user, -- the plan, what is done, or a baseline
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  version    integer NOT NULL DEFAULT 0
);

-- weight_bp is the weight as it is entered; it counts from the next baseline on. The rank may be exchanged within one act.
CREATE TABLE milestone (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id    bigint NOT NULL REFERENCES schedule,
  rank          integer NOT NULL CONSTRAINT milestone_rank_positive CHECK (rank > 0),
  name          text NOT NULL CONSTRAINT milestone_name_given CHECK (btrim(name) <> ''),
  weight_bp     integer NOT NULL CONSTRAINT milestone_weight_range CHECK (weight_bp BETWEEN 0 AND 10000),
  planned_start date,
  planned_end   date,
  started_on    date,
  finished_on   date,
  done_bp       integer NOT NULL DEFAULT 0 CONSTRAINT milestone_done_range CHECK (done_bp BETWEEN 0 AND 10000), -- of the newest milestone_progress
  CONSTRAINT milestone_rank_once UNIQUE (project_id, rank) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT milestone_planned_both CHECK ((planned_start IS NULL) = (planned_end IS NULL)),
  CONSTRAINT milestone_planned_order CHECK (planned_end >= planned_start),
  CONSTRAINT milestone_started CHECK (done_bp = 0 OR started_on IS NOT NULL),
  CONSTRAINT milestone_finished_is_whole CHECK ((finished_on IS NOT NULL) = (done_bp = 10000)),
  CONSTRAINT milestone_real_order CHECK (finished_on >= started_on)
);

-- What was done up to the end of a day. Of several rows of a day the last one holds; one may be entered late for an earlier day.
CREATE TABLE milestone_progress (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  milestone_id bigint NOT NULL REFERENCES milestone,
  on_day       date NOT NULL,
  done_bp      integer NOT NULL CONSTRAINT milestone_progress_range CHECK (done_bp BETWEEN 0 AND 10000),
  note         text NOT NULL DEFAULT '',
  recorded_by  bigint NOT NULL REFERENCES app_user,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX milestone_progress_day ON milestone_progress (milestone_id, on_day DESC, id DESC);
CREATE TRIGGER milestone_progress_append_only BEFORE UPDATE OR DELETE ON milestone_progress FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE schedule_baseline (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id bigint NOT NULL REFERENCES schedule,
  number     integer NOT NULL CONSTRAINT schedule_baseline_number CHECK (number > 0),
  fixed_on   date NOT NULL,
  edited_by  bigint NOT NULL REFERENCES app_user, -- who had entered the plan last
  fixed_by   bigint NOT NULL REFERENCES app_user,
  fixed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  reason     text NOT NULL DEFAULT '',
  CONSTRAINT schedule_baseline_once UNIQUE (project_id, number),
  CONSTRAINT schedule_fixer_is_not_editor CHECK (fixed_by <> edited_by),
  CONSTRAINT schedule_baseline_later_has_reason CHECK (number = 1 OR btrim(reason) <> '')
);
CREATE TRIGGER schedule_baseline_append_only BEFORE UPDATE OR DELETE ON schedule_baseline FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE baseline_milestone (
  baseline_id   bigint NOT NULL REFERENCES schedule_baseline,
  milestone_id  bigint NOT NULL REFERENCES milestone,
  name          text NOT NULL,
  weight_bp     integer NOT NULL CONSTRAINT baseline_weight_range CHECK (weight_bp BETWEEN 0 AND 10000),
  planned_start date NOT NULL,
  planned_end   date NOT NULL,
  PRIMARY KEY (baseline_id, milestone_id),
  CONSTRAINT baseline_planned_order CHECK (planned_end >= planned_start)
);
CREATE INDEX baseline_milestone_milestone ON baseline_milestone (milestone_id);
CREATE TRIGGER baseline_milestone_append_only BEFORE UPDATE OR DELETE ON baseline_milestone FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- At the end of a transaction the weights of a new baseline add up to the whole.
CREATE FUNCTION schedule_baseline_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT COALESCE(sum(weight_bp), 0) FROM baseline_milestone WHERE baseline_id = NEW.id) <> 10000 THEN
    RAISE EXCEPTION 'weights of baseline % do not add up to 10000', NEW.id USING ERRCODE = 'check_violation', CONSTRAINT = 'schedule_weights_whole';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER schedule_weights_whole AFTER INSERT ON schedule_baseline DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION schedule_baseline_whole();
