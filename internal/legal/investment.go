package legal

import (
	"context"

	"matbang/internal/day"
)

// Keys of public investment and of the house rules; values and units stand in the reference data, with their source.
const (
	GroupAFrom            = "group_a_from_"           // + field group 1 to 4: total investment in đồng from which a work is group A
	GroupBFrom            = "group_b_from_"           // the same for group B
	FundingYears          = "funding_years_"          // + a, b, c: years in which a work may get capital
	PayCompletedUntil     = "pay_completed_until"     // MMDD, 1MMDD in the year after: last day to pay completed volume of a plan year
	AdvanceUntil          = "advance_until"           // the same for advances
	ClearanceAdvanceUntil = "clearance_advance_until" // the same for advances of compensation and clearance
	AdvanceSettleDays     = "advance_settle_days"     // days to settle an advance for clearance
	AdvanceReturnMonths   = "advance_return_months"   // months until an unspent one goes back to the deposit account
	AdvanceRepayMonths    = "advance_repay_months"    // months until it is repaid to the budget
	AdvanceOtherMonths    = "advance_other_months"    // months until the treasury asks back an advance without contract
	AdvanceRecoveredByBP  = "advance_recovered_by_bp" // share of the contract at which an advance is fully recovered
	AdvanceGuaranteeFrom  = "advance_guarantee_from"  // đồng above which an advance needs a guarantee
	AdvanceCapBP          = "advance_cap_bp"          // highest advance as a share of the contract; no row: no cap
	MonthJumpBP           = "month_jump_bp"           // growth in one month, as a share of the year's plan, that needs a reason
	PhysicalJumpBP        = "physical_jump_bp"        // growth of the physical share in one month that needs a reason
	EstimateMissBP        = "estimate_miss_bp"        // how far executed may stay behind the estimate of the month before, as a share of the year's plan, without a reason
	EntryDueDay           = "entry_due_day"           // day of the month by which its entry is due
	ReminderBeforeDays    = "reminder_before_days"    // days before the due day of the first reminder
	ReminderEveryDays     = "reminder_every_days"     // days between reminders afterwards
	GuaranteeAlertDays    = "guarantee_alert_days"    // days before a guarantee ends
	ForecastMonths        = "forecast_months"         // months whose pace a forecast goes on with
)

// Of is every value of a subject with the days it holds, oldest first: for whoever asks about many days at once.
func (r Rules) Of(ctx context.Context, about Subject) ([]Rule, error) {
	rows := []Rule{}
	err := r.DB.Read(ctx).SelectContext(ctx, &rows,
		`SELECT l.rule_set, l.key, l.value, l.unit, l.valid_from, l.valid_to, l.basis, l.confirmed
		 FROM legal_rule l JOIN rule_set s ON s.code = l.rule_set WHERE s.subject = $1 ORDER BY l.valid_from, l.id LIMIT 2000`, about)
	return rows, err
}

// ValuesOn picks the values that hold on a day out of Of, by key; of two rows that both hold, the newer one.
func ValuesOn(rules []Rule, on day.Date) map[string]Rule {
	values := map[string]Rule{}
	for _, rule := range rules {
		if !rule.ValidFrom.After(on) && (rule.ValidTo.IsZero() || !rule.ValidTo.Before(on)) {
			values[rule.Key] = rule
		}
	}
	return values
}
