package payout_test

import (
	"context"
	"flag"
	"testing"

	"pgregory.net/rapid"

	"matbang/internal/actor"
	"matbang/internal/payout"
	"matbang/internal/vnd"
)

// Whatever people try, in whatever order, the bridge of a case closes, no account is below zero, and every invariant holds.
func TestRandomActsKeepTheBook(t *testing.T) {
	if err := flag.Set("rapid.checks", "25"); err != nil { // the default hundred would take half a minute
		t.Fatal(err)
	}
	w := newWorld(t)
	rapid.Check(t, func(rt *rapid.T) {
		r := &randomly{world: w, rt: rt, award: w.award(1_000_000_007, 7, entitled{"A", "1", 3333}, entitled{"B", "2", 6667})}
		r.drafted(order(r.method(), part(r.award, r.amount())))
		r.onOrder("forward")
		for range rapid.IntRange(8, 30).Draw(rt, "steps") {
			r.step()
			r.closes()
		}
	})
	var results int
	w.get(&results, `SELECT count(*) FROM payment_result`)
	if results < 8 { // some fifty as a rule
		t.Errorf("only %d results came to be: the acts do not go deep enough", results)
	}
	w.sound()
}

// randomly tries acts on one case; a refusal is as good as a success.
type randomly struct {
	*world
	rt       *rapid.T
	award    award
	orders   []string
	payments []string
}

func (r *randomly) step() {
	ctx := context.Background()
	switch act := rapid.SampledFrom([]string{"draft", "again", "submit", "approve", "release", "forward", "forward", "forward", "cancel", "result", "result", "result", "result", "reverse"}).Draw(r.rt, "act"); act {
	case "draft":
		r.drafted(order(r.method(), part(r.award, r.amount())))
	case "again":
		if code := r.pick(r.payments); code != "" {
			r.drafted(order(r.method(), payout.NewLine{ReissueOf: code}))
		}
	case "result":
		r.result()
	case "reverse":
		_ = r.payouts.Reverse(ctx, r.chief, r.pick(r.payments), "thử", r.key(), today)
	default:
		r.onOrder(act)
	}
}

func (r *randomly) drafted(in payout.NewOrder) {
	code, err := r.payouts.Draft(context.Background(), r.accountant, in, r.key(), today)
	if err != nil {
		return
	}
	r.orders = append(r.orders, code)
	for _, p := range r.world.payments(code) {
		r.payments = append(r.payments, p.Code)
	}
}

func (r *randomly) onOrder(act string) {
	code := r.pick(r.orders)
	if code == "" {
		return
	}
	ctx, version := context.Background(), r.version(code)
	for _, step := range []struct {
		name string
		run  func(version int) error
	}{
		{"submit", func(v int) error { return r.payouts.Submit(ctx, r.accountant, code, v, r.key(), today) }},
		{"approve", func(v int) error { return r.payouts.Approve(ctx, r.anyone(r.chief), code, v, r.key()) }},
		{"release", func(v int) error { return r.payouts.Release(ctx, r.anyone(r.director), code, v, r.key(), today) }},
		{"cancel", func(v int) error { return r.payouts.Cancel(ctx, r.accountant, code, v, "thử", r.key(), today) }},
	} {
		if act == step.name || act == "forward" && step.name != "cancel" {
			if step.run(version) == nil {
				version++
			}
		}
	}
}

// anyone is mostly the right person, now and then another.
func (r *randomly) anyone(right actor.Actor) actor.Actor {
	return rapid.SampledFrom([]actor.Actor{right, right, right, right, right, right, r.second, r.chief, r.director, r.leader}).Draw(r.rt, "who")
}

func (r *randomly) result() {
	code := r.pick(r.payments)
	if code == "" {
		return
	}
	p, _, err := r.payouts.Payment(context.Background(), r.reader, code)
	r.must(err)
	kinds := append([]payout.ResultKind{payout.ResultPaid, payout.ResultReturned, payout.ResultDeposited, payout.ResultDepositReleased}, p.May()...)
	kind := rapid.SampledFrom(append(kinds, p.May()...)).Draw(r.rt, "kind")
	who := r.accountant
	if kind == payout.ResultDeposited || kind == payout.ResultDepositReleased {
		who = r.director
	}
	told := result(p, kind)
	told.Amount = max(p.Most(kind), 1)
	if rapid.Bool().Draw(r.rt, "in part") {
		told.Amount = vnd.Amount(rapid.Int64Range(1, int64(told.Amount)).Draw(r.rt, "of it"))
	}
	_ = r.payouts.RecordResults(context.Background(), who, []payout.Result{told}, r.key(), today)
}

func (r *randomly) closes() {
	if b := r.bridge(r.award); b.Difference != 0 || min(b.NotOrdered, b.Ordered, b.Returned, b.Deposited, b.Paid) < 0 || b.Approved != 1_000_000_007 {
		r.rt.Fatalf("the bridge does not close: %+v", b)
	}
}

func (r *randomly) method() payout.Method {
	return rapid.SampledFrom(payout.Methods()).Draw(r.rt, "method")
}

func (r *randomly) amount() vnd.Amount {
	return vnd.Amount(rapid.OneOf(rapid.Int64Range(1, 1_000_000_000), rapid.Int64Range(1, 3), rapid.Just(int64(1_000_000_000))).Draw(r.rt, "amount"))
}

func (r *randomly) pick(codes []string) string {
	if len(codes) == 0 {
		return ""
	}
	return rapid.SampledFrom(codes).Draw(r.rt, "code")
}
