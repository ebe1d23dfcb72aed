package contract_test

import (
	"context"
	"flag"
	"testing"

	"pgregory.net/rapid"

	"matbang/internal/actor"
	"matbang/internal/contract"
	"matbang/internal/day"
	"matbang/internal/vnd"
)

// Whatever people amend, accept, bill, take back or cancel, in whatever order: value = signed + amendments, billed <= accepted <= value,
// and every bill is worth what its equation says.
func TestRandomActsKeepTheMoney(t *testing.T) {
	if err := flag.Set("rapid.checks", "15"); err != nil { // the default hundred would take half a minute
		t.Fatal(err)
	}
	w := newWorld(t)
	bills := 0
	rapid.Check(t, func(rt *rapid.T) {
		r := &randomly{world: w, rt: rt, code: w.contract(1_000_000, 1_200_000)}
		w.must(w.accept(r.code, 300_000))
		for range rapid.IntRange(8, 25).Draw(rt, "steps") {
			r.step()
			r.holds()
		}
		bills += len(r.bills)
	})
	if bills < 4 { // some thirty as a rule; the acts are drawn anew each time
		t.Errorf("only %d bills came to be: the acts do not go deep enough", bills)
	}
	w.sound()
}

type randomly struct {
	*world
	rt    *rapid.T
	code  string
	bills []string
}

func (r *randomly) amount(from, to int64) vnd.Amount {
	return vnd.Amount(rapid.Int64Range(from, to).Draw(r.rt, "amount"))
}

// step tries one act; a refusal is as good as a success.
func (r *randomly) step() {
	ctx := context.Background()
	switch rapid.SampledFrom([]string{"amend", "accept", "accept", "bill", "bill", "update", "submit", "approve", "return", "cancel", "complete"}).Draw(r.rt, "act") {
	case "amend":
		_ = r.amend(r.code, r.amount(-600_000, 300_000))
	case "accept":
		_ = r.accept(r.code, r.amount(-150_000, 500_000))
	case "complete":
		if rapid.IntRange(0, 9).Draw(r.rt, "rarely") == 0 {
			_ = r.room.Accept(ctx, r.lan, r.code, r.file(r.code).Version, contract.Acceptance{Number: r.number(), Kind: "completion", AcceptedOn: today, Value: r.amount(0, 300_000)}, today)
		}
	case "bill":
		if code, err := r.bill(r.code, r.amount(1, 150_000), r.amount(0, 60_000)); err == nil {
			r.bills = append(r.bills, code)
		}
	case "update":
		r.onBill(func(p contract.Pick) error {
			return r.room.UpdateBill(ctx, r.lan, p.Code, p.Version, contract.BillInput{Day: day.Must("2023-08-01"), Completed: r.amount(1, 400_000)}, today)
		})
	case "submit":
		r.onBill(func(p contract.Pick) error { return r.room.SubmitBills(ctx, r.lan, p) })
	case "approve":
		who := rapid.SampledFrom([]actor.Actor{r.head, r.head, r.hoa, r.lan}).Draw(r.rt, "who")
		r.onBill(func(p contract.Pick) error { return r.room.ApproveBills(ctx, who, p) })
	case "return":
		r.onBill(func(p contract.Pick) error { return r.room.ReturnBill(ctx, r.head, p.Code, p.Version, "thử") })
	case "cancel":
		r.onBill(func(p contract.Pick) error { return r.room.CancelBill(ctx, r.lan, p.Code, p.Version, "thử") })
	}
}

func (r *randomly) onBill(act func(contract.Pick) error) {
	if len(r.bills) > 0 {
		_ = act(r.pick(rapid.SampledFrom(r.bills).Draw(r.rt, "bill")))
	}
}

func (r *randomly) holds() {
	f := r.file(r.code)
	value, accepted, billed := f.OriginalValue, vnd.Amount(0), vnd.Amount(0)
	for _, a := range f.Amendments {
		value += a.ValueChange
	}
	for _, a := range f.Acceptances {
		accepted += a.Value
	}
	for _, b := range f.Bills {
		if b.State != contract.Cancelled {
			billed += b.Completed
		}
		if retained, _ := contract.Retention(b.Completed, f.RetentionBP); b.Payable != b.Completed-b.Recovered-retained || b.Payable < 0 {
			r.rt.Fatalf("bill %+v", b)
		}
	}
	if f.Value != value || f.Accepted != accepted || f.Billed != billed || accepted > value || billed > accepted || accepted < 0 || value > f.Estimate {
		r.rt.Fatalf("value %s (%s), accepted %s (%s), billed %s (%s)", f.Value, value, f.Accepted, accepted, f.Billed, billed)
	}
}
