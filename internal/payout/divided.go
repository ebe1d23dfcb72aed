package payout

import (
	"fmt"
	"strings"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/vnd"
)

// Divided is how the amount of a payment divides, in đồng: what has no result yet, and what became of the rest. They come to the amount.
// Reissued is the share of Returned that live payments issue again.
type Divided struct {
	Open      vnd.Amount `db:"open" json:"open_vnd"`
	Paid      vnd.Amount `db:"paid" json:"paid_vnd"`
	Returned  vnd.Amount `db:"returned" json:"returned_vnd"`
	Deposited vnd.Amount `db:"deposited" json:"deposited_vnd"`
	Reissued  vnd.Amount `db:"reissued" json:"reissued_vnd"`
}

// state says what is most pressing of a payment whose order was released.
func (p Divided) state() PaymentState {
	switch {
	case p.Open > 0 && p.Paid+p.Returned+p.Deposited == 0:
		return Ordered
	case p.Open > 0:
		return Part
	case p.Returned > 0:
		return Returned
	case p.Deposited > 0:
		return Deposited
	default:
		return Paid
	}
}

// IsDivided tells whether results have divided a payment into several parts.
func (p Divided) IsDivided() bool {
	return p.Open+p.Paid+p.Returned+p.Deposited > max(p.Open, p.Paid, p.Returned, p.Deposited)
}

// free is what a result can still take out of a part: what is issued again has left it.
func (p Divided) free(part PaymentState) vnd.Amount {
	switch part {
	case Ordered:
		return p.Open
	case Paid:
		return p.Paid
	case Returned:
		return p.Returned - p.Reissued
	case Deposited:
		return p.Deposited
	default:
		return 0
	}
}

func (p *Divided) carry(from, to PaymentState, amount vnd.Amount) {
	*p.of(from) -= amount
	*p.of(to) += amount
}

func (p *Divided) of(part PaymentState) *vnd.Amount {
	switch part {
	case Paid:
		return &p.Paid
	case Returned:
		return &p.Returned
	case Deposited:
		return &p.Deposited
	default:
		return &p.Open
	}
}

// sources are the parts a kind of result takes money out of, the likelier first: a bank sends back what it has not paid before what it has.
func (k ResultKind) sources() []PaymentState {
	switch k {
	case ResultPaid:
		return []PaymentState{Ordered}
	case ResultReturned:
		return []PaymentState{Ordered, Paid}
	case ResultDeposited:
		return []PaymentState{Ordered, Returned}
	case ResultDepositReleased:
		return []PaymentState{Deposited}
	default:
		return nil
	}
}

// leads is the part a kind of result brings money to.
func (k ResultKind) leads() PaymentState {
	switch k {
	case ResultPaid, ResultDepositReleased:
		return Paid
	case ResultReturned:
		return Returned
	case ResultDeposited:
		return Deposited
	default:
		return ""
	}
}

// source is the first part that holds the whole amount; most is what a result of this kind could take at the most.
func (p Divided) source(k ResultKind, amount vnd.Amount) (from PaymentState, most vnd.Amount) {
	for _, part := range k.sources() {
		free := p.free(part)
		if most = max(most, free); from == "" && free >= amount {
			from = part
		}
	}
	return from, most
}

// account is where a part of a payment stands in the book. Orders released before their money was carried to the treasury still have it in
// ordered.
func (t target) account(part PaymentState) ledger.Account {
	switch part {
	case Paid:
		return ledger.Paid
	case Returned:
		return ledger.Returned
	case Deposited:
		return ledger.Deposited
	default:
		if t.InTreasury {
			return ledger.WithTreasury
		}
		return ledger.Ordered
	}
}

func (k ResultKind) journal() ledger.Kind {
	switch k {
	case ResultPaid:
		return ledger.PaymentPaid
	case ResultReturned:
		return ledger.PaymentReturned
	case ResultDeposited:
		return ledger.PaymentDeposited
	default:
		return ledger.DepositReleased
	}
}

