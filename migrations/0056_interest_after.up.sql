-- A bank may credit interest after the last of a deposit was handed over. It is the person's too and leaves by a release of its own, asked for and
-- approved like every other, of no compensation: there is no result of the payment then, so the release itself says when it was handed over, by whom
-- and by what paper.
ALTER TABLE deposit_release ADD COLUMN handed_on date, ADD COLUMN handed_by bigint REFERENCES app_user, ADD COLUMN evidence_kind text, ADD COLUMN evidence_ref text,
  DROP CONSTRAINT deposit_release_amount, ADD CONSTRAINT deposit_release_amount CHECK (amount >= 0 AND (amount > 0 OR origin = 'asked')),
  DROP CONSTRAINT deposit_release_handed, ADD CONSTRAINT deposit_release_handed CHECK (CASE WHEN state NOT IN ('handed_over', 'taken_back') THEN result_id IS NULL AND handed_on IS NULL
    WHEN amount > 0 THEN result_id IS NOT NULL AND handed_on IS NULL ELSE result_id IS NULL AND handed_on IS NOT NULL AND interest > 0 END),
  ADD CONSTRAINT deposit_release_handed_whole CHECK ((handed_on IS NULL) = (handed_by IS NULL) AND (handed_on IS NULL) = (evidence_kind IS NULL) AND (handed_on IS NULL) = (evidence_ref IS NULL)
    AND (evidence_ref IS NULL OR btrim(evidence_ref) <> '')),
  ADD CONSTRAINT deposit_release_approver_never_hands CHECK (handed_by <> decided_by);
