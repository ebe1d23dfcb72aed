package payout

import (
	"errors"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// What this room may refuse. Wrong fields come from rules.go: payout.award_missing, payout.plan_not_approved, payout.line_twice,
// payout.no_payee, payout.above_left, payout.payee_in_order, payout.not_returned, payout.reissued, payout.reissue_amount,
// payout.payment_missing, payout.result_twice, payout.result_by_maker, payout.result_stands, payout.not_released, payout.deposit_first, payout.above_open,
// payout.before_release, payout.minutes_late, payout.before_deposit, payout.after_deposit, payout.before_hand_over,
// payout.interest_twice, payout.period_order, payout.advice_early, payout.above_deposit, payout.condition_unmet, payout.release_first,
// payout.reference_unreadable, payout.reference_early, payout.references_many, payout.authority_later, payout.authority_over, day_future, required, choose, amount_positive.
var (
	ErrMissing        = fault.Missing("payout.missing")
	ErrPaperMissing   = fault.Missing("payout.paper_unknown")
	ErrPaymentMissing = fault.Missing("payout.payment_unknown")
	ErrProjectMissing = fault.InvalidField("project", "payout.project_missing")
	ErrCaseMissing    = fault.InvalidField("case", "payout.case_missing")
	ErrSourceMissing  = fault.InvalidField("source", "choose")
	ErrNotMaker       = fault.New(fault.Forbidden, "payout.not_maker")
	ErrMaker          = fault.Conflicting("payout.maker_never_approves")
	ErrThreePersons   = fault.Conflicting("payout.three_persons")
	ErrSecondPerson   = fault.Conflicting("payout.second_person")
	ErrFundPassed     = fault.Conflicting("payout.fund_passed")
	ErrNoFund         = fault.InvalidField("source", "payout.no_fund_now")
	ErrNothingToAgain = fault.Conflicting("payout.nothing_to_reissue")
	ErrAccountMissing = fault.Missing("payout.account_unknown")
	ErrAccountSame    = fault.Conflicting("payout.account_same_person")
	ErrPayeeLive      = fault.Conflicting("payout.payee_live")
	ErrAboveAward     = fault.Conflicting("payout.above_award")
	ErrReissuedTwice  = fault.Conflicting("payout.reissued_twice")
	ErrReasonNeeded   = fault.InvalidField("reason", "required")
	ErrNoResult       = fault.Conflicting("payout.no_result")
	ErrFromBank       = fault.Conflicting("payout.from_bank")
	ErrCarriedOn      = fault.Conflicting("payout.carried_on")
	ErrCodesUsedUp    = fault.Conflicting("payout.codes_used_up")
	ErrMeanwhile      = fault.Conflicting("payout.meanwhile")
	ErrDepositMissing = fault.Missing("payout.deposit_unknown")
	ErrDepositOver    = fault.Conflicting("payout.deposit_over")

	ErrDepositIncomplete = fault.Conflicting("payout.deposit_incomplete")
	ErrDepositBusy       = fault.Conflicting("payout.deposit_busy")
	ErrInterestMissing   = fault.Missing("payout.interest_unknown")
	ErrInterestHanded    = fault.Conflicting("payout.interest_handed")
	ErrNoRelease         = fault.Conflicting("payout.no_release")
	ErrReleaseLive       = fault.Conflicting("payout.release_live")
	ErrReleaseSame       = fault.Conflicting("payout.release_same_person")
	ErrReleaseHander     = fault.Conflicting("payout.release_hander")
	ErrCashOnly          = fault.InvalidField("representative", "payout.cash_only")
	ErrReleaseNeeded     = fault.Conflicting("payout.release_first")
	ErrReferenceMissing  = fault.Missing("payout.reference_missing")
	ErrByMaker           = fault.Conflicting("payout.result_by_maker_now")
	ErrReferenceTwice    = fault.InvalidField("reference", "payout.reference_twice")
)

func errState(o Order) error {
	return fault.Conflicting("payout.wrong_state", o.Code, "@payout.state."+string(o.State))
}

// refuse names a broken constraint in the words of the business.
func refuse(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "payment_one_live_per_payee":
		return ErrPayeeLive
	case "payment_reissued_within_returned":
		return ErrReissuedTwice
	case "payment_within_award":
		return ErrAboveAward
	case "payout_order_maker_never_approves":
		return ErrMaker
	case "payout_order_second_person":
		return ErrSecondPerson
	case "capital_fund_orders_within":
		return ErrFundPassed
	case "payout_order_has_fund":
		return ErrNoFund
	case "account_check_two_persons":
		return ErrAccountSame
	case "deposit_release_two_persons":
		return ErrReleaseSame
	case "deposit_release_approver_never_hands":
		return ErrReleaseHander
	case "deposit_released_needs_release":
		return ErrReleaseNeeded
	case "deposit_release_one_live":
		return ErrReleaseLive
	case "order_reference_once":
		return ErrReferenceTwice
	case "payment_result_by_another":
		return ErrByMaker
	case "payout_order_three_persons":
		return ErrThreePersons
	default:
		return err
	}
}
