package app_test

import (
	"errors"
	"strings"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/app/apptest"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/ledger"
	"matbang/internal/payout"
)

func TestAMonthIsClosedWhenEverythingInItIsSettled(t *testing.T) {
	c := openCity(t)
	ctx := t.Context()
	chief, director := apptest.Actor(t, c.App, "chief-accountant"), apptest.Actor(t, c.App, "director")
	periods := c.Rooms.Periods
	if err := periods.Close(ctx, chief, december, day.Must("2023-12-30")); !errors.Is(err, ledger.ErrMonthEarly) {
		t.Errorf("a month that is not over: %v", err)
	}
	if err := periods.Close(ctx, chief, december, c.Today()); !errors.Is(err, fault.Conflicting("period.open_lines")) {
		t.Errorf("a month with open lines: %v", err)
	}
	c.must(c.byHand(`INSERT INTO recon_match (line_id, kind, amount, rule, why, made_by)
		SELECT l.id, 'other', abs(l.amount), 'classified', 'giải thích', $1 FROM statement_line l
		WHERE NOT EXISTS (SELECT 1 FROM recon_match m WHERE m.line_id = l.id AND m.undone_at IS NULL)`, c.accountant.ID))
	own := c.accountant
	own.Grants = map[actor.Permission]actor.Reach{ledger.PeriodClose: actor.All}
	if err := periods.Close(ctx, own, december, c.Today()); !errors.Is(err, ledger.ErrOwnStatement) {
		t.Errorf("who loaded the statements closes: %v", err)
	}
	c.must(periods.Close(ctx, chief, december, c.Today()))
	if err := periods.Close(ctx, chief, december, c.Today()); !errors.Is(err, ledger.ErrMonthOrder) {
		t.Errorf("closed twice: %v", err)
	}
	before, err := c.Rooms.Payouts.Bridge(ctx, c.leader, payout.BridgeFilter{AsOf: december.Last()})
	c.must(err)
	c.payLate() // of a day of December, written in January
	after, err := c.Rooms.Payouts.Bridge(ctx, c.leader, payout.BridgeFilter{AsOf: december.Last()})
	c.must(err)
	if after.Total != before.Total {
		t.Errorf("the closed month moved: %+v, %+v", before.Total, after.Total)
	}
	january := c.monthly(december.Add(1)).Book
	if len(january.Adjustments) != 1 || january.Sum != january.Adjustments[0].Amount || january.Adjustments[0].Kind != ledger.PaymentPaid || january.Closed || !c.monthly(december).Book.Closed {
		t.Errorf("the reports do not tell what was closed and what came after: %+v", january)
	}
	list, err := periods.List(ctx, chief)
	c.must(err)
	if len(list) != 1 || list[0].Later == 0 {
		t.Errorf("what was written later is not told: %+v", list)
	}
	if err := c.byHand(`INSERT INTO journal (kind, reference, project_id, day, made_by) SELECT 'plan_approved', 'x', project_id, '2023-12-31', made_by FROM journal LIMIT 1`); err == nil {
		t.Error("the database lets a closed day be written")
	}
	if found := c.faults(); len(found) != 0 {
		t.Errorf("verify finds %v", found)
	}
	if err := periods.Reopen(ctx, director, november, "x"); !errors.Is(err, ledger.ErrBeforeFirst) {
		t.Errorf("an earlier month is opened: %v", err)
	}
	c.must(periods.Reopen(ctx, director, december, "thiếu một sao kê"))
	if next, _, err := periods.Next(ctx, chief, day.Must("2024-03-15")); err != nil || next != december {
		t.Errorf("next is %s (%v)", next, err)
	}
}

