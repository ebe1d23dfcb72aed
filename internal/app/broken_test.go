package app_test

import (
	"context"
	"errors"
	"testing"

	"matbang/internal/app/apptest"
	"matbang/internal/invariant"
)

// breaks is how each invariant is broken on purpose: past triggers and foreign keys, with the constraint that forbids it taken away.
func breaks() map[string]string {
	return map[string]string{
		"indicator_enterer_never_accepts": `ALTER TABLE indicator_value DROP CONSTRAINT indicator_enterer_never_accepts; UPDATE indicator_value SET accepted_by = entered_by WHERE id = (SELECT min(id) FROM indicator_value WHERE state = 'accepted')`,
		"indicator_history_whole":         `DELETE FROM indicator_version WHERE value_id = (SELECT min(id) FROM indicator_value)`,
		"paper_of_approved_order":         `DELETE FROM payment_paper WHERE payment_id = (SELECT min(payment_id) FROM payment_paper)`,
		"calls_in_order": `INSERT INTO payment_call (payment_id, number, day, hour, place, made_by, made_on)
			SELECT min(p.id), 2, '2023-12-31', '08:00', 'x', (SELECT min(id) FROM app_user), '2023-12-30' FROM payment p JOIN payout_order o ON o.id = p.order_id WHERE o.method = 'cash' AND o.state = 'released'`,
		"large_result_by_another": `UPDATE payment_result r SET hand_from = 1, made_by = (SELECT o.made_by FROM payment p JOIN payout_order o ON o.id = p.order_id WHERE p.id = r.payment_id)
			WHERE id = (SELECT min(id) FROM payment_result)`,
		"debt_repaid_adds_up":     `INSERT INTO debt (case_id, project_id, kind, amount, repaid, paper_no, paper_day, journal_id, made_by, changed_by) SELECT id, project_id, 'land_rent', 9, 5, 'x', '2023-12-01', 1, 1, 1 FROM land_case LIMIT 1`,
		"debts_equal_book":        `INSERT INTO ledger_balance (case_id, project_id, account, amount, since, moved) SELECT id, project_id, 'debt', 5, '2023-01-01', '2023-01-01' FROM land_case LIMIT 1`,
		"deposits_equal_register": `UPDATE deposit SET amount = amount + 1 WHERE id = (SELECT min(id) FROM deposit)`,
		"deposit_interest_in_book": `INSERT INTO deposit_interest (deposit_id, from_day, to_day, amount, advice_ref, advice_day, journal_id, made_by)
			SELECT id, opened_on, opened_on, 5, 'x', opened_on, (SELECT min(id) FROM journal), 1 FROM deposit ORDER BY id LIMIT 1`,
		"deposit_release_persons_differ":  `ALTER TABLE deposit_release DROP CONSTRAINT deposit_release_two_persons; UPDATE deposit_release SET decided_by = made_by WHERE id = (SELECT min(id) FROM deposit_release)`,
		"award_owed_kept":                 `DELETE FROM award_owed WHERE award_id = (SELECT min(award_id) FROM award_owed)`,
		"award_settled_kept":              `UPDATE award_settled SET days = days + 1 WHERE award_id = (SELECT min(award_id) FROM award_settled)`,
		"journal_sums_to_zero":            `UPDATE posting SET amount = amount + 1 WHERE id = (SELECT min(id) FROM posting)`,
		"journal_has_postings":            `DELETE FROM posting WHERE journal_id = (SELECT min(id) FROM journal)`,
		"journal_seals":                   `INSERT INTO journal_seal (number, journal_id, hash) SELECT 1, min(id), sha256('x') FROM journal`,
		"days_equal_postings":             `INSERT INTO ledger_day (project_id, account, day, amount) SELECT min(id), 'paid', '2023-12-01', 5 FROM project`,
		"anchors":                         `INSERT INTO journal_seal (number, journal_id, hash) SELECT 1, min(id), sha256('x') FROM journal`,
		"audit_chain":                     `UPDATE audit_event SET reason = 'x' WHERE id = 7`,
		"balance_equals_postings":         `UPDATE ledger_balance SET amount = amount + 1 WHERE account = 'paid' AND case_id = (SELECT min(case_id) FROM ledger_balance WHERE account = 'paid')`,
		"balance_since_equals_postings":   `UPDATE ledger_balance SET since = since - 1 WHERE account = 'paid' AND amount <> 0 AND case_id = (SELECT min(case_id) FROM ledger_balance WHERE account = 'paid' AND amount <> 0)`,
		"bridge_closes":                   `UPDATE ledger_balance SET amount = amount + 1 WHERE account = 'paid' AND case_id = (SELECT min(case_id) FROM ledger_balance WHERE account = 'paid')`,
		"no_account_below_zero":           `ALTER TABLE ledger_balance DROP CONSTRAINT ledger_balance_sign; UPDATE ledger_balance SET amount = -1 WHERE account = 'paid' AND case_id = (SELECT min(case_id) FROM ledger_balance WHERE account = 'paid')`,
		"award_equals_lines":              `UPDATE award SET total = total + 1 WHERE id = (SELECT min(id) FROM award)`,
		"plan_equals_awards":              `UPDATE plan SET total = total + 1 WHERE id = (SELECT min(id) FROM plan)`,
		"deduction_within_base":           `UPDATE award_line SET category = 'deduction' WHERE award_id = (SELECT min(award_id) FROM award_line)`,
		"award_in_its_project":            `UPDATE land_case SET project_id = (SELECT max(id) FROM project) WHERE id = (SELECT min(case_id) FROM award)`,
		"approved_plan_booked":            `UPDATE journal SET reference = 'x' WHERE id = (SELECT min(id) FROM journal WHERE kind = 'plan_approved')`,
		"payments_equal_book":             `UPDATE payment SET amount = amount + 1, paid = paid + 1 WHERE id = (SELECT min(id) FROM payment WHERE state = 'paid')`,
		"not_ordered_equals_rest":         `UPDATE ledger_balance SET amount = amount + 1, since = COALESCE(since, moved) WHERE account = 'not_ordered' AND case_id = (SELECT min(case_id) FROM ledger_balance)`,
		"order_equals_payments":           `UPDATE payout_order SET total = total + 1 WHERE id = (SELECT min(id) FROM payout_order)`,
		"parts_from_results":              `DELETE FROM payment_result WHERE payment_id = (SELECT min(id) FROM payment WHERE state = 'paid')`,
		"payment_agrees_with_order":       `UPDATE payment SET state = 'cancelled', open = amount, paid = 0, returned = 0, deposited = 0 WHERE id = (SELECT min(p.id) FROM payment p JOIN payout_order o ON o.id = p.order_id WHERE o.state = 'released')`,
		"result_has_released_order":       `UPDATE payout_order SET state = 'approved' WHERE id = (SELECT min(order_id) FROM payment WHERE state = 'paid')`,
		"result_equals_payment_and_book":  `UPDATE payment_result SET amount = amount + 1 WHERE id = (SELECT min(id) FROM payment_result)`,
		"paid_within_awarded":             `UPDATE payment SET amount = amount + 900000000000, paid = paid + 900000000000 WHERE id = (SELECT min(id) FROM payment WHERE state = 'paid')`,
		"ordered_within_award":            `UPDATE payment SET amount = amount + 900000000000, paid = paid + 900000000000 WHERE id = (SELECT min(id) FROM payment WHERE state = 'paid' AND reissue_of IS NULL)`,
		"payment_of_its_award":            `UPDATE payment SET project_id = (SELECT max(id) FROM project) WHERE id = (SELECT min(id) FROM payment)`,
		"line_used_once":                  `DROP INDEX recon_match_line_once; INSERT INTO recon_match (line_id, kind, amount, rule, why, made_by) SELECT line_id, 'other', amount, 'classified', 'x', made_by FROM recon_match WHERE undone_at IS NULL LIMIT 1`,
		"open_lines_kept":                 `INSERT INTO statement_line_open SELECT min(line_id), 1, '2023-12-01' FROM recon_match WHERE undone_at IS NULL`,
		"match_amount_equal":              `UPDATE recon_match SET amount = amount + 1 WHERE id = (SELECT min(id) FROM recon_match)`,
		"line_evidence_matched":           `UPDATE recon_match SET undone_at = now(), undone_by = made_by, undo_reason = 'x' WHERE id = (SELECT min(id) FROM recon_match WHERE recorded)`,
		"statement_proves":                `ALTER TABLE statement DROP CONSTRAINT statement_balances; UPDATE statement SET closing = closing + 1 WHERE id = (SELECT min(id) FROM statement)`,
		"statement_lines_add_up":          `DELETE FROM statement_line WHERE id = (SELECT min(id) FROM statement_line)`,
		"issued_report_rebuilds":          `UPDATE report_issue SET document = replace(document, '31', '32') WHERE id = (SELECT min(id) FROM report_issue)`,
		"fund_equals_lines":               `UPDATE capital_fund SET plan = plan + 1 WHERE (project_id, year, source) = (SELECT project_id, year, source FROM capital_fund LIMIT 1)`,
		"drawn_within_fund":               `ALTER TABLE capital_fund DROP CONSTRAINT capital_fund_drawn_within; UPDATE capital_fund SET drawn = plan + carried_over + advanced + 1 WHERE year = 2023`,
		"years_within_investment":         `UPDATE project SET total_investment = 1 WHERE id = (SELECT min(id) FROM project)`,
		"years_within_medium_term":        `UPDATE medium_term_line SET amount = 1 WHERE id = (SELECT min(id) FROM medium_term_line)`,
		"disbursed_within_capital":        `UPDATE progress_entry SET disbursed = disbursed + 900000000000 WHERE id = (SELECT min(id) FROM progress_entry)`,
		"holder_shares":                   `UPDATE holder_party SET share_bp = 9999 WHERE id = (SELECT min(id) FROM holder_party WHERE share_bp = 10000)`,
		"parcel_not_over_recovered":       `UPDATE parcel SET area = 0.01 WHERE id = (SELECT min(parcel_id) FROM case_parcel)`,
		"case_area_is_its_parcels":        `UPDATE land_case SET recovered_area = recovered_area + 1 WHERE id = (SELECT min(id) FROM land_case)`,
		"steps_in_order":                  `DELETE FROM case_step WHERE kind = 'inventory' AND case_id = (SELECT min(case_id) FROM case_step WHERE kind = 'posting')`,
		"shares_whole":                    `UPDATE holder_party SET share_bp = 9999 WHERE id = (SELECT min(id) FROM holder_party WHERE share_bp = 10000)`,
		"enterer_never_accepts":           `ALTER TABLE progress_entry DROP CONSTRAINT progress_enterer_never_accepts; UPDATE progress_entry SET accepted_by = entered_by WHERE id = (SELECT min(id) FROM progress_entry)`,
		"plan_three_persons":              `ALTER TABLE plan DROP CONSTRAINT plan_approver_made_no_step; UPDATE plan SET approved_by = drafted_by WHERE id = (SELECT min(id) FROM plan)`,
		"one_step_per_person":             `ALTER TABLE money_step DROP CONSTRAINT money_step_one_per_person; INSERT INTO money_step (award_id, user_id, step) SELECT award_id, user_id, 'order_release' FROM money_step WHERE step = 'draft' LIMIT 1`,
		"plan_steps_recorded":             `DELETE FROM money_step WHERE step = 'draft' AND award_id = (SELECT min(award_id) FROM money_step)`,
		"closed_month_kept":               `INSERT INTO ledger_period (month, closed_by, closed_at) SELECT date_trunc('month', min(day)), 1, '2020-01-01' FROM journal`,
		"late_plan_adds_up":               `INSERT INTO late_plan (code, project_id, through, payer, total, line_count, made_by, changed_by, state, decision_no, decided_on, approved_by, approved_at) SELECT 'X', project_id, day, 'budget', 5, 1, 1, 1, 'approved', '1', day, 2, now() FROM journal ORDER BY id LIMIT 1`,
		"late_line_paid_once":             `INSERT INTO late_plan (code, project_id, through, payer, total, line_count, made_by, changed_by, state, decision_no, decided_on, approved_by, approved_at) SELECT 'X', project_id, day, 'budget', 5, 1, 1, 1, 'approved', '1', day, 2, now() FROM journal ORDER BY id LIMIT 1; INSERT INTO late_plan_line (plan_id, award_id, case_id, amount, before, due_on, cause, formula) SELECT (SELECT max(id) FROM late_plan), a.id, a.case_id, 5, 0, '2023-01-01', 'office', '' FROM award a ORDER BY a.id LIMIT 1; INSERT INTO late_payment (line_id, day, amount, evidence_kind, evidence_ref, journal_id, made_by) SELECT max(l.id), '2023-12-01', 4, 'signed_list', '1', (SELECT min(id) FROM journal), 3 FROM late_plan_line l`,
		"late_three_persons":              `ALTER TABLE late_plan DROP CONSTRAINT late_plan_maker_never_approves; INSERT INTO late_plan (code, project_id, through, payer, total, line_count, made_by, changed_by, state, decision_no, decided_on, approved_by, approved_at) SELECT 'X', project_id, day, 'budget', 5, 1, 1, 1, 'approved', '1', day, 1, now() FROM journal ORDER BY id LIMIT 1`,
		"order_persons_differ":            `ALTER TABLE payout_order DROP CONSTRAINT payout_order_three_persons; UPDATE payout_order SET released_by = made_by WHERE id = (SELECT min(id) FROM payout_order)`,
		"large_order_approved_twice":      `ALTER TABLE payout_order DROP CONSTRAINT payout_order_second_complete; UPDATE payout_order SET second_needed = false, second_by = NULL WHERE id = (SELECT min(id) FROM payout_order WHERE second_needed)`,
		"account_checked_by_another":      `UPDATE account_check SET account_no = account_no || '0' WHERE id = (SELECT min(id) FROM account_check)`,
		"fund_ordered_equals_orders":      `UPDATE capital_fund SET ordered = ordered - 1 WHERE ordered > 0 AND project_id = (SELECT min(project_id) FROM payout_order)`,
		"orders_within_fund":              `UPDATE capital_fund SET clearance = clearance - 1 WHERE ordered > 0 AND project_id = (SELECT min(project_id) FROM payout_order)`,
		"fund_drawn_equals_vouchers":      `UPDATE capital_fund SET drawn = drawn - 1 WHERE drawn > 0 AND project_id = (SELECT min(project_id) FROM disbursement_voucher)`,
		"advance_equals_vouchers":         `UPDATE disbursement_advance SET recovered = recovered - 1 WHERE voucher_id = (SELECT min(voucher_id) FROM disbursement_advance WHERE recovered > 0)`,
		"contract_paid_within_value":      `UPDATE disbursement_contract SET paid = paid - 1 WHERE contract_id = (SELECT min(contract_id) FROM disbursement_contract WHERE paid > 0)`,
		"bill_paid_within_payable":        `UPDATE disbursement_bill SET paid = paid - 1 WHERE bill_id = (SELECT min(bill_id) FROM disbursement_bill)`,
		"reversal_once":                   `ALTER TABLE disbursement_voucher DROP CONSTRAINT disbursement_voucher_reversal_whole; UPDATE disbursement_voucher SET reversal_of = (SELECT min(id) FROM disbursement_voucher) WHERE id = (SELECT max(id) FROM disbursement_voucher)`,
		"voucher_in_its_year":             `UPDATE disbursement_voucher SET paid_on = make_date(plan_year + 1, 2, 1) WHERE id = (SELECT min(id) FROM disbursement_voucher WHERE kind = 'payment')`,
		"treasury_confirmed_by_another":   `UPDATE treasury_confirmation SET recorded_by = (SELECT recorded_by FROM disbursement_voucher LIMIT 1)`,
		"contract_value_adds_up":          `UPDATE contract SET value = value + 1 WHERE id = (SELECT min(id) FROM contract)`,
		"contract_accepted_within_value":  `UPDATE acceptance SET value = value + 900000000000 WHERE id = (SELECT min(id) FROM acceptance)`,
		"contract_billed_within_accepted": `UPDATE bill SET completed_value = completed_value + 900000000000, payable = payable + 900000000000 WHERE id = (SELECT min(id) FROM bill)`,
		"contract_within_estimate":        `UPDATE contract SET over_estimate_reason = '' WHERE over_estimate_reason <> ''`,
		"bill_payable_adds_up":            `ALTER TABLE bill DROP CONSTRAINT bill_payable_whole; UPDATE bill SET payable = payable + 1 WHERE id = (SELECT min(id) FROM bill)`,
		"bill_maker_never_approves":       `ALTER TABLE bill DROP CONSTRAINT bill_maker_never_approves; UPDATE bill SET approved_by = made_by WHERE id = (SELECT min(id) FROM bill WHERE state = 'approved')`,
		"obstacle_within_holders":         `UPDATE obstacle SET households = 100000 WHERE id = (SELECT min(id) FROM obstacle)`,
		"obstacle_answers_kept":           `UPDATE obstacle_answer SET content = 'x' WHERE id = (SELECT min(id) FROM obstacle_answer)`,
		"reminder_once":                   `ALTER TABLE reminder DROP CONSTRAINT reminder_once_a_day; INSERT INTO reminder (month, user_id, sent_on, kind, works) SELECT '2023-12-01', u.id, '2023-12-25', 'due', 1 FROM (SELECT min(id) AS id FROM app_user) u CROSS JOIN generate_series(1, 2)`,
		"total_is_the_holding_decision":   `UPDATE project SET total_investment = total_investment + 1 WHERE id = (SELECT min(project_id) FROM project_decision)`,
		"decision_parts_add_up":           `ALTER TABLE project_decision DROP CONSTRAINT project_decision_parts_add_up; UPDATE project_decision SET construction = construction + 1 WHERE id = (SELECT min(id) FROM project_decision WHERE construction > 0)`,
		"newest_version_is_the_work":      `UPDATE project_version SET investor = 'x' WHERE id = (SELECT max(id) FROM project_version)`,
		"state_agrees_with_phase":         `UPDATE project SET state = 'preparing' WHERE id = (SELECT min(id) FROM project WHERE state = 'building')`,
		"owed_entry_or_listed":            `UPDATE progress_roll SET reported = false WHERE ctid = (SELECT min(ctid) FROM progress_roll)`,
		"adjustment_of_issued_month":      `INSERT INTO progress_adjustment (project_id, in_month, for_month, figure, change, reason, entered_by) SELECT project_id, '2023-12-01', '2023-11-01', 'executed', -900000000000, 'x', entered_by FROM progress_entry LIMIT 1`,
		"month_has_every_work":            `DELETE FROM progress_entry WHERE id = (SELECT min(id) FROM progress_entry)`,
		"baseline_weights_whole":          `UPDATE baseline_milestone SET weight_bp = weight_bp - 1 WHERE milestone_id = (SELECT min(milestone_id) FROM baseline_milestone WHERE weight_bp > 0)`,
		"milestone_done_is_last_entry":    `UPDATE milestone SET done_bp = done_bp - 1, finished_on = NULL WHERE id = (SELECT min(id) FROM milestone WHERE done_bp > 0)`,
		"baseline_fixer_is_not_editor":    `ALTER TABLE schedule_baseline DROP CONSTRAINT schedule_fixer_is_not_editor; UPDATE schedule_baseline SET fixed_by = edited_by WHERE id = (SELECT min(id) FROM schedule_baseline)`,
		"violation_handled_whole":         `ALTER TABLE violation DROP CONSTRAINT violation_handled_decided; UPDATE violation SET outcome = '' WHERE id = (SELECT min(id) FROM violation WHERE handled_on IS NOT NULL)`,
		"violation_is_newest_version":     `UPDATE violation SET place = 'x' WHERE id = (SELECT min(id) FROM violation)`,
		"milestone_finished_is_whole":     `ALTER TABLE milestone DROP CONSTRAINT milestone_finished_is_whole; UPDATE milestone SET finished_on = NULL WHERE id = (SELECT min(id) FROM milestone WHERE done_bp = 10000)`,
	}
}

var errUndo = errors.New("taken back")

// TestEveryInvariantIsSeenBroken breaks each invariant in a transaction that is taken back, and sees its own check name the row.
func TestEveryInvariantIsSeenBroken(t *testing.T) {
	a := apptest.SampleCity(t)
	for _, check := range a.Checks() {
		t.Run(check.Name, func(t *testing.T) {
			statement, known := breaks()[check.Name]
			if !known {
				t.Fatal("nobody has seen this invariant broken: add its way of breaking to the table")
			}
			err := a.DB.Run(t.Context(), func(ctx context.Context) error {
				if _, err := a.DB.Write(ctx).ExecContext(ctx, `SET LOCAL session_replication_role = replica`); err != nil {
					return err
				}
				if _, err := a.DB.Write(ctx).ExecContext(ctx, statement); err != nil {
					return err
				}
				results, err := invariant.RunAll(ctx, a.DB, []invariant.Check{check})
				if err != nil {
					return err
				}
				if len(results[0].Faults) == 0 {
					t.Error("broken, and not seen")
				}
				return errUndo
			})
			if !errors.Is(err, errUndo) {
				t.Error(err)
			}
		})
	}
}
