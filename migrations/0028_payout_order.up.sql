-- Orders draw on a fund; large ones need a second approval; an order can be split and its failed payees issued again; accounts are checked by
-- a second person before money goes to them.

-- What an order belongs to beside its work. Draws is the sum of its payments that are not issued again: money issued again was drawn before.
ALTER TABLE payout_order
  ADD COLUMN plan_year     integer,
  ADD COLUMN draws         dong NOT NULL DEFAULT 0,
  ADD COLUMN parent_id     bigint REFERENCES payout_order,
  ADD COLUMN parent_kind   text NOT NULL DEFAULT '',
  ADD COLUMN second_from   dong NOT NULL DEFAULT 0,
  ADD COLUMN second_needed boolean NOT NULL DEFAULT false,
  ADD COLUMN second_by     bigint REFERENCES app_user,
  ADD COLUMN second_at     timestamptz;
ALTER TABLE payout_order DISABLE TRIGGER USER;
UPDATE payout_order o SET plan_year = extract(year FROM o.day)::int,
  draws = COALESCE((SELECT sum(p.amount) FROM payment p WHERE p.order_id = o.id AND p.reissue_of IS NULL), 0);
ALTER TABLE payout_order ENABLE TRIGGER USER;
ALTER TABLE payout_order ALTER COLUMN plan_year SET NOT NULL,
  ADD CONSTRAINT payout_order_plan_year CHECK (plan_year BETWEEN extract(year FROM day)::int - 1 AND extract(year FROM day)::int),
  ADD CONSTRAINT payout_order_draws CHECK (draws >= 0),
  ADD CONSTRAINT payout_order_parent CHECK ((parent_id IS NULL AND parent_kind = '') OR (parent_id IS NOT NULL AND parent_kind IN ('split', 'reissue'))),
  ADD CONSTRAINT payout_order_second_person CHECK (second_by <> made_by AND second_by <> approved_by AND (released_by IS NULL OR second_by <> released_by)),
  ADD CONSTRAINT payout_order_second_complete CHECK (state <> 'released' OR NOT second_needed OR (second_by IS NOT NULL AND second_at IS NOT NULL));
CREATE INDEX payout_order_parent_of ON payout_order (parent_id) WHERE parent_id IS NOT NULL;

CREATE FUNCTION payout_order_fill_year() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.plan_year := COALESCE(NEW.plan_year, extract(year FROM NEW.day)::int);
  RETURN NEW;
END $$;
CREATE TRIGGER payout_order_fill_year BEFORE INSERT ON payout_order FOR EACH ROW EXECUTE FUNCTION payout_order_fill_year();

-- The step of the second approval, among the steps of money.
ALTER TABLE money_step DROP CONSTRAINT money_step_kind,
  ADD CONSTRAINT money_step_kind CHECK (step IN ('draft', 'appraise', 'approve', 'order_make', 'order_approve', 'order_second', 'order_release'));

-- The hard stop. Beside what is drawn of a fund by vouchers stands what live and paid orders take of it. Compensation drawn by a clearance
-- voucher is the same money the orders pay out, so it counts once: orders + vouchers for anything but clearance ≤ what may be drawn.
-- What stood above it before this rule stays as orders_excess; nothing may be added to it.
ALTER TABLE capital_fund
  ADD COLUMN ordered       dong NOT NULL DEFAULT 0 CONSTRAINT capital_fund_ordered_not_negative CHECK (ordered >= 0),
  ADD COLUMN clearance     dong NOT NULL DEFAULT 0,
  ADD COLUMN orders_excess dong NOT NULL DEFAULT 0 CONSTRAINT capital_fund_excess_not_negative CHECK (orders_excess >= 0);
INSERT INTO capital_fund (project_id, year, source, plan, carried_over, advanced)
SELECT o.project_id, o.plan_year, o.source, COALESCE(sum(l.amount) FILTER (WHERE l.kind IN ('assigned', 'adjusted')), 0),
  COALESCE(sum(l.amount) FILTER (WHERE l.kind = 'carried_over'), 0), COALESCE(sum(l.amount) FILTER (WHERE l.kind = 'advanced'), 0)
FROM (SELECT DISTINCT project_id, plan_year, source FROM payout_order) o
LEFT JOIN capital_line l ON l.project_id = o.project_id AND l.year = o.plan_year AND l.source = o.source GROUP BY 1, 2, 3
ON CONFLICT DO NOTHING;
UPDATE capital_fund f SET
  ordered = COALESCE((SELECT sum(o.draws) FROM payout_order o WHERE o.project_id = f.project_id AND o.plan_year = f.year AND o.source = f.source AND o.state <> 'cancelled'), 0),
  clearance = COALESCE((SELECT sum(v.cash) FROM disbursement_voucher v WHERE v.project_id = f.project_id AND v.plan_year = f.year AND v.source = f.source AND v.purpose = 'clearance'), 0);