// target is a payment a result is about, as it stands with the results of the act so far.
type target struct {
	ID         id.Payment `db:"id"`
	Code       string     `db:"code"`
	OrderCode  string     `db:"order_code"`
	OrderState OrderState `db:"order_state"`
	MadeBy     id.User    `db:"made_by"` // of the order
	InTreasury bool       `db:"in_treasury"`
	Method     Method     `db:"method"`
	ReleasedOn day.Date   `db:"released_on"`
	ProjectID  id.Project `db:"project_id"`
	CaseID     id.Case    `db:"case_id"`
	Amount     vnd.Amount `db:"amount"`
	ReissuedBy string     `db:"reissued_by"`
	Version    int        `db:"version"`
	Divided
}

// move is a result that stands the rules, with the way its money takes.
type move struct {
	Result
	at       *target
	from, to PaymentState
	journal  id.Journal
}

// movesOf tells the way of each result's money, one after the other, or what stands against them, each at its row: "results[2].amount".
func movesOf(results []Result, targets map[string]*target, today day.Date) ([]move, error) {
	var w fault.Wrong
	moves := make([]move, 0, len(results))
	for i, r := range results {
		t, known := targets[r.PaymentCode]
		if !known {
			w.Add(resultField(i, "payment"), "payout.payment_missing", r.PaymentCode)
			continue
		}
		if m, stands := r.against(&w, i, t, today); stands {
			t.carry(m.from, m.to, r.Amount)
			moves = append(moves, m)
		}
	}
	return moves, w.Err()
}

func resultField(i int, name string) string { return fmt.Sprintf("results[%d].%s", i, name) }

func (r Result) against(w *fault.Wrong, i int, t *target, today day.Date) (move, bool) {
	if t.OrderState != OrderReleased {
		w.Add(resultField(i, "payment"), "payout.not_released", t.Code, t.OrderCode)
		return move{}, false
	}
	from, stands := r.sourceIn(w, i, t)
	switch {
	case r.Day.IsZero():
		w.Add(resultField(i, "day"), "required")
	case r.Day.After(today):
		w.Add(resultField(i, "day"), "day_future")
	case r.Day.Before(t.ReleasedOn):
		w.Add(resultField(i, "day"), "payout.before_release", t.Code, t.ReleasedOn)
	}
	needsReason := r.Kind == ResultReturned || r.Kind == ResultDeposited
	w.Check(!needsReason || strings.TrimSpace(r.Reason) != "", resultField(i, "reason"), "required")
	w.Check(strings.TrimSpace(r.EvidenceRef) != "", resultField(i, "evidence_ref"), "required")
	return move{Result: r, at: t, from: from, to: r.Kind.leads()}, stands
}

func (r Result) sourceIn(w *fault.Wrong, i int, t *target) (PaymentState, bool) {
	from, most := t.source(r.Kind, r.Amount)
	switch {
	case r.Kind == ResultPaid && t.Method == MethodDeposit:
		w.Add(resultField(i, "kind"), "payout.deposit_first", t.Code)
	case most == 0 && t.ReissuedBy != "":
		w.Add(resultField(i, "payment"), "payout.reissued", t.Code, t.ReissuedBy)
	case most == 0:
		w.Add(resultField(i, "payment"), "payout.result_stands", t.Code, "@payout.payment.state."+string(t.state()))
	case r.Amount <= 0:
		w.Add(resultField(i, "amount"), "amount_positive")
	case from == "":
		w.Add(resultField(i, "amount"), "payout.above_open", t.Code, r.Amount, most)
	default:
		return from, true
	}
	return "", false
}

// standingResult is a result not taken back.
type standingResult struct {
	ID       int64        `db:"id"`
	Kind     ResultKind   `db:"kind"`
	From     PaymentState `db:"came_from"`
	Amount   vnd.Amount   `db:"amount"`
	Journal  id.Journal   `db:"journal_id"`
	Evidence Evidence     `db:"evidence_kind"`
}

// takenBack is the way of a result's money back, or why it cannot be gone: a later result has carried the money on.
func (t *target) takenBack(r standingResult) (move, error) {
	from, to := r.Kind.leads(), r.From
	if from == Returned && t.free(Returned) < r.Amount && t.ReissuedBy != "" {
		return move{}, fault.Conflicting("payout.reissued", t.Code, t.ReissuedBy)
	}
	if t.free(from) < r.Amount {
		return move{}, ErrCarriedOn
	}
	t.carry(from, to, r.Amount)
	return move{at: t, from: from, to: to}, nil
}
