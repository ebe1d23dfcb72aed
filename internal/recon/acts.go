package recon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/payout"
)

// Match runs the certain rule over the open lines of an account up to a day, never beyond today. Debits come before credits, so that money
// that went out and came back in one statement is first paid and then returned. A run that finds nothing leaves nothing behind.
func (r Recon) Match(ctx context.Context, who actor.Actor, account string, through, today day.Date) (Outcome, error) {
	if _, err := who.Require(Run); err != nil {
		return Outcome{}, err
	}
	if through.IsZero() {
		return Outcome{}, ErrThroughNeeded
	}
	if through.After(today) {
		through = today
	}
	a, err := r.Bank.Account(ctx, who, account)
	if err != nil {
		return Outcome{}, err
	}
	profile, err := r.Bank.ProfileOf(ctx, a.Profile)
	if err != nil {
		return Outcome{}, err
	}
	var out Outcome
	err = r.DB.Run(ctx, func(ctx context.Context) error {
		out, err = r.match(ctx, who, a, profile.Mapping, through, today)
		return err
	})
	return out, err
}

func (r Recon) match(ctx context.Context, who actor.Actor, a bank.Account, words bank.Mapping, through, today day.Date) (Outcome, error) {
	var out Outcome
	s := store{r.DB.Write(ctx)}
	err := s.lockAccount(ctx, a.ID)
	if err != nil {
		return out, err
	}
	if err = s.byIndex(ctx); err != nil {
		return out, err
	}
	if out.RunID, err = s.newRun(ctx, a.ID, through, who.ID); err != nil {
		return out, err
	}
	if err = r.debits(ctx, who, &out, a.ID, words.FeeWords, through, today); err != nil {
		return out, err
	}
	var results []payout.Result
	if out.Returned, results, err = r.take(ctx, who, out.RunID, a.ID, through, incoming, ladder()); err != nil {
		return out, err
	}
	if err = r.record(ctx, who, results, today); err != nil {
		return out, err
	}
	if out.Others, err = s.others(ctx, out.RunID, a.ID, through, words.OtherWords, who.ID); err != nil {
		return out, err
	}
	if out.Open, err = s.openCount(ctx, a.ID, through); err != nil {
		return out, err
	}
	if out.Matched+out.Returned+out.Fees+out.Others == 0 {
		run := out.RunID
		out.RunID = 0
		return out, s.dropRun(ctx, run)
	}
	return out, r.Log.Write(ctx, audit.Event{Actor: who, Act: "match.run", ObjectKind: "account", ObjectCode: a.Code, After: out})
}

type direction int

const (
	outgoing direction = iota
	incoming
)

// debits matches money out: the ladder, the bank's fees, the pieces; then everything that brings a result is recorded at once, which asks the book and the
// log a quarter as often as rule by rule.
func (r Recon) debits(ctx context.Context, who actor.Actor, out *Outcome, account id.Account, feeWords []string, through, today day.Date) error {
	matched, results, err := r.take(ctx, who, out.RunID, account, through, outgoing, ladder())
	if err != nil {
		return err
	}
	if out.Fees, err = (store{r.DB.Write(ctx)}).fees(ctx, out.RunID, account, through, feeWords, who.ID); err != nil {
		return err
	}
	pieces, more, err := r.take(ctx, who, out.RunID, account, through, outgoing, afterFees())
	if err != nil {
		return err
	}
	out.Matched = matched + pieces
	return r.record(ctx, who, append(results, more...), today)
}

// take climbs rungs in one direction and confirms what it finds. It counts lines, and gives the results that they bring.
func (r Recon) take(ctx context.Context, who actor.Actor, run id.Run, account id.Account, through day.Date, d direction, rungs []rung) (int, []payout.Result, error) {
	s := store{r.DB.Write(ctx)}
	taken, results := 0, []payout.Result(nil)
	for _, g := range rungs {
		pairs, err := s.climb(ctx, g, account, through, d)
		if err != nil {
			return 0, nil, err
		}
		if len(pairs) == 0 {
			continue
		}
		if err := s.keep(ctx, run, pairs, who.ID); err != nil {
			return 0, nil, refuse(err)
		}
		for _, p := range pairs {
			if p.Part == 1 {
				taken++
			}
		}
		results = append(results, resultsOf(pairs)...)
	}
	return taken, results, nil
}

