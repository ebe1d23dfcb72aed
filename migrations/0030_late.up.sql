-- Money the law says is due and that has not been paid: why, and the plans by which the surcharge is approved and paid.

-- What an officer says is the cause, always the newest; nothing is overwritten.
CREATE TABLE late_cause (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  award_id    bigint NOT NULL REFERENCES award,
  cause       text NOT NULL CONSTRAINT late_cause_known CHECK (cause IN ('office', 'no_funds', 'absent', 'refused', 'dispute', 'undetermined')),
  paper       text NOT NULL DEFAULT '',
  note        text NOT NULL DEFAULT '',
  made_by     bigint NOT NULL REFERENCES app_user,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT late_cause_of_the_person_has_paper CHECK (cause NOT IN ('absent', 'refused', 'dispute') OR btrim(paper) <> '')
);
CREATE INDEX late_cause_award ON late_cause (award_id, id DESC);
CREATE TRIGGER late_cause_append_only BEFORE UPDATE OR DELETE ON late_cause FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE late_plan (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code        text NOT NULL CONSTRAINT late_plan_code_once UNIQUE,
  project_id  bigint NOT NULL REFERENCES project,
  through     date NOT NULL,
  payer       text NOT NULL CONSTRAINT late_plan_payer CHECK (payer IN ('budget', 'investor')),
  note        text NOT NULL DEFAULT '',
  state       text NOT NULL DEFAULT 'draft' CONSTRAINT late_plan_state CHECK (state IN ('draft', 'approved', 'cancelled')),
  total       dong NOT NULL CONSTRAINT late_plan_total_positive CHECK (total > 0),
  paid        dong NOT NULL DEFAULT 0 CONSTRAINT late_plan_paid_within_total CHECK (paid BETWEEN 0 AND total),
  line_count  integer NOT NULL,
  decision_no text NOT NULL DEFAULT '',
  decided_on  date,
  made_by     bigint NOT NULL REFERENCES app_user,
  approved_by bigint REFERENCES app_user,
  approved_at timestamptz,
  changed_by  bigint NOT NULL REFERENCES app_user,
  changed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  cancel_reason text NOT NULL DEFAULT '',
  version     integer NOT NULL DEFAULT 1,
  CONSTRAINT late_plan_maker_never_approves CHECK (approved_by <> made_by),
  CONSTRAINT late_plan_approved_complete CHECK (state <> 'approved' OR (approved_by IS NOT NULL AND approved_at IS NOT NULL AND decided_on IS NOT NULL AND btrim(decision_no) <> '')),
  CONSTRAINT late_plan_cancel_has_reason CHECK (state <> 'cancelled' OR btrim(cancel_reason) <> '')
);
CREATE INDEX late_plan_project ON late_plan (project_id, id);

-- One award in one plan: what it owes for lateness up to the plan's day, less what earlier plans took up. The formula is frozen with the amount.
CREATE TABLE late_plan_line (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  plan_id  bigint NOT NULL REFERENCES late_plan,
  award_id bigint NOT NULL REFERENCES award,
  case_id  bigint NOT NULL REFERENCES land_case,
  amount   dong NOT NULL CONSTRAINT late_plan_line_positive CHECK (amount > 0),
  before   dong NOT NULL CONSTRAINT late_plan_line_before CHECK (before >= 0),
  due_on   date NOT NULL,
  cause    text NOT NULL,
  formula  text NOT NULL,
  undecided boolean NOT NULL DEFAULT true,
  CONSTRAINT late_plan_line_once UNIQUE (plan_id, award_id)
);
CREATE INDEX late_plan_line_award ON late_plan_line (award_id);
CREATE UNIQUE INDEX late_plan_line_one_draft ON late_plan_line (award_id) WHERE undecided;

-- Paid comes only from here; a mistake is taken back by a row of its own.
CREATE TABLE late_payment (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  line_id       bigint NOT NULL REFERENCES late_plan_line,
  reverses      bigint CONSTRAINT late_payment_reversed_once UNIQUE REFERENCES late_payment,
  day           date NOT NULL,
  amount        dong NOT NULL CONSTRAINT late_payment_amount_positive CHECK (amount > 0),
  evidence_kind text NOT NULL CONSTRAINT late_payment_evidence CHECK (evidence_kind IN ('bank_advice', 'signed_list', 'correction')),
  evidence_ref  text NOT NULL CONSTRAINT late_payment_evidence_given CHECK (btrim(evidence_ref) <> ''),
  journal_id    bigint NOT NULL CONSTRAINT late_payment_journal_once UNIQUE REFERENCES journal,
  made_by       bigint NOT NULL REFERENCES app_user,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT late_payment_correction CHECK ((reverses IS NOT NULL) = (evidence_kind = 'correction'))
);
CREATE INDEX late_payment_line ON late_payment (line_id);
CREATE TRIGGER late_payment_append_only BEFORE UPDATE OR DELETE ON late_payment FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION late_payment_third_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM late_plan_line l JOIN late_plan p ON p.id = l.plan_id
                 WHERE l.id = NEW.line_id AND p.state = 'approved' AND NEW.made_by NOT IN (p.made_by, p.approved_by)) THEN
    RAISE EXCEPTION 'surcharge of line % is recorded by a third person, after approval', NEW.line_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'late_payment_third_person', TABLE = 'late_payment';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER late_payment_third_person BEFORE INSERT ON late_payment FOR EACH ROW EXECUTE FUNCTION late_payment_third_person();

-- What a plan says is written once; only its state, its signatures and what is paid of it move.
CREATE FUNCTION late_plan_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state = 'cancelled' OR (OLD.state = 'approved' AND NEW.state <> 'approved')
     OR (NEW.code, NEW.project_id, NEW.through, NEW.payer, NEW.total, NEW.made_by) <> (OLD.code, OLD.project_id, OLD.through, OLD.payer, OLD.total, OLD.made_by) THEN
    RAISE EXCEPTION 'late plan % is fixed', OLD.code
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'late_plan_fixed', TABLE = 'late_plan';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER late_plan_fixed BEFORE UPDATE OR DELETE ON late_plan FOR EACH ROW EXECUTE FUNCTION late_plan_fixed();

-- The surcharge stands in the book beside the bridge from approved to paid: its own source (negative), what is due of it and what is paid.
ALTER TABLE posting DROP CONSTRAINT posting_account,
  ADD CONSTRAINT posting_account CHECK (account IN ('approved', 'deducted', 'not_ordered', 'ordered', 'with_treasury', 'returned', 'deposited', 'paid',
    'debt_source', 'debt', 'interest_source', 'interest_due', 'interest_paid', 'surcharge_approved', 'surcharge_due', 'surcharge_paid'));
ALTER TABLE ledger_balance DROP CONSTRAINT ledger_balance_sign,
  ADD CONSTRAINT ledger_balance_sign CHECK (CASE WHEN account IN ('approved', 'debt_source', 'interest_source', 'surcharge_approved') THEN amount <= 0 ELSE amount >= 0 END);
ALTER TABLE journal DROP CONSTRAINT journal_kind,
  ADD CONSTRAINT journal_kind CHECK (kind IN ('plan_approved', 'order_submitted', 'order_released', 'order_cancelled', 'payment_paid', 'payment_returned',
    'payment_deposited', 'deposit_released', 'interest_credited', 'interest_paid', 'surcharge_approved', 'surcharge_paid', 'debt_recorded', 'reversal'));
