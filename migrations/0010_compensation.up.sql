-- Compensation plans (phương án): awards to cases, lines of each award; frozen from approval on.
CREATE TABLE plan (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code            text NOT NULL CONSTRAINT plan_code_once UNIQUE,
  project_id      bigint NOT NULL REFERENCES project,
  name            text NOT NULL,
  name_fold       text GENERATED ALWAYS AS (fold(name)) STORED,
  rule_set        text NOT NULL REFERENCES rule_set,
  state           text NOT NULL CONSTRAINT plan_state CHECK (state IN ('draft', 'submitted', 'appraised', 'approved', 'returned')),
  total           dong NOT NULL DEFAULT 0,
  deducted        dong NOT NULL DEFAULT 0,
  award_count     integer NOT NULL DEFAULT 0,
  decision_no     text NOT NULL DEFAULT '',
  decided_on      date,
  effective_on    date,
  drafted_by      bigint NOT NULL REFERENCES app_user,
  changed_by      bigint NOT NULL REFERENCES app_user,
  changed_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  submitted_by    bigint REFERENCES app_user,
  submitted_at    timestamptz,
  appraised_by    bigint REFERENCES app_user,
  appraised_at    timestamptz,
  appraisal_no    text NOT NULL DEFAULT '',
  approved_by     bigint REFERENCES app_user,
  approved_at     timestamptz,
  returned_by     bigint REFERENCES app_user,
  returned_at     timestamptz,
  return_reason   text NOT NULL DEFAULT '',
  journal_id      bigint CONSTRAINT plan_journal_once UNIQUE,
  version         integer NOT NULL DEFAULT 1,
  CONSTRAINT plan_id_with_project UNIQUE (id, project_id),
  CONSTRAINT plan_drafter_never_appraises CHECK (appraised_by IS NULL OR (appraised_by <> drafted_by AND appraised_by <> submitted_by)),
  CONSTRAINT plan_approver_made_no_step CHECK (approved_by IS NULL OR (approved_by <> drafted_by AND approved_by <> submitted_by AND approved_by <> appraised_by)),
  CONSTRAINT plan_approved_complete CHECK (state <> 'approved' OR (approved_by IS NOT NULL AND approved_at IS NOT NULL AND appraised_by IS NOT NULL
    AND decided_on IS NOT NULL AND effective_on IS NOT NULL AND btrim(decision_no) <> '')),
  CONSTRAINT plan_effective_order CHECK (effective_on IS NULL OR effective_on >= decided_on)
);
CREATE INDEX plan_project ON plan (project_id, code);
CREATE INDEX plan_name_search ON plan USING gin (name_fold gin_trgm_ops);

-- Everybody who wrote in a draft, not only the last hand: none of them may appraise or approve it.
CREATE TABLE plan_drafter (
  plan_id bigint NOT NULL REFERENCES plan,
  user_id bigint NOT NULL REFERENCES app_user,
  PRIMARY KEY (plan_id, user_id)
);
CREATE TRIGGER plan_drafter_append_only BEFORE UPDATE OR DELETE ON plan_drafter FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE award (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  plan_id    bigint NOT NULL REFERENCES plan,
  project_id bigint NOT NULL REFERENCES project,
  case_id    bigint NOT NULL REFERENCES land_case,
  total      dong NOT NULL DEFAULT 0 CONSTRAINT award_total_not_negative CHECK (total >= 0),
  deducted   dong NOT NULL DEFAULT 0 CONSTRAINT award_deducted_within_total CHECK (deducted BETWEEN 0 AND total),
  CONSTRAINT award_once UNIQUE (plan_id, case_id),
  CONSTRAINT award_in_project_of_plan FOREIGN KEY (plan_id, project_id) REFERENCES plan (id, project_id)
);
CREATE INDEX award_case ON award (case_id);

-- Deductions carry a positive amount and stand in their own group. quantity × price × factor is rounded once, to the đồng
-- (times 0.0001 and not divided: a numeric division is itself rounded, and large amounts would then be rounded twice).
CREATE TABLE award_line (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  award_id    bigint NOT NULL REFERENCES award,
  line_no     integer NOT NULL,
  category    text NOT NULL CONSTRAINT award_line_category CHECK (category IN ('land', 'structure', 'crop', 'moving', 'investment', 'support', 'deduction')),
  description text NOT NULL CONSTRAINT award_line_described CHECK (btrim(description) <> ''),
  unit        text NOT NULL,
  quantity    numeric(14,2) NOT NULL CONSTRAINT award_line_quantity_positive CHECK (quantity > 0),
  price       dong NOT NULL CONSTRAINT award_line_price_not_negative CHECK (price >= 0),
  factor_bp   integer NOT NULL DEFAULT 10000 CONSTRAINT award_line_factor CHECK (factor_bp BETWEEN 0 AND 1000000),
  amount      dong NOT NULL CONSTRAINT award_line_amount_is_product CHECK (amount = round(quantity * price * factor_bp * 0.0001)),
  basis       text NOT NULL DEFAULT '',
  CONSTRAINT award_line_once UNIQUE (award_id, line_no)
);

CREATE FUNCTION plan_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  frozen boolean;
BEGIN
  IF TG_TABLE_NAME = 'plan' THEN
    frozen := OLD.state = 'approved';
  ELSIF TG_TABLE_NAME = 'award' THEN
    frozen := EXISTS (SELECT 1 FROM plan WHERE id IN (OLD.plan_id, NEW.plan_id) AND state = 'approved');
  ELSE
    frozen := EXISTS (SELECT 1 FROM plan p JOIN award a ON a.plan_id = p.id WHERE a.id IN (OLD.award_id, NEW.award_id) AND p.state = 'approved');
  END IF;
  IF frozen THEN
    RAISE EXCEPTION 'an approved plan is never changed'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'plan_frozen', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER plan_frozen BEFORE UPDATE OR DELETE ON plan FOR EACH ROW EXECUTE FUNCTION plan_frozen();
CREATE TRIGGER plan_frozen BEFORE INSERT OR UPDATE OR DELETE ON award FOR EACH ROW EXECUTE FUNCTION plan_frozen();
CREATE TRIGGER plan_frozen BEFORE INSERT OR UPDATE OR DELETE ON award_line FOR EACH ROW EXECUTE FUNCTION plan_frozen();

-- Who did which step of this money, from the plan to the release: the primary key lets a person have one step only.
CREATE TABLE money_step (
  award_id bigint NOT NULL REFERENCES award,
  user_id  bigint NOT NULL REFERENCES app_user,
  step     text NOT NULL CONSTRAINT money_step_kind CHECK (step IN ('draft', 'appraise', 'approve', 'order_make', 'order_approve', 'order_release')),
  CONSTRAINT money_step_one_per_person PRIMARY KEY (award_id, user_id)
);
CREATE TRIGGER money_step_append_only BEFORE UPDATE OR DELETE ON money_step FOR EACH ROW EXECUTE FUNCTION refuse_change();