// keep records the results that pairs bring, and writes the pairs as matches.
func (r Recon) keep(ctx context.Context, who actor.Actor, run id.Run, pairs []pair, today day.Date) error {
	if err := r.record(ctx, who, resultsOf(pairs), today); err != nil {
		return err
	}
	return refuse(store{r.DB.Write(ctx)}.keep(ctx, run, pairs, who.ID))
}

func (r Recon) record(ctx context.Context, who actor.Actor, results []payout.Result, today day.Date) error {
	if len(results) == 0 {
		return nil
	}
	return atPayment(r.Record(ctx, who, results, today))
}

// atPayment puts what payout refuses of a row to the field of this room's forms.
func atPayment(err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	again := *f
	again.Fields = slices.Clone(f.Fields)
	for i := range again.Fields {
		if strings.HasPrefix(again.Fields[i].Name, "results[") {
			again.Fields[i].Name = "payment"
		}
	}
	return &again
}

func resultsOf(pairs []pair) []payout.Result {
	var results []payout.Result
	for _, p := range pairs {
		if result, brings := p.result(); brings {
			results = append(results, result)
		}
	}
	return results
}

// result is what a certain pair says about its payment; nothing when a person had recorded it before, nor when cash was drawn: that the
// money left our account does not show that the payee has it, the signed list does.
func (p pair) result() (payout.Result, bool) {
	result := payout.Result{PaymentCode: p.PaymentCode, Day: p.Day, Amount: p.Amount, EvidenceKind: payout.EvidenceStatementLine,
		EvidenceRef: evidenceOf(p.LineID), ByPerson: p.Rule == rulePerson}
	switch {
	case p.Incoming:
		result.Kind, result.Reason = payout.ResultReturned, shorten(p.Description)
		return result, p.State == payout.Ordered || p.State == payout.Part || p.State == payout.Paid
	case p.State != payout.Ordered && p.State != payout.Part, p.Method == payout.MethodCash, p.Piece < p.Pieces: // several lines: the last one pays
		return result, false
	case p.Method == payout.MethodDeposit:
		result.Kind, result.Reason = payout.ResultDeposited, shorten(p.Content)
	default:
		result.Kind = payout.ResultPaid
	}
	return result, true
}

// rulePerson is the rule of a match that a person made.
const rulePerson = "person"

// evidenceOf is how a result names the line that proves it.
func evidenceOf(line id.Line) string { return fmt.Sprintf("statement_line %d", line) }

// shorten keeps a reason readable; a memo without words still has to say something.
func shorten(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return "-"
	}
	if r := []rune(s); len(r) > 200 {
		return string(r[:200])
	}
	return s
}

// ConfirmByHand says that an open line proves (money out) or returns (money in) payments, with the person's reason: one payment of the line's
// amount, or several, by codes with commas or spaces between, whose amounts come to it; or one of which the line moves a part. Refuses: other
// amounts (recon.sum_differs with both figures), a payment without an order released by then (recon.payment_missing), a line or payment used
// already.
func (r Recon) ConfirmByHand(ctx context.Context, who actor.Actor, line id.Line, paymentCodes, reason string, today day.Date) error {
	if _, err := who.Require(Confirm); err != nil {
		return err
	}
	codes := codesIn(paymentCodes)
	var wrong fault.Wrong
	wrong.Check(len(codes) > 0, "payment", "choose")
	wrong.Check(len(codes) <= maxParts, "payment", "recon.too_many_parts", maxParts)
	wrong.Check(strings.TrimSpace(reason) != "", "reason", "required")
	if err := wrong.Err(); err != nil {
		return err
	}
	return r.DB.Run(ctx, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		if err := s.lockAccountOf(ctx, line); err != nil {
			return err
		}
		pairs, err := s.pairsOf(ctx, line, codes)
		if err != nil {
			return err
		}
		for i := range pairs {
			_, pairs[i].Recorded = pairs[i].result()
			pairs[i].Rule, pairs[i].Why, pairs[i].Score, pairs[i].Part = rulePerson, reason, 100, i+1
		}
		if err := r.keep(ctx, who, 0, pairs, today); err != nil {
			return err
		}
		return r.Log.Write(ctx, audit.Event{Actor: who, Act: "match.confirm", ObjectKind: "payment", ObjectCode: codes[0], Reason: reason,
			After: map[string]any{"line": line, "payments": codes}})
	})
}

