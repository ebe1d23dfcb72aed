package payout_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"matbang/internal/actor"
	"matbang/internal/figures"
	"matbang/internal/id"
	"matbang/internal/payout"
	"matbang/internal/vnd"
)

// Whoever tries whatever with an order, the program lets pass what a model of the rules lets pass, and nothing else.
func TestProgramAndModelAgreeOnWhoMay(t *testing.T) { newWorld(t).agree(40) }

func BenchmarkSoakHands(b *testing.B) {
	var w *world
	done := 0
	for b.Loop() {
		if done%5000 == 0 { // what they order uses a fund up
			w = newWorld(b)
		}
		done += w.agree(500)
	}
	figures.Count(b, fmt.Sprintf("acts by random people on which program and model disagree, %d sequences", done), 0, 0)
}

const (
	secondFrom = vnd.Amount(100_000_000) // two approve from here on
	otherFrom  = vnd.Amount(50_000_000)  // another than the maker tells of the payment
)

// agree plays sequences of acts, some ten each, and stops at the first on which program and model differ; it says how many it played.
func (w *world) agree(sequences int) int {
	w.t.Helper()
	w.must(flag.Set("rapid.checks", fmt.Sprint(sequences)))
	var limits int
	if w.get(&limits, `SELECT count(*) FROM legal_rule WHERE key = 'result_by_other_from'`); limits == 0 {
		w.limit(secondFrom)
		w.exec(`INSERT INTO legal_rule (rule_set, key, value, unit, valid_from, basis, confirmed) VALUES ('NOI-BO', 'result_by_other_from', $1, 'vnd', '2020-01-01', 'thử', false)`, otherFrom)
	}
	passed := map[string]int{}
	rapid.Check(w.t, func(rt *rapid.T) {
		h := &hands{world: w, rt: rt}
		h.gather()
		h.begin()
		for range rapid.IntRange(6, 14).Draw(rt, "acts") {
			h.act(passed)
		}
	})
	for _, act := range acts() {
		if passed[act] < sequences/20 {
			w.t.Errorf("%s passed only %d times in %d sequences: they do not go deep enough", act, passed[act], sequences)
		}
	}
	return sequences
}

func acts() []string { return []string{"submit", "approve", "again", "release", "cancel", "pay"} }

// hands are people with whatever permissions, the order they try to bring forward, and what the model knows of it.
type hands struct {
	*world
	rt     *rapid.T
	people []actor.Actor
	code   string
	amount vnd.Amount

	state                  payout.OrderState
	paid                   bool
	maker, approver, third id.User // who did a step; 0: nobody yet
}

// gather deals out permissions.
func (h *hands) gather() {
	may := rapid.SliceOfN(rapid.SampledFrom([]bool{true, true, true, false}), 6, 6)
	for _, a := range []actor.Actor{h.accountant, h.second, h.chief, h.director} {
		a.Grants = map[actor.Permission]actor.Reach{payout.Read: actor.All}
		for i, granted := range may.Draw(h.rt, a.Username) {
			if granted {
				a.Grants[[]actor.Permission{payout.Make, payout.Approve, payout.Release, payout.Cancel, payout.RecordResult, payout.BridgeRead}[i]] = actor.All
			}
		}
		h.people = append(h.people, a)
	}
}

// begin drafts an order; its maker may, or there were nothing to try.
func (h *hands) begin() {
	at := rapid.IntRange(0, len(h.people)-1).Draw(h.rt, "maker")
	maker := h.people[at]
	maker.Grants[payout.Make] = actor.All
	h.amount = rapid.SampledFrom([]vnd.Amount{otherFrom - 1, otherFrom, secondFrom - 1, secondFrom, 3 * secondFrom}).Draw(h.rt, "amount")
	code, err := h.payouts.Draft(context.Background(), maker, order(payout.MethodTransfer, part(h.award(h.amount, 0), h.amount)), h.key(), today)
	h.must(err)
	h.code, h.state, h.maker = code, payout.OrderDraft, maker.ID
}