UPDATE capital_fund SET orders_excess = ordered + drawn - clearance - plan - carried_over - advanced WHERE ordered > 0 AND ordered + drawn - clearance > plan + carried_over + advanced;

CREATE FUNCTION capital_fund_clearance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE capital_fund SET clearance = clearance + NEW.cash WHERE project_id = NEW.project_id AND year = NEW.plan_year AND source = NEW.source;
  RETURN NULL;
END $$;
CREATE TRIGGER capital_fund_clearance AFTER INSERT ON disbursement_voucher FOR EACH ROW
  WHEN (NEW.purpose = 'clearance' AND NEW.cash <> 0) EXECUTE FUNCTION capital_fund_clearance();

CREATE FUNCTION payout_order_takes_fund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  more bigint := CASE WHEN NEW.state <> 'cancelled' THEN NEW.draws ELSE 0 END;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.plan_year, NEW.source) <> (OLD.plan_year, OLD.source) THEN
      RAISE EXCEPTION 'order % stays with its fund', OLD.code
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payout_order_fund_fixed', TABLE = 'payout_order';
    END IF;
    more := more - CASE WHEN OLD.state <> 'cancelled' THEN OLD.draws ELSE 0 END;
  END IF;
  IF more <> 0 THEN
    UPDATE capital_fund SET ordered = ordered + more WHERE project_id = NEW.project_id AND year = NEW.plan_year AND source = NEW.source;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'order % draws on a fund that is not there', NEW.code
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_order_has_fund', TABLE = 'payout_order';
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER payout_order_takes_fund AFTER INSERT OR UPDATE OF state, draws, plan_year, source ON payout_order
  FOR EACH ROW EXECUTE FUNCTION payout_order_takes_fund();

CREATE FUNCTION capital_fund_orders_within() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM capital_fund f WHERE f.project_id = NEW.project_id AND f.year = NEW.year AND f.source = NEW.source AND f.ordered > 0
             AND f.ordered + f.drawn - f.clearance > f.plan + f.carried_over + f.advanced + f.orders_excess) THEN
    RAISE EXCEPTION 'orders of work % pass its fund % %', NEW.project_id, NEW.year, NEW.source
      USING ERRCODE = 'check_violation', CONSTRAINT = 'capital_fund_orders_within', TABLE = 'capital_fund';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER capital_fund_orders_within AFTER UPDATE ON capital_fund DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.ordered + NEW.drawn - NEW.clearance > OLD.ordered + OLD.drawn - OLD.clearance
        OR NEW.plan + NEW.carried_over + NEW.advanced < OLD.plan + OLD.carried_over + OLD.advanced)
  EXECUTE FUNCTION capital_fund_orders_within();

-- Whom, for what and how much is written once. The one move: out of an order nobody has approved into the draft split off from it.
CREATE OR REPLACE FUNCTION payment_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE'
     OR (NEW.code, NEW.project_id, NEW.case_id, NEW.award_id, NEW.party_id, NEW.amount)
        <> (OLD.code, OLD.project_id, OLD.case_id, OLD.award_id, OLD.party_id, OLD.amount)
     OR NEW.reissue_of IS DISTINCT FROM OLD.reissue_of
     OR EXISTS (SELECT 1 FROM payout_order o WHERE o.id = OLD.order_id AND o.state NOT IN ('draft', 'submitted'))
     OR NEW.order_id <> OLD.order_id AND NOT EXISTS (SELECT 1 FROM payout_order n JOIN payout_order o ON o.id = n.parent_id
          WHERE n.id = NEW.order_id AND o.id = OLD.order_id AND n.parent_kind = 'split' AND n.state = 'draft' AND NEW.state = 'prepared') THEN
    RAISE EXCEPTION 'payment % is fixed', OLD.code
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payment_fixed', TABLE = 'payment';
  END IF;
  RETURN NEW;
END $$;

