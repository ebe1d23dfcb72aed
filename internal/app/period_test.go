package app_test

import (
	"errors"
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
	if err := periods.Close(ctx, own, december, c.Today()); !errors.Is(err, ledger.ErrOwnHand) {
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
	if err := periods.Reopen(ctx, director, november, "x"); !errors.Is(err, ledger.ErrMonthNotLast) {
		t.Errorf("an earlier month is opened: %v", err)
	}
	c.must(periods.Reopen(ctx, director, december, "thiếu một sao kê"))
	if next, _, err := periods.Next(ctx, chief, day.Must("2024-03-15")); err != nil || next != december {
		t.Errorf("next is %s (%v)", next, err)
	}
}
