package contract

import (
	"context"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/legal"
)

// AddPackage enters a package of a work. Refuses wrong fields, project.missing and a code in use in the work.
func (r Contracts) AddPackage(ctx context.Context, who actor.Actor, in PackageInput, today day.Date) error {
	scope, err := who.Require(Edit)
	if err != nil {
		return err
	}
	if err := in.check(today); err != nil {
		return err
	}
	return refuse(r.DB.Run(ctx, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		if err := s.addPackage(ctx, scope, in, who.ID); err != nil {
			return err
		}
		return r.Log.Write(ctx, audit.Event{Actor: who, Act: "package.add", ObjectKind: "package", ObjectCode: in.Project + "/" + in.Code, After: in})
	}))
}

// UpdatePackage changes a package; version is the one the page showed, the code stays. Refuses: wrong fields, package.missing,
// changed_meanwhile, an estimate below what is contracted without a reason, a decision after the first signing.
func (r Contracts) UpdatePackage(ctx context.Context, who actor.Actor, version int, in PackageInput, today day.Date) error {
	scope, err := who.Require(Edit)
	if err != nil {
		return err
	}
	if err := in.check(today); err != nil {
		return err
	}
	return refuse(r.DB.Run(ctx, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		old, err := s.findPackage(ctx, scope, in.Project, in.Code, true)
		if err != nil {
			return err
		}
		if old.Version != version {
			return fault.ChangedBy(old.ChangedBy, old.ChangedAt)
		}
		if err := old.mayBecome(in); err != nil {
			return err
		}
		if err := s.updatePackage(ctx, old.ID, in, who.ID); err != nil {
			return err
		}
		return r.Log.Write(ctx, audit.Event{Actor: who, Act: "package.update", ObjectKind: "package", ObjectCode: in.Project + "/" + in.Code, Before: old, After: in})
	}))
}

// Sign enters a signed contract and gives its code, such as HD-2023-0007. Refuses: wrong fields, package.missing, a signing before the
// investment decision or the plan's decision (both days), more than the estimate or an advance above the cap without a reason (both figures).
func (r Contracts) Sign(ctx context.Context, who actor.Actor, in NewContract, today day.Date) (string, error) {
	scope, err := who.Require(Edit)
	if err != nil {
		return "", err
	}
	if err := in.check(today); err != nil {
		return "", err
	}
	var code string
	err = r.DB.Run(ctx, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		p, err := s.findPackage(ctx, scope, in.Project, in.Package, true)
		if err != nil {
			return err
		}
		g, err := r.ground(ctx, p, in.SignedOn)
		if err != nil {
			return err
		}
		if err := p.maySign(in, g); err != nil {
			return err
		}
		contractor, err := s.contractor(ctx, in.TaxCode, in.Contractor, who.ID)
		if err != nil {
			return err
		}
		if code, err = s.addContract(ctx, p, contractor, in, who.ID); err != nil {
			return err
		}
		return r.Log.Write(ctx, audit.Event{Actor: who, Act: "contract.sign", ObjectKind: "contract", ObjectCode: code, After: in})
	})
	return code, refuse(err)
}

// ground reads what a contract of a package stands on. A day without a cap of advances has none: the law of that day set no share.
func (r Contracts) ground(ctx context.Context, p Package, signed day.Date) (ground, error) {
	g, err := store{r.DB.Read(ctx)}.ground(ctx, p.ProjectID)
	if err != nil {
		return g, err
	}
	rules, err := r.Legal.AllOn(ctx, legal.Investment, signed)
	g.CapBP = rules[legal.AdvanceCapBP].Value
	return g, err
}

// Amend writes an amendment (phụ lục) and keeps the contract's total and end. Refuses: wrong fields, contract.not_active, changed_meanwhile,
// a value below what is accepted, billed or drawn (the figures), more than the estimate without a reason.
func (r Contracts) Amend(ctx context.Context, who actor.Actor, code string, version int, a Amendment, today day.Date) error {
	return r.onContract(ctx, who, code, version, func(ctx context.Context, s store, c Contract) (audit.Event, error) {
		if c.State != Active {
			return audit.Event{}, ErrNotActive
		}
		p, err := s.findPackage(ctx, actor.Scope{}, c.Project, c.Package, true)
		if err != nil {
			return audit.Event{}, err
		}
		drawn, err := s.drawn(ctx, c.ID)
		if err != nil {
			return audit.Event{}, err
		}
		if err := a.check(c, p, drawn, today); err != nil {
			return audit.Event{}, err
		}
		return audit.Event{Act: "contract.amend", After: a}, s.amend(ctx, c.ID, a, who.ID)
	})
}

