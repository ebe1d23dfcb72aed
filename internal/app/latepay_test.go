package app_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"matbang/internal/app/apptest"
	"matbang/internal/day"
	"matbang/internal/late"
	"matbang/internal/ledger"
	"matbang/internal/payout"
	"matbang/internal/vnd"
)

// What the ages of the bridge hold is what the bridge says stands between approved and paid, on any day.
func TestAgesAddUpToTheBridge(t *testing.T) {
	c := openCity(t)
	for _, on := range []day.Date{day.Must("2023-06-30"), day.Must("2023-11-15"), c.Today(), {}} {
		f := payout.BridgeFilter{AsOf: on}
		view, err := c.Rooms.Payouts.Bridge(t.Context(), c.leader, f)
		c.must(err)
		rows, err := c.Rooms.Payouts.Ages(t.Context(), c.leader, f, c.Today())
		c.must(err)
		sums := map[ledger.Account]vnd.Amount{}
		for _, r := range rows {
			if r.Amount != r.Band1+r.Band2+r.Band3+r.Band4 {
				t.Errorf("%s: the bands of %s are not its sum", on, r.Account)
			}
			sums[r.Account] += r.Amount
		}
		b := view.Total
		if sums[ledger.NotOrdered] != b.NotOrdered || sums[ledger.Ordered]+sums["with_treasury"] != b.Ordered || sums[ledger.Returned] != b.Returned || sums[ledger.Deposited] != b.Deposited {
			t.Errorf("on %s: %v, the bridge %+v", on, sums, b)
		}
		all, total, err := c.Rooms.Payouts.Standings(t.Context(), c.leader, payout.StandingQuery{BridgeFilter: f}, c.Today())
		c.must(err)
		if len(all) != min(total, payout.StandingPage) {
			t.Errorf("%d rows of %d", len(all), total)
		}
	}
}

// The report says of lateness what the room says, on any day, out of what was known then.
func TestTheReportIsAsLateAsTheRoom(t *testing.T) {
	c := openCity(t)
	for _, month := range []string{"2023-06", "2023-12"} {
		m, err := c.Rooms.Reports.Monthly(t.Context(), c.leader, day.MustMonth(month))
		c.must(err)
		ageing, err := c.Rooms.Late.Ageing(t.Context(), c.leader, late.Filter{AsOf: m.AsOf}, 1)
		c.must(err)
		if got := m.LatePayments; got.Amount != ageing.Sum.Owed || got.Amount == 0 && month == "2023-12" {
			t.Errorf("%s: the report %+v, the room %+v", month, got, ageing.Sum)
		}
	}
}

// What is still owed, read from the kept set alone, is all of what was ever late that is owed, on any day.
func TestStillOwedIsAllThatIsOwed(t *testing.T) {
	c := openCity(t)
	for _, on := range []day.Date{day.Must("2023-06-30"), day.Must("2023-11-15"), day.Must("2023-12-31"), c.Today()} {
		owed, err := c.Rooms.Late.Ageing(t.Context(), c.leader, late.Filter{AsOf: on, Show: late.ShowOwed}, 1)
		c.must(err)
		all, err := c.Rooms.Late.Ageing(t.Context(), c.leader, late.Filter{AsOf: on, Show: late.ShowAll}, 1)
		c.must(err)
		if !reflect.DeepEqual(owed.Bands, all.Bands) || owed.Sum.Owed != all.Sum.Owed || owed.Total > all.Total {
			t.Errorf("on %s owed are %d awards with %s, of all %d with %s", on, owed.Total, owed.Sum.Owed, all.Total, all.Sum.Owed)
		}
		if slices.ContainsFunc(owed.Overdue, func(d late.Overdue) bool { return d.Owed <= 0 }) {
			t.Errorf("on %s an award is shown as owed that is not", on)
		}
	}
}

// What was late as it was known then stays so when a payment that was in time is told of only later.
func TestWhatIsToldLaterWasLateByWhatWasKnown(t *testing.T) {
	c := openCity(t)
	ctx, on := t.Context(), c.Today()
	var known time.Time
	c.must(c.DB.Read(ctx).GetContext(ctx, &known, `SELECT clock_timestamp()`))
	before, err := c.Rooms.Late.StillOwed(ctx, on, known)
	c.must(err)
	paid := c.paidInTime(before)
	now, err := c.Rooms.Late.StillOwed(ctx, on, time.Time{})
	c.must(err)
	if slices.ContainsFunc(now, func(d late.Overdue) bool { return d.CaseCode == paid.CaseCode && d.PlanCode == paid.PlanCode }) {
		t.Fatalf("%s is paid in time, and late", paid.CaseCode)
	}
	after, err := c.Rooms.Late.StillOwed(ctx, on, known)
	c.must(err)
	if !reflect.DeepEqual(before, after) {
		t.Errorf("%d awards were late, by what was known then %d", len(before), len(after))
	}
}

