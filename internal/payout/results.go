package payout

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/legal"
	"matbang/internal/vnd"
)

// RecordResults writes what became of payments, all or none. Paid and returned need payment:record, deposits payment:deposit. Every fault is
// told at its row (results[3].amount): an unknown payment, one told twice, one that has its result, a result recorded already by the same paper,
// more than is open (both figures), a day in the future or before the release, a missing reason or paper, a payment from the office's limit on
// whose order the caller has made (payout.result_by_maker). The same key with the same rows writes once.
func (p Payouts) RecordResults(ctx context.Context, who actor.Actor, results []Result, key string, today day.Date) error {
	scope, err := requireFor(who, results)
	if err != nil {
		return err
	}
	if err := byHand(results); err != nil {
		return err
	}
	var count int
	return p.Ledger.Once(ctx, who, "payout.record", key, results, &count, func(ctx context.Context) error {
		count = len(results)
		return p.recordByHand(ctx, who, scope, results, today)
	})
}

// recordByHand is recordInTx for what a person tells: the same result by the same paper is told once, whoever tells it.
func (p Payouts) recordByHand(ctx context.Context, who actor.Actor, scope actor.Scope, results []Result, today day.Date) error {
	s := store{p.DB.Write(ctx)}
	targets, err := s.lockTargets(ctx, scope, codesOf(results))
	if err != nil {
		return err
	}
	known := s.againstKnown(ctx, results)
	return cmp.Or(p.recordLocked(ctx, who, targets, byPerson(results), today), known)
}

// Record is RecordResults for an act of another room that has asked for its own permission and runs in one transaction: reconciliation,
// where the statement's line is the evidence.
func (p Payouts) Record(ctx context.Context, who actor.Actor, results []Result, today day.Date) error {
	return p.DB.Run(ctx, func(ctx context.Context) error {
		return p.recordInTx(ctx, who, actor.Scope{}, results, today)
	})
}

// requireFor asks for each permission that the kinds of results need, and gives the narrower scope.
func requireFor(who actor.Actor, results []Result) (actor.Scope, error) {
	var scope actor.Scope
	for _, r := range results {
		other, err := who.Require(r.Kind.needs())
		if err != nil {
			return scope, err
		}
		if other != (actor.Scope{}) {
			scope = other
		}
	}
	return scope, nil
}

func (k ResultKind) needs() actor.Permission {
	if k == ResultDeposited || k == ResultDepositReleased {
		return Deposit
	}
	return RecordResult
}

// byHand checks what a person, not the bank, says: kinds and papers that exist. Only reconciliation may name a statement line, so that
// whoever reads the evidence finds the match behind it.
func byHand(results []Result) error {
	var w fault.Wrong
	w.Check(len(results) > 0, "results", "required")
	w.Check(len(results) <= MaxLines, "results", "payout.lines_many", MaxLines)
	kinds := []ResultKind{ResultPaid, ResultReturned, ResultDeposited, ResultDepositReleased}
	told := map[string]bool{}
	for i, r := range results {
		w.Check(!told[r.PaymentCode], resultField(i, "payment"), "payout.result_twice", r.PaymentCode)
		told[r.PaymentCode] = true
		w.Check(slices.Contains(kinds, r.Kind), resultField(i, "kind"), "choose")
		w.Check(r.Kind != ResultDepositReleased, resultField(i, "kind"), "payout.release_first")
		w.Check(slices.Contains(HandEvidence(), r.EvidenceKind), resultField(i, "evidence_kind"), "choose")
	}
	return w.Err()
}

func (p Payouts) recordInTx(ctx context.Context, who actor.Actor, scope actor.Scope, results []Result, today day.Date) error {
	targets, err := store{p.DB.Write(ctx)}.lockTargets(ctx, scope, codesOf(results))
	if err != nil {
		return err
	}
	return p.recordLocked(ctx, who, targets, results, today)
}

// recordLocked posts results on payments that are locked, and keeps them.
func (p Payouts) recordLocked(ctx context.Context, who actor.Actor, targets map[string]*target, results []Result, today day.Date) error {
	limit, err := p.byOtherFrom(ctx, results, today)
	if err != nil {
		return err
	}
	moves, err := movesOf(results, targets, today)
	if err = both(byAnother(results, targets, who.ID, limit), err); err != nil {
		return err
	}
	inOrder(moves)
	entries := make([]ledger.Entry, 0, len(moves))
	for _, m := range moves {
		entries = append(entries, ledger.Entry{Kind: m.Kind.journal(), Reference: m.at.Code, Project: m.at.ProjectID, Day: m.Day,
			Postings: ledger.Move(m.at.CaseID, m.at.account(m.from), m.at.account(m.to), m.Amount)})
	}
	journals, err := p.Ledger.PostAll(ctx, who, entries)
	if err != nil {
		return err
	}
	for i := range journals {
		moves[i].journal = journals[i]
	}
	if err := (store{p.DB.Write(ctx)}).keepResults(ctx, moves, who.ID, limit); err != nil {
		return refuse(err)
	}
	return p.logResults(ctx, who, moves)
}

// byPerson marks results as told by a person.
func byPerson(results []Result) []Result {
	told := slices.Clone(results)
	for i := range told {
		told[i].ByPerson = true
	}
	return told
}

// byOtherFrom is the office's limit on a day, in đồng; 0 where it set none, or where no person tells anything.
func (p Payouts) byOtherFrom(ctx context.Context, results []Result, on day.Date) (vnd.Amount, error) {
	if !slices.ContainsFunc(results, func(r Result) bool { return r.ByPerson }) {
		return 0, nil
	}
	rules, err := legal.Rules{DB: p.DB}.AllOn(ctx, legal.Office, on)
	return vnd.Amount(rules[legal.ResultByOtherFrom].Value), err
}