func (h *hands) act(passed map[string]int) {
	act, who := rapid.SampledFrom(acts()).Draw(h.rt, "act"), rapid.SampledFrom(h.people).Draw(h.rt, "who")
	switch rapid.IntRange(0, 8).Draw(h.rt, "forward") {
	case 0, 1:
	case 2:
		act, who = "cancel", h.allowed("cancel", who)
	default:
		act, who = h.next(who)
	}
	late := act != "pay" && rapid.IntRange(0, 9).Draw(h.rt, "an old page") == 0
	before, may := fmt.Sprintf("%+v", *h), h.allows(act, who) && !late
	version := h.version(h.code)
	if late {
		version--
	}
	err := h.attempt(act, who, version)
	if (err == nil) != may {
		h.rt.Fatalf("%s by %s (old page: %t), model says %t, program says %v\n%s", act, who.Username, late, may, err, before)
	}
	if may {
		h.done(act, who.ID)
		passed[act]++
	}
	if o := h.order(h.code); o.State != h.state {
		h.rt.Fatalf("after %s the order is %s, by the model %s", act, o.State, h.state)
	}
}

// next is the act that is due, mostly by somebody who may.
func (h *hands) next(who actor.Actor) (string, actor.Actor) {
	due := map[payout.OrderState]string{payout.OrderDraft: "submit", payout.OrderSubmitted: "approve", payout.OrderApproved: "release", payout.OrderReleased: "pay"}
	act := due[h.state]
	if act == "" {
		return "cancel", who
	}
	if act == "release" && h.amount >= secondFrom && h.third == 0 {
		act = "again"
	}
	return act, h.allowed(act, who)
}

// allowed is the first who may, or else the one given.
func (h *hands) allowed(act string, who actor.Actor) actor.Actor {
	for _, other := range h.people {
		if h.allows(act, other) {
			return other
		}
	}
	return who
}

// allows is the model.
func (h *hands) allows(act string, who actor.Actor) bool {
	needs := map[string]actor.Permission{"submit": payout.Make, "approve": payout.Approve, "again": payout.Approve, "release": payout.Release, "cancel": payout.Cancel, "pay": payout.RecordResult}
	if _, granted := who.Grants[needs[act]]; !granted {
		return false
	}
	large, fresh := h.amount >= secondFrom, !slices.Contains([]id.User{h.maker, h.approver, h.third}, who.ID)
	switch act {
	case "submit":
		return h.state == payout.OrderDraft && who.ID == h.maker
	case "approve":
		return h.state == payout.OrderSubmitted && fresh
	case "again":
		return h.state == payout.OrderApproved && large && h.third == 0 && fresh
	case "release":
		return h.state == payout.OrderApproved && (!large || h.third != 0) && fresh
	case "pay":
		return h.state == payout.OrderReleased && !h.paid && (h.amount < otherFrom || who.ID != h.maker)
	default:
		return h.state == payout.OrderDraft || h.state == payout.OrderSubmitted || h.state == payout.OrderApproved
	}
}

// done is what an act changes in the model.
func (h *hands) done(act string, who id.User) {
	switch act {
	case "submit":
		h.state = payout.OrderSubmitted
	case "approve":
		h.state, h.approver = payout.OrderApproved, who
	case "again":
		h.third = who
	case "release":
		h.state = payout.OrderReleased
	case "pay":
		h.paid = true
	case "cancel":
		h.state = payout.OrderCancelled
	}
}

// attempt is the act itself.
func (h *hands) attempt(act string, who actor.Actor, version int) error {
	ctx := context.Background()
	switch act {
	case "submit":
		return h.payouts.Submit(ctx, who, h.code, version, h.key(), today)
	case "approve":
		return h.payouts.Approve(ctx, who, h.code, version, h.key())
	case "again":
		return h.payouts.ApproveAgain(ctx, who, h.code, version, h.key())
	case "release":
		return h.payouts.Release(ctx, who, h.code, version, h.key(), today)
	case "cancel":
		return h.payouts.Cancel(ctx, who, h.code, version, "thử", h.key(), today)
	default:
		return h.payouts.RecordResults(ctx, who, []payout.Result{result(h.payments(h.code)[0], payout.ResultPaid)}, h.key(), today)
	}
}
