-- One entry a project and month: draft, submitted, accepted or returned. Amounts are cumulative from 1 January of the month's year.
CREATE TABLE progress_entry (
  id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id         bigint NOT NULL REFERENCES project,
  month              month_start NOT NULL,
  state              text NOT NULL CONSTRAINT progress_entry_state CHECK (state IN ('draft', 'submitted', 'accepted', 'returned')),
  executed           dong NOT NULL CONSTRAINT progress_executed_not_negative CHECK (executed >= 0),
  estimate_month_end dong NOT NULL CONSTRAINT progress_estimate_not_negative CHECK (estimate_month_end >= 0),
  disbursed          dong NOT NULL CONSTRAINT progress_disbursed_not_negative CHECK (disbursed >= 0),
  disbursed_treasury dong NOT NULL CONSTRAINT progress_treasury_not_negative CHECK (disbursed_treasury >= 0),
  physical_bp        integer NOT NULL CONSTRAINT progress_physical_range CHECK (physical_bp BETWEEN 0 AND 10000),
  no_change          boolean NOT NULL DEFAULT false,
  note               text NOT NULL DEFAULT '',
  entered_by         bigint NOT NULL REFERENCES app_user,
  changed_by         bigint NOT NULL REFERENCES app_user,
  changed_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  submitted_by       bigint REFERENCES app_user,
  submitted_at       timestamptz,
  accepted_by        bigint REFERENCES app_user,
  accepted_at        timestamptz,
  returned_by        bigint REFERENCES app_user,
  returned_at        timestamptz,
  return_reason      text NOT NULL DEFAULT '',
  version            integer NOT NULL DEFAULT 1,
  CONSTRAINT progress_entry_once UNIQUE (project_id, month),
  CONSTRAINT progress_enterer_never_accepts CHECK (accepted_by IS NULL OR (accepted_by <> entered_by AND accepted_by <> changed_by AND accepted_by <> submitted_by)),
  CONSTRAINT progress_accepted_complete CHECK (state <> 'accepted' OR (submitted_by IS NOT NULL AND accepted_by IS NOT NULL AND accepted_at IS NOT NULL)),
  CONSTRAINT progress_return_has_reason CHECK (state <> 'returned' OR btrim(return_reason) <> '')
);
CREATE INDEX progress_entry_month ON progress_entry (month, state, project_id);

CREATE TABLE obstacle (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code        text GENERATED ALWAYS AS ('VM-' || id::text) STORED CONSTRAINT obstacle_code_once UNIQUE,
  project_id  bigint NOT NULL REFERENCES project,
  kind        text NOT NULL CONSTRAINT obstacle_kind CHECK (kind IN ('land', 'capital', 'procedure', 'contractor', 'weather', 'other')),
  level       text NOT NULL CONSTRAINT obstacle_level CHECK (level IN ('city', 'province', 'ministry', 'contractor', 'investor')),
  content     text NOT NULL CONSTRAINT obstacle_content_given CHECK (btrim(content) <> ''),
  opened_on   date NOT NULL,
  due_on      date,
  resolved_on date,
  answer      text NOT NULL DEFAULT '',
  changed_by  bigint NOT NULL REFERENCES app_user,
  changed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  version     integer NOT NULL DEFAULT 1,
  CONSTRAINT obstacle_days_order CHECK (resolved_on IS NULL OR resolved_on >= opened_on),
  CONSTRAINT obstacle_resolved_answered CHECK (resolved_on IS NULL OR btrim(answer) <> '')
);
CREATE INDEX obstacle_project ON obstacle (project_id, opened_on);
