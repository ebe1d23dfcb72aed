package payout

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
)

// MaxCalls is how often somebody can be called to one payment.
const MaxCalls = 9

// NewCall calls payees of a cash order to come and collect. Without codes it calls everybody who has not come.
type NewCall struct {
	Payments []string `json:"payments,omitempty"`
	Day      day.Date `json:"day"`
	Hour     string   `json:"hour"` // 08:30
	Place    string   `json:"place"`
	Bring    string   `json:"bring"` // the papers to bring
}

// Call is a call as it is kept: who was called for when, the how many-th time.
type Call struct {
	Payment string   `db:"payment_code" json:"payment"`
	Payee   string   `db:"payee_name" json:"payee"`
	Number  int      `db:"number" json:"number"`
	Day     day.Date `db:"day" json:"day"`
	Hour    string   `db:"hour" json:"hour"`
	Place   string   `db:"place" json:"place"`
	Bring   string   `db:"bring" json:"bring"`
	MadeBy  string   `db:"made_by_name" json:"made_by"`
	MadeOn  day.Date `db:"made_on" json:"made_on"`
}

type callable struct {
	ID     id.Payment `db:"id"`
	Code   string     `db:"code"`
	Open   bool       `db:"open"`
	Number int        `db:"number"`
	Day    day.Date   `db:"day"`
}

var hourForm = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

func (in NewCall) check(today day.Date) error {
	var wrong fault.Wrong
	wrong.Check(!in.Day.IsZero(), "day", "required")
	wrong.Check(in.Day.IsZero() || !in.Day.Before(today), "day", "payout.call_past")
	wrong.Check(hourForm.MatchString(in.Hour), "hour", "payout.call_hour")
	wrong.Check(strings.TrimSpace(in.Place) != "", "place", "required")
	return wrong.Err()
}

// CallPayees writes the next call of payees of a released cash order who have no result yet, and tells how many. Refuses: a day that is over
// or not after the call before, somebody who has come already, more than nine calls. The same key gives the first answer.
func (p Payouts) CallPayees(ctx context.Context, who actor.Actor, order string, in NewCall, key string, today day.Date) (int, error) {
	scope, err := who.Require(Make)
	if err != nil {
		return 0, err
	}
	if err := in.check(today); err != nil {
		return 0, err
	}
	called := 0
	err = p.Ledger.Once(ctx, who, "payout.call", key, struct {
		Order string
		NewCall
	}{order, in}, &called, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		o, err := s.lockOrder(ctx, scope, order)
		if err != nil {
			return err
		}
		if err := o.mayPrint(PaperCalls); err != nil {
			return err
		}
		all, err := s.callable(ctx, o.ID)
		if err != nil {
			return err
		}
		chosen, err := in.chosen(all)
		if err != nil {
			return err
		}
		called = len(chosen)
		for _, c := range chosen {
			if err := s.putCall(ctx, c.ID, c.Number+1, in, who.ID, today); err != nil {
				return err
			}
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "payout.call", ObjectKind: "order", ObjectCode: order,
			After: map[string]any{"day": in.Day, "hour": in.Hour, "place": in.Place, "called": called}})
	})
	return called, err
}

// chosen are the payments a call is for.
func (in NewCall) chosen(all []callable) ([]callable, error) {
	var chosen []callable
	var wrong fault.Wrong
	for _, c := range all {
		named := slices.Contains(in.Payments, c.Code)
		if !named && (len(in.Payments) > 0 || !c.Open) {
			continue
		}
		wrong.Check(c.Open, "payments", "payout.call_done", c.Code)
		wrong.Check(c.Number < MaxCalls, "payments", "payout.call_enough", c.Code)
		wrong.Check(c.Day.IsZero() || in.Day.After(c.Day), "day", "payout.call_order", c.Day)
		chosen = append(chosen, c)
	}
	for _, code := range in.Payments {
		wrong.Check(slices.ContainsFunc(all, func(c callable) bool { return c.Code == code }), "payments", "payout.payment_missing", code)
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	if len(chosen) == 0 {
		return nil, fault.Conflicting("payout.call_nobody")
	}
	return chosen, nil
}

// Calls lists the calls of an order the caller has got through Order, by number.
func (p Payouts) Calls(ctx context.Context, order id.Order) ([]Call, error) {
	return store{p.DB.Read(ctx)}.calls(ctx, order)
}

// BankNumber is a bank by the number that transfers carry, with the names people write for it, separated by semicolons.
type BankNumber struct {
	BIN, Name, Alias   string
	ValidFrom, ValidTo day.Date
	Basis              string
	Confirmed          bool
}

// PutBank writes a bank of the reference data; safe to repeat.
func (p Payouts) PutBank(ctx context.Context, b BankNumber) error {
	return store{p.DB.Write(ctx)}.putBank(ctx, b)
}

// Layout is what a bank wants a file of many transfers to look like, from a day on. Columns name what stands in each: no, payee, account,
// bank, bin, amount, memo, payer_account, code. MemoMax is the longest memo, in characters.
type Layout struct {
	Code      string         `json:"code" yaml:"code"`
	Name      string         `json:"name" yaml:"name"`
	ValidFrom day.Date       `json:"valid_from" yaml:"valid_from"`
	Basis     string         `json:"basis" yaml:"basis"`
	Confirmed bool           `json:"confirmed" yaml:"confirmed"`
	Separator string         `json:"separator" yaml:"separator"`
	MemoMax   int            `json:"memo_max" yaml:"memo_max"`
	NameMax   int            `json:"name_max" yaml:"name_max"`
	Columns   []LayoutColumn `json:"columns" yaml:"columns"`
}

// LayoutColumn is a column of a layout.
type LayoutColumn struct {
	Title string `json:"title" yaml:"title"`
	Field string `json:"field" yaml:"field"`
}

// PutLayout writes a layout of the reference data; safe to repeat.
func (p Payouts) PutLayout(ctx context.Context, l Layout) error {
	return store{p.DB.Write(ctx)}.putLayout(ctx, l)
}

// Layouts are those in force on a day.
func (p Payouts) Layouts(ctx context.Context, on day.Date) ([]Layout, error) {
	return store{p.DB.Read(ctx)}.layouts(ctx, on)
}
