-- Releases of interest alone are not known before: whoever goes back takes them back first.
ALTER TABLE deposit_release DROP CONSTRAINT deposit_release_handed_whole, DROP CONSTRAINT deposit_release_approver_never_hands,
  DROP CONSTRAINT deposit_release_handed, DROP CONSTRAINT deposit_release_amount;
ALTER TABLE deposit_release ADD CONSTRAINT deposit_release_amount CHECK (amount > 0),
  ADD CONSTRAINT deposit_release_handed CHECK ((state IN ('handed_over', 'taken_back')) = (result_id IS NOT NULL)),
  DROP COLUMN handed_on, DROP COLUMN handed_by, DROP COLUMN evidence_kind, DROP COLUMN evidence_ref;
