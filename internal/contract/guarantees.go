package contract

import (
	"context"
	"slices"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/legal"
	"matbang/internal/vnd"
)

// Guarantee is a bank's promise for a contract. Replaced is true when a later one took its place.
type Guarantee struct {
	ID         id.Guarantee `db:"id" json:"-"`
	ContractID id.Contract  `db:"contract_id" json:"-"`
	Code       string       `db:"code" json:"code"`
	Kind       string       `db:"kind" json:"kind"` // performance | advance | warranty
	Bank       string       `db:"bank" json:"bank"`
	Number     string       `db:"number" json:"number"`
	Amount     vnd.Amount   `db:"amount" json:"amount_vnd"`
	ValidFrom  day.Date     `db:"valid_from" json:"valid_from"`
	ExpiresOn  day.Date     `db:"expires_on" json:"expires_on"`
	Replaces   string       `db:"replaces" json:"replaces"` // code of the one it prolongs
	Replaced   bool         `db:"replaced" json:"replaced"`
	ReleasedOn day.Date     `db:"released_on" json:"released_on"`
	RecordedBy string       `db:"recorded_name" json:"recorded_by"`
	RecordedAt time.Time    `db:"recorded_at" json:"recorded_at"`
}

// GuaranteeKinds are what a form offers.
func GuaranteeKinds() []string { return []string{"performance", "advance", "warranty"} }

// Open tells whether a guarantee was neither released nor replaced: the one to watch.
func (g Guarantee) Open() bool { return g.ReleasedOn.IsZero() && !g.Replaced }

// Standing is the state of a guarantee on a day, alerts beginning so many days before its end: released, replaced, expired, expiring, sound.
func (g Guarantee) Standing(today day.Date, alertDays int) string {
	switch {
	case !g.ReleasedOn.IsZero():
		return "released"
	case g.Replaced:
		return "replaced"
	case g.ExpiresOn.Before(today):
		return "expired"
	case !g.ExpiresOn.After(today.Add(alertDays)):
		return "expiring"
	default:
		return "sound"
	}
}

// check lists what is wrong with a guarantee of a contract; old is the one it prolongs, if any.
func (g Guarantee) check(c Contract, old *Guarantee) error {
	var w fault.Wrong
	w.Check(slices.Contains(GuaranteeKinds(), g.Kind), "kind", "choose")
	w.Check(given(g.Bank), "bank", "required")
	w.Check(given(g.Number), "number", "required")
	positive(&w, "amount", g.Amount)
	w.Check(g.Amount <= c.Value, "amount", "contract.guarantee_above", g.Amount, c.Value)
	w.Check(!g.ValidFrom.IsZero(), "valid_from", "required")
	w.Check(!g.ExpiresOn.IsZero(), "expires_on", "required")
	w.Check(g.ExpiresOn.IsZero() || !g.ExpiresOn.Before(g.ValidFrom), "expires_on", "contract.expires_order", g.ValidFrom)
	if old != nil {
		w.Check(old.Open(), "replaces", "contract.guarantee_closed", old.Code)
		w.Check(old.Kind == g.Kind, "kind", "contract.guarantee_kind", "@contract.guarantee."+old.Kind)
		w.Check(g.ExpiresOn.IsZero() || g.ExpiresOn.After(old.ExpiresOn), "expires_on", "contract.not_longer", old.ExpiresOn)
	}
	return w.Err()
}

// AddGuarantee records a guarantee, or with Replaces the one that prolongs another, and gives its code. version is the contract's.
// Refuses: wrong fields, more than the contract is worth, one that is released or replaced already, contract.terminated, a smaller one for an
// advance still open that would no longer be secured (both figures).
func (r Contracts) AddGuarantee(ctx context.Context, who actor.Actor, code string, version int, g Guarantee) (string, error) {
	var made string
	err := r.onContract(ctx, who, code, version, func(ctx context.Context, s store, c Contract) (audit.Event, error) {
		if c.State == Terminated {
			return audit.Event{}, ErrTerminated
		}
		var old *Guarantee
		if g.Replaces != "" {
			found, err := s.guaranteeOf(ctx, c.ID, g.Replaces)
			if err != nil {
				return audit.Event{}, err
			}
			old = &found
		}
		if err := g.check(c, old); err != nil {
			return audit.Event{}, err
		}
		if err := g.mayReplace(ctx, s, c, old); err != nil {
			return audit.Event{}, err
		}
		var err error
		made, err = s.addGuarantee(ctx, c.ID, g, who.ID)
		return audit.Event{Act: "guarantee.add", After: g}, err
	})
	return made, err
}