// byAnother refuses what the maker of an order tells of its own large payments: nobody both orders such money and says that it arrived.
func byAnother(results []Result, targets map[string]*target, who id.User, limit vnd.Amount) error {
	var w fault.Wrong
	for i, r := range results {
		t := targets[r.PaymentCode]
		w.Check(t == nil || !r.ByPerson || limit == 0 || t.Amount < limit || t.MadeBy != who, resultField(i, "payment"), "payout.result_by_maker", r.PaymentCode, limit)
	}
	return w.Err()
}

// inOrder sorts by case, so that two bulk entries lock the balances of the book in the same order; results of one payment stay as told.
func inOrder(moves []move) {
	slices.SortStableFunc(moves, func(a, b move) int {
		return cmp.Or(cmp.Compare(a.at.CaseID, b.at.CaseID), cmp.Compare(a.at.ID, b.at.ID))
	})
}

// logged is a result as the log keeps it.
type logged struct {
	Payment  string     `json:"payment"`
	Kind     ResultKind `json:"kind"`
	Day      day.Date   `json:"day"`
	Amount   vnd.Amount `json:"amount_vnd"`
	Reason   string     `json:"reason,omitempty"`
	Evidence Evidence   `json:"evidence_kind"`
	Ref      string     `json:"evidence_ref"`
}

// logResults writes one event for each order, where its readers look for it.
func (p Payouts) logResults(ctx context.Context, who actor.Actor, moves []move) error {
	byOrder := map[string][]logged{}
	var orders []string
	for _, m := range moves {
		if byOrder[m.at.OrderCode] == nil {
			orders = append(orders, m.at.OrderCode)
		}
		byOrder[m.at.OrderCode] = append(byOrder[m.at.OrderCode], logged{m.at.Code, m.Kind, m.Day, m.Amount, m.Reason, m.EvidenceKind, m.EvidenceRef})
	}
	for _, order := range orders {
		if err := p.Log.Write(ctx, audit.Event{Actor: who, Act: "payout.record", ObjectKind: "order", ObjectCode: order, After: byOrder[order]}); err != nil {
			return err
		}
	}
	return nil
}

// reversing is the content of a reversal, for its key.
type reversing struct{ Code, Reason string }

// Reverse takes the last result of a payment back by a reversal in the book; the payment stands as before it. A result that a statement line
// proves is taken back by undoing the match, not here (payout.from_bank). Refuses: a missing reason, payout.payment_unknown, payout.no_result,
// payout.reissued, payout.payee_live, ledger.overdrawn.
func (p Payouts) Reverse(ctx context.Context, who actor.Actor, paymentCode, reason, key string, today day.Date) error {
	scope, err := who.Require(Reverse)
	if err != nil {
		return err
	}
	done := reversing{}
	in := reversing{paymentCode, reason}
	return refuse(p.Ledger.Once(ctx, who, "payout.reverse", key, in, &done, func(ctx context.Context) error {
		done = in
		return p.reverseInTx(ctx, who, scope, in, "", today)
	}))
}

// TakeBack is Reverse for reconciliation, which has asked for its own permission: it takes back the result that a statement line proves, named
// by its evidence, whatever other results the payment has. Refuses: payout.no_result, payout.carried_on when a later result took the money on.
func (p Payouts) TakeBack(ctx context.Context, who actor.Actor, paymentCode, evidence, reason string, today day.Date) error {
	return refuse(p.DB.Run(ctx, func(ctx context.Context) error {
		return p.reverseInTx(ctx, who, actor.Scope{}, reversing{paymentCode, reason}, evidence, today)
	}))
}

func (p Payouts) reverseInTx(ctx context.Context, who actor.Actor, scope actor.Scope, in reversing, evidence string, today day.Date) error {
	if strings.TrimSpace(in.Reason) == "" {
		return ErrReasonNeeded
	}
	s := store{p.DB.Write(ctx)}
	targets, err := s.lockTargets(ctx, scope, []string{in.Code})
	if err != nil {
		return err
	}
	t, known := targets[in.Code]
	if !known {
		return ErrPaymentMissing
	}
	r, err := s.standingResult(ctx, t.ID, evidence)
	if err != nil {
		return err
	}
	if evidence == "" && r.Evidence == EvidenceStatementLine {
		return ErrFromBank
	}
	before := t.Divided
	m, err := t.takenBack(r)
	if err != nil {
		return err
	}
	if m.journal, err = p.Ledger.Reverse(ctx, who, r.Journal, t.Code, today); err != nil {
		return err
	}
	if err := p.depositTakenBack(ctx, s, who, r, today); err != nil {
		return err
	}
	m.Result = Result{PaymentCode: in.Code, Kind: ResultReversed, Day: today, Amount: r.Amount, Reason: in.Reason,
		EvidenceKind: EvidenceCorrection, EvidenceRef: fmt.Sprintf("payment_result %d", r.ID)}
	if err := s.keepResults(ctx, []move{m}, who.ID, 0); err != nil {
		return err
	}
	return p.Log.Write(ctx, audit.Event{Actor: who, Act: "payout.reverse", ObjectKind: "order", ObjectCode: t.OrderCode, Reason: in.Reason,
		Before: map[string]any{"payment": in.Code, "state": before.state()}, After: map[string]any{"payment": in.Code, "state": t.state(), "amount_vnd": r.Amount}})
}
