package compensation

import (
	"errors"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// What this room may refuse.
var (
	ErrMissing        = fault.Missing("compensation.missing")
	ErrAwardMissing   = fault.Missing("compensation.award_missing")
	ErrProjectUnknown = fault.InvalidField("project", "compensation.project_unknown")
	ErrRuleSetUnknown = fault.InvalidField("rule_set", "choose")
	ErrReasonMissing  = fault.InvalidField("reason", "compensation.reason_needed")
	ErrAppraisalNo    = fault.InvalidField("appraisal_number", "required")
	ErrFrozen         = fault.Conflicting("compensation.frozen")
	ErrState          = fault.Conflicting("compensation.state")
	ErrSamePerson     = fault.Conflicting("compensation.same_person")
	ErrIncomplete     = fault.Conflicting("compensation.incomplete")
)

// refuse names a broken constraint in the words of the business.
func refuse(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "plan_frozen":
		return ErrFrozen
	case "plan_drafter_never_appraises", "plan_approver_made_no_step", "money_step_one_per_person":
		return ErrSamePerson
	case "plan_rule_set_fkey":
		return ErrRuleSetUnknown
	default:
		return err
	}
}