-- Accounts. What a person's file says now is the current row; money goes only to a checked one. Rows are kept as history.
CREATE TABLE account_check (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code         text GENERATED ALWAYS AS ('TKN-' || id::text) STORED CONSTRAINT account_check_code_once UNIQUE,
  party_id     bigint NOT NULL, -- no foreign key: the history outlives a person taken out of a file
  holder_id    bigint NOT NULL REFERENCES holder,
  full_name    text NOT NULL,
  bank_name    text NOT NULL,
  account_no   text NOT NULL,
  account_name text NOT NULL,
  state        text NOT NULL CONSTRAINT account_check_state CHECK (state IN ('waiting', 'checked', 'refused', 'replaced')),
  origin       text NOT NULL CONSTRAINT account_check_origin CHECK (origin IN ('entered', 'before', 'sample')),
  current      boolean NOT NULL DEFAULT true,
  entered_by   bigint NOT NULL REFERENCES app_user,
  entered_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  decided_by   bigint REFERENCES app_user,
  decided_at   timestamptz,
  reason       text NOT NULL DEFAULT '',
  version      integer NOT NULL DEFAULT 1,
  CONSTRAINT account_check_two_persons CHECK (decided_by <> entered_by),
  CONSTRAINT account_check_decided CHECK (origin <> 'entered' OR (state IN ('checked', 'refused')) = (decided_by IS NOT NULL AND decided_at IS NOT NULL)),
  CONSTRAINT account_check_refused_has_reason CHECK (state <> 'refused' OR btrim(reason) <> '')
);
CREATE UNIQUE INDEX account_check_one_current ON account_check (party_id) WHERE current;
CREATE INDEX account_check_waiting ON account_check (id) WHERE current AND state = 'waiting';
CREATE INDEX account_check_party ON account_check (party_id, id);
CREATE INDEX account_check_number ON account_check (account_no) WHERE current;

INSERT INTO account_check (party_id, holder_id, full_name, bank_name, account_no, account_name, state, origin, entered_by, entered_at)
SELECT p.id, p.holder_id, p.full_name, p.bank_name, p.account_no, p.account_name, 'checked', 'before', h.changed_by, h.changed_at
FROM holder_party p JOIN holder h ON h.id = p.holder_id WHERE btrim(p.account_no) <> '' ORDER BY p.id;

-- What was entered is never changed, and whoever ever entered this number for this person is not the one who checks it.
CREATE FUNCTION account_check_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.party_id, NEW.holder_id, NEW.bank_name, NEW.account_no, NEW.account_name, NEW.origin, NEW.entered_by, NEW.entered_at)
       <> (OLD.party_id, OLD.holder_id, OLD.bank_name, OLD.account_no, OLD.account_name, OLD.origin, OLD.entered_by, OLD.entered_at)
     OR NOT OLD.current OR (OLD.state <> 'waiting' AND NEW.state <> OLD.state) THEN
    RAISE EXCEPTION 'account check % is kept', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'account_check_kept', TABLE = 'account_check';
  END IF;
  IF NEW.decided_by IS NOT NULL AND EXISTS (SELECT 1 FROM account_check o WHERE o.party_id = NEW.party_id AND o.account_no = NEW.account_no AND o.entered_by = NEW.decided_by) THEN
    RAISE EXCEPTION 'user % entered account % themselves', NEW.decided_by, NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'account_check_two_persons', TABLE = 'account_check';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER account_check_kept BEFORE UPDATE OR DELETE ON account_check FOR EACH ROW EXECUTE FUNCTION account_check_kept();

-- Every change of a person's account begins anew: the row before is no longer the current one. The file of a sample holder is taken as
-- checked when it is loaded (version 1), and never after.
CREATE FUNCTION holder_party_account() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  h holder;
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.bank_name, NEW.account_no, NEW.account_name) = (OLD.bank_name, OLD.account_no, OLD.account_name) THEN
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    UPDATE account_check SET current = false, state = CASE state WHEN 'waiting' THEN 'replaced' ELSE state END WHERE party_id = OLD.id AND current;
  END IF;
  IF TG_OP <> 'DELETE' AND btrim(NEW.account_no) <> '' THEN
    SELECT * INTO h FROM holder WHERE id = NEW.holder_id;
    INSERT INTO account_check (party_id, holder_id, full_name, bank_name, account_no, account_name, state, origin, entered_by)
    VALUES (NEW.id, NEW.holder_id, NEW.full_name, NEW.bank_name, NEW.account_no, NEW.account_name,
      CASE WHEN h.sample AND h.version = 1 AND TG_OP = 'INSERT' THEN 'checked' ELSE 'waiting' END,
      CASE WHEN h.sample AND h.version = 1 AND TG_OP = 'INSERT' THEN 'sample' ELSE 'entered' END, h.changed_by);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER holder_party_account AFTER INSERT OR UPDATE OF bank_name, account_no, account_name OR DELETE ON holder_party
  FOR EACH ROW EXECUTE FUNCTION holder_party_account();