// ReleaseGuarantee gives a guarantee back to the bank on a day; version is the contract's. Refuses: guarantee.missing, contract.guarantee_closed,
// a day before its first or in the future, an advance still open that the other guarantees do not secure (both figures).
func (r Contracts) ReleaseGuarantee(ctx context.Context, who actor.Actor, guarantee string, version int, on, today day.Date) error {
	code, err := r.OfGuarantee(ctx, who, guarantee)
	if err != nil {
		return err
	}
	return r.onContract(ctx, who, code, version, func(ctx context.Context, s store, c Contract) (audit.Event, error) {
		g, err := s.guaranteeOf(ctx, c.ID, guarantee)
		if err != nil {
			return audit.Event{}, err
		}
		if !g.Open() {
			return audit.Event{}, fault.Conflicting("contract.guarantee_closed", g.Code)
		}
		var w fault.Wrong
		w.Check(!on.IsZero(), "released_on", "required")
		w.Check(!on.After(today), "released_on", "day_future")
		w.Check(on.IsZero() || !on.Before(g.ValidFrom), "released_on", "contract.release_order", g.ValidFrom)
		if err := w.Err(); err != nil {
			return audit.Event{}, err
		}
		if err := g.mayGo(ctx, s, c, on); err != nil {
			return audit.Event{}, err
		}
		return audit.Event{Act: "guarantee.release", After: map[string]any{"guarantee": g.Code, "number": g.Number, "released_on": on}},
			s.releaseGuarantee(ctx, g.ID, on, who.ID)
	})
}

// mayGo refuses to give a guarantee of an advance back while so much of the advance is open that the others do not secure it.
func (g Guarantee) mayGo(ctx context.Context, s store, c Contract, on day.Date) error {
	if g.Kind != "advance" {
		return nil
	}
	open, secured, err := s.secured(ctx, c.ID, on, g.ID)
	if err == nil && open > secured {
		err = fault.Conflicting("contract.advance_open", c.Code, open, secured)
	}
	return err
}

// mayReplace refuses the same by another way: one đồng in the place of the guarantee of an open advance.
func (g Guarantee) mayReplace(ctx context.Context, s store, c Contract, old *Guarantee) error {
	if old == nil || g.Kind != "advance" || g.Amount >= old.Amount {
		return nil
	}
	open, secured, err := s.secured(ctx, c.ID, g.ValidFrom, old.ID)
	if err == nil && open > secured+g.Amount {
		err = fault.InvalidField("amount", "contract.advance_open", c.Code, open, secured+g.Amount)
	}
	return err
}

// Alert is a guarantee that runs out soon, or ran out while its contract still runs. Days is until its end, negative after it.
type Alert struct {
	Guarantee
	Contract    string `db:"contract" json:"contract"`
	Number      string `db:"contract_number" json:"contract_number"`
	Project     string `db:"project" json:"project"`
	ProjectName string `db:"project_name" json:"project_name"`
	Contractor  string `db:"contractor" json:"contractor"`
	Days        int    `db:"days" json:"days"`
}

// Expired tells whether the guarantee is already over.
func (a Alert) Expired() bool { return a.Days < 0 }

// Alerts lists what guarantees need somebody on a day: those over first, then by their end. Nothing for who may not read contracts.
func (r Contracts) Alerts(ctx context.Context, who actor.Actor, today day.Date) ([]Alert, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return nil, err
	}
	days, err := r.alertDays(ctx, today)
	if err != nil {
		return nil, err
	}
	return store{r.DB.Read(ctx)}.alerts(ctx, scope, today, days)
}

// alertDays is how long before its end a guarantee is told; without a house rule, not at all.
func (r Contracts) alertDays(ctx context.Context, today day.Date) (int, error) {
	rules, err := r.Legal.AllOn(ctx, legal.Office, today)
	return int(rules[legal.GuaranteeAlertDays].Value), err
}