// Whoever did anything in the days of a month does not close it, and is told what it was; the database says so to whoever goes round the rule.
func TestWhoHadAHandInAMonthDoesNotCloseIt(t *testing.T) {
	c := openCity(t)
	closer := func(account string) actor.Actor {
		who := apptest.Actor(t, c.App, account)
		who.Grants = map[actor.Permission]actor.Reach{ledger.PeriodClose: actor.All, payout.RecordResult: actor.All}
		return who
	}
	matcher, runner, payer := closer("planner"), closer("planning-head"), closer("clearance")
	c.must(c.byHand(`WITH run AS (INSERT INTO match_run (account_id, through, made_by) SELECT id, '2023-12-31', $1 FROM bank_account LIMIT 1 RETURNING id)
		INSERT INTO recon_match (line_id, kind, amount, rule, why, made_by, run_id) SELECT l.id, 'fee', abs(l.amount), 'classified', 'phí', $1, run.id FROM statement_line l, run
		WHERE l.day >= '2023-12-01' AND NOT EXISTS (SELECT 1 FROM recon_match m WHERE m.line_id = l.id AND m.undone_at IS NULL) ORDER BY l.id LIMIT 1`, runner.ID))
	c.must(c.byHand(`INSERT INTO recon_match (line_id, kind, amount, rule, why, made_by)
		SELECT l.id, 'other', abs(l.amount), 'classified', 'giải thích', $1 FROM statement_line l
		WHERE NOT EXISTS (SELECT 1 FROM recon_match m WHERE m.line_id = l.id AND m.undone_at IS NULL)`, matcher.ID))
	c.payLateBy(payer)
	for _, x := range []struct {
		who  actor.Actor
		want error
	}{{closer("accountant"), ledger.ErrOwnStatement}, {runner, ledger.ErrOwnRun}, {matcher, ledger.ErrOwnMatch}, {payer, ledger.ErrOwnResult}} {
		if err := c.Rooms.Periods.Close(t.Context(), x.who, december, c.Today()); !errors.Is(err, x.want) {
			t.Errorf("%v, want %v", err, x.want)
		}
		if err := c.byHand(`INSERT INTO ledger_period (month, closed_by) VALUES ('2023-12-01', $1)`, x.who.ID); err == nil || !strings.Contains(err.Error(), "ledger_period_closer_had_no_hand") {
			t.Errorf("the database lets user %d close: %v", x.who.ID, err)
		}
	}
	c.must(c.Rooms.Periods.Close(t.Context(), apptest.Actor(t, c.App, "chief-accountant"), december, c.Today()))
}

// Months open from the end, and what was closed with the first month stays closed when that month is opened again.
func TestMonthsOpenFromTheEndAndNeverBeforeTheFirst(t *testing.T) {
	c := openCity(t)
	ctx := t.Context()
	chief, director, march := apptest.Actor(t, c.App, "chief-accountant"), apptest.Actor(t, c.App, "director"), day.Must("2024-03-15")
	c.must(c.byHand(`INSERT INTO recon_match (line_id, kind, amount, rule, why, made_by)
		SELECT l.id, 'other', abs(l.amount), 'classified', 'giải thích', $1 FROM statement_line l
		WHERE NOT EXISTS (SELECT 1 FROM recon_match m WHERE m.line_id = l.id AND m.undone_at IS NULL)`, c.accountant.ID))
	periods, january := c.Rooms.Periods, december.Add(1)
	if err := periods.Reopen(ctx, director, december, "x"); !errors.Is(err, ledger.ErrMonthNotClosed) {
		t.Errorf("opened where none is closed: %v", err)
	}
	c.must(periods.Close(ctx, chief, december, march))
	if err := periods.Close(ctx, chief, january.Add(1), march); !errors.Is(err, ledger.ErrMonthOrder) {
		t.Errorf("a month is skipped: %v", err)
	}
	c.must(periods.Close(ctx, chief, january, march))
	for month, want := range map[day.Month]error{november: ledger.ErrBeforeFirst, december: ledger.ErrMonthNotLast, january.Add(1): ledger.ErrMonthNotClosed} {
		if err := periods.Reopen(ctx, director, month, "x"); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", month, err, want)
		}
	}
	for name, statement := range map[string]string{
		"ledger_period_opens_from_the_end": `UPDATE ledger_period SET reopened_by = $1, reopened_at = now(), reopen_reason = 'x' WHERE month = '2023-12-01'`,
		"ledger_period_follows":            `INSERT INTO ledger_period (month, closed_by) VALUES ('2024-03-01', $1)`,
		"ledger_period_kept":               `UPDATE ledger_period SET closed_by = $1`} {
		if err := c.byHand(statement, director.ID); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s does not hold: %v", name, err)
		}
	}
	c.must(periods.Reopen(ctx, director, january, "thiếu sao kê"))
	c.must(periods.Reopen(ctx, director, december, "thiếu sao kê"))
	if next, _, err := periods.Next(ctx, chief, march); err != nil || next != december {
		t.Errorf("next is %s (%v)", next, err)
	}
	const entry = `INSERT INTO journal (kind, reference, project_id, day, made_by) SELECT 'plan_approved', 'x', project_id, $1, made_by FROM journal LIMIT 1`
	if err := c.byHand(entry, day.Must("2023-11-30")); err == nil || !strings.Contains(err.Error(), "journal_month_open") {
		t.Errorf("opening the only closed month opened the months before it: %v", err)
	}
	c.must(c.byHand(entry, day.Must("2023-12-01")))
	c.must(periods.Close(ctx, chief, december, march))
}
