package recon

import (
	"context"
	"slices"
	"strings"

	"github.com/lib/pq"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/vnd"
)

// Once runs an act of this room at most once for a person and key, see ledger.Once: a browser or program that asks again gets the first answer.
func (r Recon) Once(ctx context.Context, who actor.Actor, act, key string, input, answer any, run func(ctx context.Context) error) error {
	return ledger.Ledger{DB: r.DB}.Once(ctx, who, act, key, input, answer, run)
}

// maxPieces bounds the lines of one payment.
const maxPieces = 100

// ConfirmLines says that several open debits of one account together pay one payment, with the person's reason; the last one brings the result.
// Refuses: amounts that do not come to the payment (recon.sum_differs with both figures), credits, lines of two accounts, lines or a payment used.
func (r Recon) ConfirmLines(ctx context.Context, who actor.Actor, lines []id.Line, paymentCode, reason string, today day.Date) error {
	if _, err := who.Require(Confirm); err != nil {
		return err
	}
	lines = slices.Compact(slices.Sorted(slices.Values(lines)))
	codes := codesIn(paymentCode)
	var wrong fault.Wrong
	wrong.Check(len(codes) == 1, "payment", "recon.one_payment")
	wrong.Check(len(lines) >= 2 && len(lines) <= maxPieces, "lines", "recon.pieces", maxPieces)
	wrong.Check(strings.TrimSpace(reason) != "", "reason", "required")
	if err := wrong.Err(); err != nil {
		return err
	}
	return r.DB.Run(ctx, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		if err := s.lockAccountOf(ctx, lines[0]); err != nil {
			return err
		}
		pairs, err := s.piecesOf(ctx, lines, codes[0])
		if err != nil {
			return err
		}
		for i := range pairs {
			p := &pairs[i]
			p.Piece, p.Pieces, p.Part, p.Rule, p.Why, p.Score = i+1, len(pairs), 1, rulePerson, reason, 100
			_, p.Recorded = p.result()
		}
		if err := r.keep(ctx, who, 0, pairs, today); err != nil {
			return err
		}
		return r.Log.Write(ctx, audit.Event{Actor: who, Act: "match.confirm", ObjectKind: "payment", ObjectCode: codes[0], Reason: reason,
			After: map[string]any{"lines": lines, "payments": codes}})
	})
}

// piecesOf are lines of one account, oldest first, and the one payment a person says they pay.
func (s store) piecesOf(ctx context.Context, lines []id.Line, code string) ([]pair, error) {
	pairs := []pair{}
	err := s.q.SelectContext(ctx, &pairs,
		`SELECT l.id AS line_id, p.id AS payment_id, p.code AS payment_code, p.state, o.method, o.content, l.day, p.amount, abs(l.amount) AS moved, l.amount > 0 AS incoming, l.description
		 FROM statement_line l JOIN payment p ON p.code = $2 JOIN payout_order o ON o.id = p.order_id AND o.state = 'released' AND o.released_on <= l.day
		 WHERE l.id = ANY($1) AND l.account_id = (SELECT account_id FROM statement_line WHERE id = $3)
		   AND p.state IN ('ordered', 'paid', 'deposited', 'returned') ORDER BY l.day, l.id FOR UPDATE OF p`, pq.Array(lines), code, lines[0])
	if err != nil {
		return nil, err
	}
	if len(pairs) != len(lines) || slices.ContainsFunc(pairs, func(p pair) bool { return p.Incoming }) {
		return nil, ErrPaymentMissing
	}
	var sum vnd.Amount
	for _, p := range pairs {
		sum += p.Moved
	}
	if whole := pairs[0].Amount; sum != whole {
		return nil, fault.InvalidField("payment", "recon.pieces_differ", sum, whole, whole-sum)
	}
	return pairs, nil
}

// Reason is one thing compared: what the line says of a field and what our book says.
type Reason struct {
	Field  string `json:"field"` // memo_code, amount, reference, account, identity, name or day
	Line   string `json:"line"`
	Book   string `json:"book"`
	Agrees bool   `json:"agrees"`
	Close  bool   `json:"close"` // nearly: a digit or a letter off
}

// WhyOf compares a candidate with its line field by field. Identity and account numbers of the book are not repeated; that they agree is.
func WhyOf(l bank.Line, c Candidate) []Reason {
	same := func(agrees bool, text string) string {
		if agrees {
			return text
		}
		return ""
	}
	amount := l.Amount
	if amount < 0 {
		amount = -amount
	}
	rows := []Reason{
		{"memo_code", same(c.SameCode, c.PaymentCode), c.PaymentCode, c.SameCode, c.CodeLikely},
		{"amount", amount.String(), c.Amount.String(), c.SameAmount, c.LessFee > 0},
		{"name", l.Counterparty, c.Payee, c.SameName, c.NameLikely},
		{"day", l.Day.VN(), c.ReleasedOn.VN(), c.DaysAfter >= 0 && c.DaysAfter <= 5, c.DaysAfter > 5 && c.DaysAfter <= 31},
	}
	if c.SameSlip {
		rows = append(rows, Reason{"reference", l.Reference, "", true, false})
	}
	if c.SameAccount || l.CounterpartyAccount != "" {
		rows = append(rows, Reason{"account", l.CounterpartyAccount, "", c.SameAccount, false})
	}
	if c.SameIdentity {
		rows = append(rows, Reason{"identity", "", "", true, false})
	}
	return rows
}

// Decision is what a person says that open lines are: one line for one payment or several, several lines for one, or a return less a fee.
type Decision struct {
	Lines    []id.Line // the first is the one decided about; the others go with it
	Payments string    // codes, with commas or spaces between
	Reason   string
	LessFee  bool // the line brings the payment back less what the bank kept
}

// Decide runs the act that a decision means: ConfirmByHand, ConfirmLines or ConfirmReturnLessFee, with what they refuse.
func (r Recon) Decide(ctx context.Context, who actor.Actor, d Decision, today day.Date) error {
	switch several := slices.ContainsFunc(d.Lines, func(l id.Line) bool { return l != d.Lines[0] }); {
	case several && d.LessFee:
		return fault.InvalidField("less_fee", "recon.fee_of_one_line")
	case several:
		return r.ConfirmLines(ctx, who, d.Lines, d.Payments, d.Reason, today)
	case d.LessFee:
		return r.ConfirmReturnLessFee(ctx, who, d.Lines[0], d.Payments, d.Reason, today)
	default:
		return r.ConfirmByHand(ctx, who, d.Lines[0], d.Payments, d.Reason, today)
	}
}
