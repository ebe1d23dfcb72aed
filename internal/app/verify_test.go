package app_test

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"matbang/internal/app"
	"matbang/internal/app/apptest"
	"matbang/internal/invariant"
)

// hand is what somebody with the database in hand could do, past every trigger, and the check that has to see it and name the row.
type hand struct{ why, do, check, names string }

func handsOnTheBook() []hand {
	return []hand{
		{"a payment's journal is moved to an earlier day", `UPDATE journal SET day = day - 40 WHERE id = (SELECT min(id) FROM journal WHERE kind = 'payment_paid')`,
			"result_equals_payment_and_book", "payment GPMB"},
		{"its result is moved instead", `UPDATE payment_result SET day = day - 20 WHERE id = (SELECT max(id) FROM payment_result WHERE kind = 'paid')`,
			"result_equals_payment_and_book", "payment GPMB"},
		{"somebody else made it", `UPDATE journal SET made_by = made_by + 1 WHERE id = (SELECT max(id) FROM journal WHERE kind = 'payment_paid')`,
			"result_equals_payment_and_book", "payment GPMB"},
		{"it is of another kind", `UPDATE journal SET kind = 'payment_returned' WHERE id = (SELECT max(id) FROM journal WHERE kind = 'payment_paid')`,
			"result_equals_payment_and_book", "payment GPMB"},
		{"it names another payment", `UPDATE journal SET reference = 'x' WHERE id = (SELECT max(id) FROM journal WHERE kind = 'payment_paid')`,
			"result_equals_payment_and_book", "payment GPMB"},
		{"a journal goes to another work", `UPDATE journal SET project_id = (SELECT max(id) FROM project) WHERE id = (SELECT max(id) FROM journal WHERE kind = 'order_submitted')`,
			"journal_has_postings", ": another work"},
		{"a posting goes to another work", `UPDATE posting SET project_id = (SELECT max(id) FROM project) WHERE id = (SELECT max(id) FROM posting)`, "balance_equals_postings", "case "},
		{"a balance goes to another work", `UPDATE ledger_balance SET project_id = (SELECT max(id) FROM project) WHERE case_id = (SELECT min(case_id) FROM ledger_balance)`,
			"balance_equals_postings", "case "},
		{"a plan's journal is moved", `UPDATE journal SET day = day + 1 WHERE id = (SELECT min(id) FROM journal WHERE kind = 'plan_approved')`, "approved_plan_booked", "plan PA-"},
		{"a plan loses its journal", `UPDATE plan SET journal_id = NULL WHERE id = (SELECT min(id) FROM plan WHERE state = 'approved')`, "approved_plan_booked", ": no plan"},
		{"an award is taken out of a plan", `DELETE FROM award WHERE id = (SELECT min(id) FROM award)`, "approved_plan_booked", "without an award"},
		{"a line is taken out of an award", `DELETE FROM award_line WHERE id = (SELECT min(id) FROM award_line)`, "award_equals_lines", "award "},
		{"a paid plan is a draft again", `UPDATE plan SET state = 'draft' WHERE id = (SELECT min(id) FROM plan WHERE state = 'approved')`, "paid_within_awarded", "case "},
	}
}