// Terminate ends a contract before its completion; what is accepted stays to be billed. Refuses: contract.not_active, a missing reason,
// a day before the signing or in the future, changed_meanwhile.
func (r Contracts) Terminate(ctx context.Context, who actor.Actor, code string, version int, on day.Date, reason string, today day.Date) error {
	return r.onContract(ctx, who, code, version, func(ctx context.Context, s store, c Contract) (audit.Event, error) {
		if err := c.mayEnd(on, reason, today); err != nil {
			return audit.Event{}, err
		}
		return audit.Event{Act: "contract.terminate", After: map[string]any{"ended_on": on}, Reason: reason}, s.end(ctx, c.ID, Terminated, on, reason)
	})
}

// Accept records accepted work; the acceptance of completion closes the contract. Refuses: wrong fields, contract.not_active, changed_meanwhile,
// more than the contract is worth, less than is billed (both figures).
func (r Contracts) Accept(ctx context.Context, who actor.Actor, code string, version int, a Acceptance, today day.Date) error {
	return r.AcceptAll(ctx, who, []On[Acceptance]{{code, version, a}}, today)
}

// AcceptAll records acceptances of several contracts, one each, all or none. Refuses what Accept refuses, at the first that is wrong.
func (r Contracts) AcceptAll(ctx context.Context, who actor.Actor, rows []On[Acceptance], today day.Date) error {
	return onContracts(ctx, r, who, rows, func(ctx context.Context, s store, contracts map[string]Contract) ([]audit.Event, error) {
		events := make([]audit.Event, 0, len(rows))
		for _, row := range rows {
			if err := row.What.check(contracts[row.Contract], today); err != nil {
				return nil, err
			}
			event := audit.Event{Act: "contract.accept", After: row.What}
			if row.What.Kind == "completion" {
				event.Act = "contract.complete"
			}
			events = append(events, event)
		}
		return events, s.accept(ctx, rows, contracts, who.ID)
	})
}

// On is what is written on a contract, whose version the person saw.
type On[T any] struct {
	Contract string
	Version  int
	What     T
}

// onContract runs an act on a locked contract after the version check; do gives the event to write.
func (r Contracts) onContract(ctx context.Context, who actor.Actor, code string, version int,
	do func(ctx context.Context, s store, c Contract) (audit.Event, error)) error {
	return onContracts(ctx, r, who, []On[struct{}]{{Contract: code, Version: version}}, func(ctx context.Context, s store, contracts map[string]Contract) ([]audit.Event, error) {
		event, err := do(ctx, s, contracts[code])
		return []audit.Event{event}, err
	})
}

// onContracts runs an act on locked contracts after the version check, all or none; do gives an event for each, in their order.
func onContracts[T any](ctx context.Context, r Contracts, who actor.Actor, rows []On[T],
	do func(ctx context.Context, s store, contracts map[string]Contract) ([]audit.Event, error)) error {
	scope, err := who.Require(Edit)
	if err != nil {
		return err
	}
	versions := make(map[string]int, len(rows))
	for _, row := range rows {
		versions[row.Contract] = row.Version
	}
	if len(versions) == 0 || len(versions) < len(rows) {
		return ErrTwice
	}
	return refuse(r.DB.Run(ctx, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		contracts, err := s.lock(ctx, scope, versions)
		if err != nil {
			return err
		}
		events, err := do(ctx, s, contracts)
		if err != nil {
			return err
		}
		if err := s.touch(ctx, contracts, who.ID); err != nil {
			return err
		}
		for i, event := range events {
			event.Actor, event.ObjectKind, event.ObjectCode = who, "contract", rows[i].Contract
			if err := r.Log.Write(ctx, event); err != nil {
				return err
			}
		}
		return nil
	}))
}

// onBills runs an act on locked bills after the version check, all or none; each contract gets one event that names its bills.
// Contracts are locked before their bills, as everywhere, in the order of their keys.
func (r Contracts) onBills(ctx context.Context, who actor.Actor, needs actor.Permission, picks []Pick, act, reason string,
	do func(ctx context.Context, s store, bills []Bill) error) error {
	scope, err := who.Require(needs)
	if err != nil {
		return err
	}
	return refuse(r.DB.Run(ctx, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		bills, err := s.lockBills(ctx, scope, picks)
		if err != nil {
			return err
		}
		if err := do(ctx, s, bills); err != nil {
			return err
		}
		for _, of := range byContract(bills) {
			if err := r.Log.Write(ctx, audit.Event{Actor: who, Act: act, ObjectKind: "contract", ObjectCode: of.contract, Reason: reason,
				After: map[string]any{"bills": of.bills}}); err != nil {
				return err
			}
		}
		return nil
	}))
}

type billsOf struct{ contract, bills string }

// byContract gathers codes of bills by their contract, in the order met.
func byContract(bills []Bill) []billsOf {
	var order []string
	codes := map[string][]string{}
	for _, b := range bills {
		if codes[b.Contract] == nil {
			order = append(order, b.Contract)
		}
		codes[b.Contract] = append(codes[b.Contract], b.Code)
	}
	out := make([]billsOf, 0, len(order))
	for _, contract := range order {
		out = append(out, billsOf{contract, strings.Join(codes[contract], ",")})
	}
	return out
}
