package disbursement_test

import (
	"context"
	"flag"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"matbang/internal/day"
	"matbang/internal/disbursement"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/vnd"
)

// model is the plain book: every voucher that stands, nothing kept beside it.
type model struct {
	vouchers []voucher
}

type voucher struct {
	code, source, advance, contract string
	kind                            disbursement.Kind
	year                            int
	amount                          vnd.Amount
	with                            []string // recorded together with it
}

func (m *model) sum(of func(voucher) vnd.Amount) (sum vnd.Amount) {
	for _, v := range m.vouchers {
		sum += of(v)
	}
	return sum
}

func cashOf(v voucher) vnd.Amount {
	switch v.kind {
	case disbursement.KindAdvance, disbursement.KindPayment:
		return v.amount
	case disbursement.KindRefund:
		return -v.amount
	default:
		return 0
	}
}

func (m *model) cash(year int, source string) vnd.Amount {
	return m.sum(func(v voucher) vnd.Amount {
		if v.year != year || v.source != source {
			return 0
		}
		return cashOf(v)
	})
}

func (m *model) balance(advance string) vnd.Amount {
	return m.sum(func(v voucher) vnd.Amount {
		switch {
		case v.code == advance:
			return v.amount
		case v.advance == advance && v.kind != disbursement.KindHeld:
			return -v.amount
		default:
			return 0
		}
	})
}

// Whatever people record and take back, in whatever order, every sum says the same as the plain list of vouchers, and no limit is passed.
func TestRandomHistoriesKeepTheIdentities(t *testing.T) {
	if err := flag.Set("rapid.checks", "12"); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	done := 0
	rapid.Check(t, func(rt *rapid.T) {
		w.exec(`TRUNCATE disbursement_bill, disbursement_contract, disbursement_advance`)
		w.exec(`ALTER TABLE disbursement_voucher DISABLE TRIGGER USER; DELETE FROM disbursement_voucher; ALTER TABLE disbursement_voucher ENABLE TRIGGER USER; UPDATE capital_fund SET drawn = 0`)
		r := &randomly{world: w, rt: rt}
		for range rapid.IntRange(5, 25).Draw(rt, "steps") {
			if r.step() {
				done++
			}
			r.agrees()
		}
		w.sound()
	})
	if done < 15 { // some ninety as a rule
		t.Errorf("only %d vouchers came to be: the histories do not go deep enough", done)
	}
}

type randomly struct {
	*world
	model
	rt *rapid.T
}

func (r *randomly) amount() vnd.Amount {
	return vnd.Amount(rapid.OneOf(rapid.Int64Range(1, 300_000), rapid.Int64Range(1, 2), rapid.Just(int64(100_000))).Draw(r.rt, "amount"))
}

// step tries one act; a refusal is as good as a success.
func (r *randomly) step() bool {
	if rapid.IntRange(0, 4).Draw(r.rt, "reverse") == 0 && len(r.vouchers) > 0 {
		return r.takeBack(rapid.SampledFrom(r.vouchers).Draw(r.rt, "voucher"))
	}
	e := disbursement.Entry{Project: ours, Year: rapid.SampledFrom([]int{2022, 2023, 2023}).Draw(r.rt, "year"), Source: rapid.SampledFrom([]string{"city", "central"}).Draw(r.rt, "source"),
		Kind: rapid.SampledFrom(append(disbursement.Kinds(), disbursement.KindAdvance, disbursement.KindPayment)).Draw(r.rt, "kind"), Purpose: rapid.SampledFrom(disbursement.Purposes()).Draw(r.rt, "purpose"),
		Amount: r.amount(), Number: "1", Key: r.key()}
	e.PaidOn = day.New(e.Year, 1, 1).Add(rapid.IntRange(0, 400).Draw(r.rt, "day"))
	if e.Purpose == disbursement.ForContract {
		e.Contract = deal
		if e.Kind == disbursement.KindPayment && rapid.Bool().Draw(r.rt, "recovers") {
			e.Recover = r.amount()
		}
	}
	if e.Kind != disbursement.KindAdvance && e.Kind != disbursement.KindPayment {
		e.Advance = r.anAdvance()
	}
	code, err := r.Record(context.Background(), r.planner, e, today)
	if err == nil {
		r.note(code)
	}
	return err == nil
}

func (r *randomly) anAdvance() string {
	var codes []string
	for _, v := range r.vouchers {
		if v.kind == disbursement.KindAdvance {
			codes = append(codes, v.code)
		}
	}
	if len(codes) == 0 {
		return "GN-0"
	}
	return rapid.SampledFrom(codes).Draw(r.rt, "advance")
}

// note takes up what was recorded: the voucher and the recoveries together with it.
func (r *randomly) note(code string) {
	list, _, err := r.List(context.Background(), r.planner, disbursement.Filter{}, listing.Query{Per: 500})
	r.must(err)
	var together []string
	for _, v := range list.Items {
		if v.WithCode == code {
			together = append(together, v.Code)
		}
	}
	for _, v := range list.Items {
		if v.Code == code || v.WithCode == code {
			taken := voucher{code: v.Code, source: v.Source, advance: v.AdvanceCode, contract: v.ContractCode, kind: v.Kind, year: v.Year, amount: v.Amount}
			if v.Code == code {
				taken.with = together
			} else {
				taken.with = append([]string{code}, together...)
			}
			r.vouchers = append(r.vouchers, taken)
		}
	}
}

// takeBack takes back a voucher and all that was recorded together with it.
func (r *randomly) takeBack(v voucher) bool {
	if _, err := r.Reverse(context.Background(), r.planner, v.code, "thử", r.key(), today); err != nil {
		return false
	}
	r.vouchers = slices.DeleteFunc(r.vouchers, func(x voucher) bool { return x.code == v.code || slices.Contains(v.with, x.code) })
	return true
}

func (r *randomly) agrees() {
	for _, f := range []struct {
		year   int
		source string
		limit  vnd.Amount
	}{{2022, "city", 500_000}, {2023, "city", 600_000}, {2023, "central", 900_000}} {
		if got, want := r.drawn(f.year, f.source), r.cash(f.year, f.source); got != want || got < 0 || got > f.limit {
			r.rt.Fatalf("drawn of %d %s: %s, the vouchers say %s", f.year, f.source, got, want)
		}
	}
	for _, v := range r.vouchers {
		if v.kind != disbursement.KindAdvance {
			continue
		}
		var balance vnd.Amount
		r.get(&balance, `SELECT a.balance FROM disbursement_advance a JOIN disbursement_voucher v ON v.id = a.voucher_id WHERE v.code = $1`, v.code)
		if want := r.balance(v.code); balance != want || balance < 0 {
			r.rt.Fatalf("advance %s: %s, the vouchers say %s", v.code, balance, want)
		}
	}
	onDeal := r.sum(func(v voucher) vnd.Amount {
		if v.contract == "" {
			return 0
		}
		return cashOf(v)
	})
	paid, err := r.PaidFor(context.Background(), []id.Contract{r.contract})
	if r.must(err); paid[r.contract] != onDeal || onDeal > 1_000_000 {
		r.rt.Fatalf("paid for the contract %s, the vouchers say %s", paid[r.contract], onDeal)
	}
	_, sums, err := r.List(context.Background(), r.planner, disbursement.Filter{}, listing.Query{})
	if r.must(err); sums.Cash() != r.sum(cashOf) || sums.Balance() < 0 {
		r.rt.Fatalf("all vouchers: %+v, cash should be %s", sums, r.sum(cashOf))
	}
}