// maxParts bounds the payments of one line.
const maxParts = 500

// codesIn are the payment codes of a typed text, each once, in one order.
func codesIn(text string) []string {
	codes := strings.FieldsFunc(strings.ToUpper(text), func(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) })
	slices.Sort(codes)
	return slices.Compact(codes)
}

// Classify says that an open line is a fee or other money that is none of our payments.
func (r Recon) Classify(ctx context.Context, who actor.Actor, line id.Line, kind Kind, why string) error {
	if _, err := who.Require(Confirm); err != nil {
		return err
	}
	var wrong fault.Wrong
	wrong.Check(kind == Fee || kind == Other, "kind", "choose")
	wrong.Check(strings.TrimSpace(why) != "", "reason", "required")
	if err := wrong.Err(); err != nil {
		return err
	}
	return r.DB.Run(ctx, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		if err := s.lockAccountOf(ctx, line); err != nil {
			return err
		}
		if err := s.classify(ctx, line, kind, why, who.ID); err != nil {
			return refuse(err)
		}
		return r.Log.Write(ctx, audit.Event{Actor: who, Act: "match.classify", ObjectKind: "line", ObjectCode: fmt.Sprint(line), Reason: why,
			After: map[string]any{"kind": kind}})
	})
}

// UndoMatch takes one match back; a result it had brought is reversed. Refuses: recon.undone, recon.return_first, and what payout refuses
// (a result recorded by hand after it, money issued again).
func (r Recon) UndoMatch(ctx context.Context, who actor.Actor, match id.Match, reason string, today day.Date) error {
	if _, err := who.Require(Undo); err != nil {
		return err
	}
	if strings.TrimSpace(reason) == "" {
		return ErrReasonNeeded
	}
	return r.DB.Run(ctx, func(ctx context.Context) error {
		if err := (store{r.DB.Write(ctx)}).lockAccountOfMatch(ctx, match); err != nil {
			return err
		}
		if err := r.undo(ctx, who, match, reason, today); err != nil {
			return err
		}
		return r.Log.Write(ctx, audit.Event{Actor: who, Act: "match.undo", ObjectKind: "match", ObjectCode: fmt.Sprint(match), Reason: reason})
	})
}

func (r Recon) undo(ctx context.Context, who actor.Actor, match id.Match, reason string, today day.Date) error {
	s := store{r.DB.Write(ctx)}
	parts, err := s.undoMatch(ctx, match, reason, who.ID)
	if err != nil {
		return err
	}
	for _, m := range parts {
		if !m.Recorded {
			continue
		}
		later, err := s.returnedSince(ctx, m.ID)
		if err != nil {
			return err
		}
		if later {
			return ErrReturnFirst
		}
		if err := r.Reverse(ctx, who, m.PaymentCode, evidenceOf(m.LineID), reason, today); err != nil {
			return err
		}
	}
	return nil
}

// UndoRun takes back every live match of a run, the newest first.
func (r Recon) UndoRun(ctx context.Context, who actor.Actor, run id.Run, reason string, today day.Date) error {
	if _, err := who.Require(Undo); err != nil {
		return err
	}
	if strings.TrimSpace(reason) == "" {
		return ErrReasonNeeded
	}
	return r.DB.Run(ctx, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		if err := s.lockAccountOfRun(ctx, run); err != nil {
			return err
		}
		matches, err := s.markRunUndone(ctx, run, who.ID)
		if err != nil {
			return err
		}
		for _, m := range matches {
			if err := r.undo(ctx, who, m, reason, today); err != nil {
				return err
			}
		}
		return r.Log.Write(ctx, audit.Event{Actor: who, Act: "match.undo_run", ObjectKind: "run", ObjectCode: fmt.Sprint(run), Reason: reason,
			After: map[string]any{"matches": len(matches)}})
	})
}