// paidInTime orders and pays, as of a day within the law's limit, all of a late award of which nothing was ordered.
func (c city) paidInTime(overdue []late.Overdue) late.Overdue {
	c.t.Helper()
	ctx, chief, director := c.t.Context(), apptest.Actor(c.t, c.App, "chief-accountant"), apptest.Actor(c.t, c.App, "director")
	for _, d := range overdue {
		on := d.Start.Add(2)
		key := "in-time-" + d.CaseCode
		code, err := c.Rooms.Payouts.Draft(ctx, c.accountant, payout.NewOrder{Project: d.Project, Method: payout.MethodCash, Source: "city", Year: on.Year(), Content: "Chi trả bồi thường",
			Lines: []payout.NewLine{{CaseCode: d.CaseCode, PlanCode: d.PlanCode, Amount: d.Net}}}, key, on)
		if err != nil { // partly ordered, or no money of that source
			continue
		}
		c.must(c.Rooms.Payouts.Submit(ctx, c.accountant, code, 1, key+"-s", on))
		c.must(c.Rooms.Payouts.Approve(ctx, chief, code, 2, key+"-a"))
		c.must(c.Rooms.Payouts.Release(ctx, director, code, 3, key+"-r", on))
		payments, err := c.Rooms.Payouts.OpenPayments(ctx, c.accountant, code)
		c.must(err)
		for i, p := range payments {
			c.must(c.Rooms.Payouts.RecordResults(ctx, c.accountant, []payout.Result{{PaymentCode: p.Code, Kind: payout.ResultPaid, Day: on.Add(1), Amount: p.Amount,
				EvidenceKind: payout.EvidenceSignedList, EvidenceRef: "DS"}}, fmt.Sprint(key, i), c.Today()))
		}
		return d
	}
	c.t.Fatal("no late award can be ordered whole")
	return late.Overdue{}
}

// The surcharge of a work goes from a reckoning through a plan to payment by three persons, and the book keeps it beside the bridge.
func TestTheSurchargeIsPaidByAPlanOfItsOwn(t *testing.T) {
	c := openCity(t)
	ctx, on := t.Context(), c.Today()
	clearance := apptest.Actor(t, c.App, "clearance")
	room := c.Rooms.Late
	ageing, err := room.Ageing(ctx, c.leader, late.Filter{AsOf: on, Show: late.ShowUnplanned}, 1)
	c.must(err)
	if ageing.Total == 0 {
		t.Fatal("nothing is late in the sample city")
	}
	work := ageing.Overdue[0].Project
	before, err := c.Rooms.Payouts.Bridge(ctx, c.leader, payout.BridgeFilter{})
	c.must(err)
	code, err := room.Draft(ctx, clearance, late.NewPlan{Project: work, Through: on, Payer: "budget"}, "surcharge-1", on)
	c.must(err)
	if again, err := room.Draft(ctx, clearance, late.NewPlan{Project: work, Through: on, Payer: "budget"}, "surcharge-1", on); err != nil || again != code {
		t.Errorf("the same key made %s (%v)", again, err)
	}
	if _, err := room.Draft(ctx, clearance, late.NewPlan{Project: work, Through: on, Payer: "budget"}, "surcharge-2", on); !errors.Is(err, late.ErrNothing) {
		t.Errorf("a second plan of the same surcharge: %v", err)
	}
	p, lines, err := room.Get(ctx, c.leader, code)
	c.must(err)
	c.must(room.Approve(ctx, c.leader, code, p.Version, "12/QĐ-UBND", on, "surcharge-3", on))
	paid := late.Result{Line: lines[0].ID, Day: on, EvidenceKind: "signed_list", EvidenceRef: "DS 01"}
	if err := room.RecordPaid(ctx, c.accountant, code, p.Version, paid, "surcharge-4", on); err == nil {
		t.Error("an old version passes")
	}
	c.must(room.RecordPaid(ctx, c.accountant, code, p.Version+1, paid, "surcharge-5", on))
	if err := room.RecordPaid(ctx, c.accountant, code, p.Version+2, paid, "surcharge-6", on); !errors.Is(err, late.ErrPaid) {
		t.Errorf("paid twice: %v", err)
	}
	after, err := c.Rooms.Payouts.Bridge(ctx, c.leader, payout.BridgeFilter{})
	c.must(err)
	if after.Total != before.Total {
		t.Errorf("the bridge moved: %+v, %+v", before.Total, after.Total)
	}
	c.must(room.TakeBack(ctx, c.accountant, code, p.Version+2, lines[0].ID, "ghi nhầm hồ sơ", "surcharge-7", on))
	if p, _, err = room.Get(ctx, c.leader, code); err != nil || p.Paid != 0 {
		t.Errorf("%s is paid (%v)", p.Paid, err)
	}
	if found := c.faults(); len(found) != 0 {
		t.Errorf("verify finds %v", found)
	}
}
