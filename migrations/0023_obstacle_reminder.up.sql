-- Obstacles say who was asked, what and whom they hold up, and how the answers went on; reminders of the month's entry are kept, one a person and day.

-- answer, so far the one overwritten text, is from here on how an obstacle ended; what was said on the way stands in obstacle_answer.
-- households 0 means that nobody's land holds the work up; area and length 0 that nobody measured. reopens is the resolved obstacle this one takes
-- up again: the day an obstacle was resolved is never taken back, because an issued report was told it.
ALTER TABLE obstacle
  ADD COLUMN body text NOT NULL DEFAULT '',
  ADD COLUMN households integer NOT NULL DEFAULT 0 CONSTRAINT obstacle_households CHECK (households >= 0),
  ADD COLUMN held_area area_m2 NOT NULL DEFAULT 0,
  ADD COLUMN held_length integer NOT NULL DEFAULT 0 CONSTRAINT obstacle_length CHECK (held_length >= 0),
  ADD COLUMN answers integer NOT NULL DEFAULT 0,
  ADD COLUMN resolved_at timestamptz,
  ADD COLUMN content_fold text GENERATED ALWAYS AS (fold(content)) STORED,
  ADD COLUMN reopens bigint REFERENCES obstacle CONSTRAINT obstacle_reopened_once UNIQUE;
UPDATE obstacle SET resolved_at = changed_at WHERE resolved_on IS NOT NULL;

-- Further works that the same obstacle holds up, beside the one it was entered for.
CREATE TABLE obstacle_work (
  obstacle_id bigint NOT NULL REFERENCES obstacle,
  project_id  bigint NOT NULL REFERENCES project,
  PRIMARY KEY (obstacle_id, project_id)
);
CREATE INDEX obstacle_work_project ON obstacle_work (project_id, obstacle_id);

-- The cases of land recovery whose holders stand in the way.
CREATE TABLE obstacle_case (
  obstacle_id bigint NOT NULL REFERENCES obstacle,
  case_id     bigint NOT NULL REFERENCES land_case,
  PRIMARY KEY (obstacle_id, case_id)
);
CREATE INDEX obstacle_case_case ON obstacle_case (case_id, obstacle_id);

CREATE TABLE obstacle_answer (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  obstacle_id bigint NOT NULL REFERENCES obstacle,
  number      integer NOT NULL CONSTRAINT obstacle_answer_number CHECK (number > 0),
  answered_on date NOT NULL,
  answered_by text NOT NULL DEFAULT '',
  document_no text NOT NULL DEFAULT '',
  content     text NOT NULL CONSTRAINT obstacle_answer_given CHECK (btrim(content) <> ''),
  promised_on date,
  recorded_by bigint NOT NULL REFERENCES app_user,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT obstacle_answer_once UNIQUE (obstacle_id, number),
  CONSTRAINT obstacle_promise_order CHECK (promised_on IS NULL OR promised_on >= answered_on)
);
INSERT INTO obstacle_answer (obstacle_id, number, answered_on, content, recorded_by, recorded_at)
SELECT id, 1, COALESCE(resolved_on, GREATEST(opened_on, (changed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)), answer, changed_by, changed_at
FROM obstacle WHERE btrim(answer) <> '';
UPDATE obstacle o SET answers = 1, answer = CASE WHEN resolved_on IS NULL THEN '' ELSE answer END WHERE btrim(answer) <> '';
CREATE TRIGGER obstacle_answer_append_only BEFORE UPDATE OR DELETE ON obstacle_answer FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER obstacle_answer_no_truncate BEFORE TRUNCATE ON obstacle_answer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What is open is listed the earliest due first (so the late ones lead), aged by level and kind, and searched without marks.
CREATE INDEX obstacle_by_due ON obstacle ((resolved_on IS NOT NULL), due_on, id);
CREATE INDEX obstacle_open_age ON obstacle (level, kind, opened_on) INCLUDE (project_id) WHERE resolved_on IS NULL;
CREATE INDEX obstacle_open_project ON obstacle (project_id, due_on) INCLUDE (level) WHERE resolved_on IS NULL;
CREATE INDEX obstacle_open_households ON obstacle (id) WHERE resolved_on IS NULL AND households > 0;
CREATE INDEX obstacle_content_search ON obstacle USING gin (content_fold gin_trgm_ops);

-- One reminder of a month's entry for one person on one day: by the clock, and at most one more by hand with the sender's own words. unit_id is
-- the unit whose works are missing, NULL for whoever is told of all units. works is how many were missing when it was sent.
CREATE TABLE reminder (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  month   month_start NOT NULL,
  user_id bigint NOT NULL REFERENCES app_user,
  unit_id bigint REFERENCES unit,
  sent_on date NOT NULL,
  kind    text NOT NULL CONSTRAINT reminder_kind CHECK (kind IN ('before', 'due', 'late', 'hand')),
  by_hand boolean GENERATED ALWAYS AS (kind = 'hand') STORED,
  works   integer NOT NULL CONSTRAINT reminder_works CHECK (works > 0),
  words   text NOT NULL DEFAULT '' CONSTRAINT reminder_words CHECK (length(words) <= 500),
  sent_by bigint REFERENCES app_user,
  sent_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen_at timestamptz,
  CONSTRAINT reminder_once_a_day UNIQUE (month, user_id, sent_on, by_hand),
  CONSTRAINT reminder_by_hand_signed CHECK ((kind = 'hand') = (sent_by IS NOT NULL))
);
CREATE INDEX reminder_unseen ON reminder (user_id, month) WHERE seen_at IS NULL;
CREATE INDEX reminder_unit ON reminder (month, unit_id);