func handsOnPayments() []hand {
	return []hand{
		{"paid without a result", `UPDATE payment SET state = 'paid', open = 0, paid = amount WHERE id = (SELECT min(id) FROM payment WHERE state = 'ordered')`, "parts_from_results", "payment GPMB"},
		{"the payee is another holder's", `UPDATE payment SET party_id = (SELECT max(id) FROM holder_party) WHERE id = (SELECT min(id) FROM payment)`, "payment_of_its_award", "payment GPMB"},
		{"issued again for what another got", `UPDATE payment SET reissue_of = (SELECT max(id) FROM payment WHERE state = 'returned') WHERE id = (SELECT min(id) FROM payment)`,
			"payment_of_its_award", "payment GPMB"},
		{"a result names another's journal", `UPDATE payment_result SET journal_id = (SELECT max(id) FROM journal WHERE kind = 'plan_approved') WHERE id = (SELECT max(id) FROM payment_result)`,
			"result_equals_payment_and_book", " result "},
		{"paid by an order nobody released", `ALTER TABLE payout_order DROP CONSTRAINT payout_order_released_complete;
			UPDATE payout_order SET released_by = NULL WHERE id = (SELECT min(order_id) FROM payment WHERE state = 'paid')`, "result_has_released_order", "order CT-"},
		{"who drafted the plan made the order", `UPDATE payout_order o SET made_by = (SELECT drafted_by FROM plan pl JOIN award a ON a.plan_id = pl.id JOIN payment p ON p.award_id = a.id
			WHERE p.order_id = o.id LIMIT 1) WHERE id = (SELECT min(id) FROM payout_order)`, "order_persons_differ", "order CT-"},
		{"who released it is forgotten", `DELETE FROM money_step WHERE step = 'order_release' AND award_id = (SELECT min(award_id) FROM money_step WHERE step = 'order_release')`,
			"order_persons_differ", " order_release"},
		{"who made it is forgotten", `DELETE FROM money_step WHERE step = 'order_make' AND award_id = (SELECT min(award_id) FROM money_step WHERE step = 'order_make')`,
			"order_persons_differ", " order_make"},
		{"who approved the plan wrote in it", `INSERT INTO plan_drafter SELECT id, approved_by FROM plan WHERE state = 'approved' LIMIT 1`, "plan_three_persons", " user "},
		{"evidence of a line becomes a paper", `UPDATE payment_result SET evidence_kind = 'bank_advice' WHERE id = (SELECT min(id) FROM payment_result WHERE evidence_kind = 'statement_line')`,
			"line_evidence_matched", "payment GPMB"},
		{"a match is taken out", `DELETE FROM recon_match WHERE id = (SELECT min(id) FROM recon_match WHERE recorded)`, "line_evidence_matched", "payment GPMB"},
		{"a match proves another payment", `UPDATE recon_match SET payment_id = (SELECT max(id) FROM payment) WHERE id = (SELECT min(id) FROM recon_match WHERE recorded)`,
			"line_evidence_matched", "payment GPMB"},
		{"a line's amount is changed", `UPDATE statement_line SET amount = amount - 1 WHERE id = (SELECT min(id) FROM statement_line)`, "statement_lines_add_up", "statement "},
		{"a whole statement is taken out", `DELETE FROM statement_line WHERE statement_id = (SELECT min(id) FROM statement); DELETE FROM statement WHERE id = (SELECT min(id) FROM statement)`,
			"match_amount_equal", "match "},
	}
}

func handsOnReports() []hand {
	return []hand{
		{"an issued report is taken out", `DELETE FROM report_issue WHERE month = '2023-05-01'`, "issued_report_rebuilds", "report 2023-05: not as the log says"},
		{"it gets another number", `UPDATE report_issue SET number = 'x' WHERE month = '2023-05-01'`, "issued_report_rebuilds", "report 2023-05: not as the log says"},
		{"it is written anew, hash and all", `UPDATE report_issue SET document = replace(document, '"holders":', '"holders":1'),
			sha256 = encode(sha256(convert_to(replace(document, '"holders":', '"holders":1'), 'UTF8')), 'hex') WHERE month = '2023-05-01'`,
			"issued_report_rebuilds", "report 2023-05: not as the log says"},
		{"it is known up to another moment", `UPDATE report_issue SET cutoff = cutoff - interval '5 years' WHERE month = '2023-05-01'`, "issued_report_rebuilds", "report 2023-05: capital differs"},
		{"an accepted entry of it is sent back", `UPDATE progress_entry SET state = 'returned', return_reason = 'x' WHERE id = (SELECT min(id) FROM progress_entry WHERE month = '2023-05-01')`,
			"month_has_every_work", "report 2023-05 project "},
		{"a work has two entries in a month", `ALTER TABLE progress_entry DROP CONSTRAINT progress_entry_once;
			INSERT INTO progress_entry (project_id, month, state, executed, estimate_month_end, disbursed, disbursed_treasury, physical_bp, entered_by, changed_by)
			SELECT project_id, month, 'draft', executed, estimate_month_end, disbursed, disbursed_treasury, physical_bp, entered_by, changed_by
			FROM progress_entry WHERE month = '2023-12-01' LIMIT 1`, "month_has_every_work", "month 2023-12: 2 entries"},
		{"a year's capital is taken out", `DELETE FROM capital_line WHERE id = (SELECT min(id) FROM capital_line WHERE year = 2023 AND kind = 'assigned')`, "disbursed_within_capital", "month 2023-"},
		{"a holder has nobody behind it", `DELETE FROM holder_party WHERE holder_id = (SELECT min(id) FROM holder)`, "holder_shares", ": 0"},
		{"a step is dated before the one it follows", `UPDATE case_step SET done_on = done_on - 900 WHERE id = (SELECT min(id) FROM case_step WHERE kind = 'posting')`, "steps_in_order", ": posting"},
	}
}

// handsOnTheLog: what is not here is a cut together with the anchor in audit_head; that end has to be kept outside the database to be seen.
func handsOnTheLog() []hand {
	return []hand{
		{"a row is changed", `UPDATE audit_event SET after = '{"total": 1}' WHERE id = 100`, "audit_chain", "audit_event 100"},
		{"a row is dated back", `UPDATE audit_event SET recorded_at = recorded_at - interval '1 day' WHERE id = 100`, "audit_chain", "audit_event 100"},
		{"nobody did it", `UPDATE audit_event SET actor_id = NULL WHERE id = 100`, "audit_chain", "audit_event 100"},
		{"a row is taken out", `DELETE FROM audit_event WHERE id = 100`, "audit_chain", "audit_event 101"},
		{"the tail is cut off", `DELETE FROM audit_event WHERE id > 1000`, "audit_chain", "the log ends at 1000"},
		{"the anchor is gone", `DELETE FROM audit_head`, "audit_chain", "audit_head says 0"},
	}
}

// TestNoHandPassesUnseen does in turn all that TestEveryInvariantIsSeenBroken leaves: the further ways in which a check can be broken.
func TestNoHandPassesUnseen(t *testing.T) {
	a := apptest.SampleCity(t)
	for _, h := range slices.Concat(handsOnTheBook(), handsOnPayments(), handsOnReports(), handsOnTheLog()) {
		t.Run(h.why, func(t *testing.T) {
			at := slices.IndexFunc(a.Checks(), func(c invariant.Check) bool { return c.Name == h.check })
			if at < 0 {
				t.Fatalf("no check %s", h.check)
			}
			found := brokenBy(t, a, h.do, a.Checks()[at])
			if !slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, h.names) }) {
				t.Errorf("%s finds %.300v, want %q", h.check, found, h.names)
			}
		})
	}
}

var named = regexp.MustCompile(`^[a-z_]+ \S`)

// TestEveryFaultNamesItsRow breaks each invariant as the table of TestEveryInvariantIsSeenBroken does: what is found has a name that can be
// looked up, is found nowhere before, and the table has no row for a check that is gone.
func TestEveryFaultNamesItsRow(t *testing.T) {
	a := apptest.SampleCity(t)
	table := breaks()
	for _, check := range a.Checks() {
		before, err := invariant.RunAll(t.Context(), a.DB, []invariant.Check{check})
		if err != nil || len(before[0].Faults) > 0 {
			t.Errorf("%s before anything is broken: %v %v", check.Name, before, err)
		}
		found := brokenBy(t, a, table[check.Name], check)
		for _, f := range found {
			if !named.MatchString(f) {
				t.Errorf("%s: %q names no row", check.Name, f)
			}
		}
		if len(found) == 0 {
			t.Errorf("%s: broken, and not seen", check.Name)
		}
		delete(table, check.Name)
	}
	for name := range table {
		t.Errorf("there is no check %s any more", name)
	}
}

// brokenBy is what a check finds after a hand did its work, in a transaction that is taken back.
func brokenBy(t *testing.T, a *app.App, statement string, check invariant.Check) (found []string) {
	t.Helper()
	err := a.DB.Run(t.Context(), func(ctx context.Context) error {
		for _, s := range []string{`SET LOCAL session_replication_role = replica`, statement} {
			if _, err := a.DB.Write(ctx).ExecContext(ctx, s); err != nil {
				return err
			}
		}
		results, err := invariant.RunAll(ctx, a.DB, []invariant.Check{check})
		if err != nil {
			return err
		}
		found = results[0].Faults
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		t.Error(err)
	}
	return found
}
