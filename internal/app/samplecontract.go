package app

import (
	"context"
	"fmt"
	"slices"

	"matbang/internal/contract"
	"matbang/internal/day"
)

// contractPlay enters packages and contracts as the files tell, and keeps the versions of contracts, the codes of guarantees and bills.
type contractPlay struct {
	*sampleCity
	names      map[string]string // contractors by tax code
	versions   map[string]int    // of contracts
	guarantees map[string]string // code by contract and number
	bills      map[string]string // code by contract and number
}

// contractEvents is what the files say of this room.
func (s *sampleCity) contractEvents() ([]event, error) {
	p := &contractPlay{sampleCity: s, names: map[string]string{}, versions: map[string]int{}, guarantees: map[string]string{}, bills: map[string]string{}}
	var events []event
	for _, read := range []func() ([]event, error){p.contractors, p.packageEvents, p.signEvents, p.guaranteeEvents, p.amendEvents, p.acceptEvents, p.billEvents} {
		more, err := read()
		if err != nil {
			return nil, err
		}
		events = append(events, more...)
	}
	return events, nil
}

func (p *contractPlay) contractors() ([]event, error) {
	return nil, each(p.files, "contractors.csv", func(r record) error {
		p.names[r.text("tax_code")] = r.text("name")
		return nil
	})
}

// onContract runs an act with the contract's version, which it moves on.
func (p *contractPlay) onContract(code string, act func(version int) error) error {
	if err := act(p.versions[code]); err != nil {
		return fmt.Errorf("contract %s: %w", code, err)
	}
	p.versions[code]++
	return nil
}

func (p *contractPlay) packageEvents() ([]event, error) {
	var events []event
	err := each(p.files, "packages.csv", func(r record) error {
		in := contract.PackageInput{Project: r.text("project"), Code: r.text("code"), Name: r.text("name"), Field: r.text("field"), Method: r.text("method"),
			Estimate: r.money("estimate"), DecisionNumber: r.text("decision_number"), DecidedOn: r.day("decided_on"), Authority: r.text("authority")}
		events = append(events, event{in.DecidedOn, rankContract, func(ctx context.Context, today day.Date) error {
			return p.Rooms.Contracts.AddPackage(ctx, p.as("planner"), in, today)
		}})
		return nil
	})
	return events, err
}

func (p *contractPlay) signEvents() ([]event, error) {
	var events []event
	err := each(p.files, "contracts.csv", func(r record) error {
		want := r.text("code")
		in := contract.NewContract{Project: r.text("project"), Package: r.text("package"), TaxCode: r.text("contractor"), Contractor: p.names[r.text("contractor")],
			Number: r.text("number"), SignedOn: r.day("signed_on"), Kind: r.text("kind"), Value: r.money("value"), StartsOn: r.day("starts_on"), EndsOn: r.day("ends_on"),
			AdvanceBP: r.int("advance_bp"), AdvanceReason: r.text("advance_reason"), RetentionBP: r.int("retention_bp"), OverReason: r.text("over_estimate_reason")}
		events = append(events, event{in.SignedOn, rankContract, func(ctx context.Context, today day.Date) error {
			code, err := p.Rooms.Contracts.Sign(ctx, p.as("planner"), in, today)
			if err != nil {
				return fmt.Errorf("contract %s: %w", want, err)
			}
			if code != want {
				return fmt.Errorf("%w: contract %s, the file says %s", errSampleDiffers, code, want)
			}
			p.versions[code] = 1
			return nil
		}})
		return nil
	})
	return events, err
}

func (p *contractPlay) guaranteeEvents() ([]event, error) {
	var events []event
	err := each(p.files, "guarantees.csv", func(r record) error {
		code, replaces, released := r.text("contract"), r.text("replaces"), r.day("released_on")
		g := contract.Guarantee{Kind: r.text("kind"), Bank: r.text("bank"), Number: r.text("number"), Amount: r.money("amount"), ValidFrom: r.day("valid_from"), ExpiresOn: r.day("expires_on")}
		events = append(events, event{g.ValidFrom, rankContract, func(ctx context.Context, _ day.Date) error {
			return p.onContract(code, func(version int) (err error) {
				g.Replaces = p.guarantees[code+replaces]
				p.guarantees[code+g.Number], err = p.Rooms.Contracts.AddGuarantee(ctx, p.as("planner"), code, version, g)
				return err
			})
		}})
		if !released.IsZero() {
			events = append(events, event{released, rankContract, func(ctx context.Context, today day.Date) error {
				return p.onContract(code, func(version int) error {
					return p.Rooms.Contracts.ReleaseGuarantee(ctx, p.as("planner"), p.guarantees[code+g.Number], version, released, today)
				})
			}})
		}
		return nil
	})
	return events, err
}

func (p *contractPlay) amendEvents() ([]event, error) {
	var events []event
	err := each(p.files, "contract_amendments.csv", func(r record) error {
		code := r.text("contract")
		a := contract.Amendment{Number: r.text("number"), DecidedOn: r.day("decided_on"), ValueChange: r.money("value_change"), NewEndsOn: r.day("new_ends_on"),
			Reason: r.text("reason"), OverReason: r.text("over_estimate_reason")}
		events = append(events, event{a.DecidedOn, rankContract, func(ctx context.Context, today day.Date) error {
			return p.onContract(code, func(version int) error { return p.Rooms.Contracts.Amend(ctx, p.as("planner"), code, version, a, today) })
		}})
		return nil
	})
	return events, err
}

func (p *contractPlay) acceptEvents() ([]event, error) {
	var rows []contract.On[contract.Acceptance]
	if err := each(p.files, "acceptances.csv", func(r record) error {
		rows = append(rows, contract.On[contract.Acceptance]{Contract: r.text("contract"), What: contract.Acceptance{Number: r.text("number"), Kind: r.text("kind"),
			AcceptedOn: r.day("accepted_on"), Value: r.money("value"), Note: r.text("note")}})
		return nil
	}); err != nil {
		return nil, err
	}
	type row = contract.On[contract.Acceptance]
	return byDay(rows, func(r row) day.Date { return r.What.AcceptedOn }, rankContract, func(ctx context.Context, rows []row, today day.Date) error {
		return p.Rooms.Contracts.AcceptAll(ctx, p.as("planner"), seen(p, rows), today)
	}), nil
}

// seen gives rows the versions of their contracts, and moves these on as the act will.
func seen[T any](p *contractPlay, rows []contract.On[T]) []contract.On[T] {
	for i := range rows {
		rows[i].Version = p.versions[rows[i].Contract]
		p.versions[rows[i].Contract]++
	}
	return rows
}

// sampleBill is a row of bills.csv: approved on a day, or still on its way.
type sampleBill struct {
	contract, number, state, reason string
	approvedOn                      day.Date
	contract.BillInput
}

func (p *contractPlay) billEvents() ([]event, error) {
	var rows []sampleBill
	if err := each(p.files, "bills.csv", func(r record) error {
		rows = append(rows, sampleBill{contract: r.text("contract"), number: r.text("number"), state: r.text("state"), reason: r.text("reason"), approvedOn: r.day("approved_on"),
			BillInput: contract.BillInput{Day: r.day("day"), Completed: r.money("completed_value"), Recovered: r.money("advance_recovered")}})
		return nil
	}); err != nil {
		return nil, err
	}
	events := byDay(rows, func(r sampleBill) day.Date { return r.Day }, rankContract, p.makeBills)
	approved := slices.DeleteFunc(slices.Clone(rows), func(r sampleBill) bool { return r.state != string(contract.BillApproved) })
	events = append(events, byDay(approved, func(r sampleBill) day.Date { return r.approvedOn }, rankContract, p.approveBills)...)
	returned := slices.DeleteFunc(slices.Clone(rows), func(r sampleBill) bool { return r.state != string(contract.Returned) })
	return append(events, byDay(returned, func(r sampleBill) day.Date { return r.approvedOn }, rankContract, p.returnBills)...), nil
}

// makeBills enters the bills of a day and submits, together, those that do not stay drafts.
func (p *contractPlay) makeBills(ctx context.Context, rows []sampleBill, today day.Date) error {
	entered := make([]contract.On[contract.BillInput], 0, len(rows))
	for _, r := range rows {
		entered = append(entered, contract.On[contract.BillInput]{Contract: r.contract, What: r.BillInput})
	}
	codes, err := p.Rooms.Contracts.AddBills(ctx, p.as("planner"), seen(p, entered), today)
	if err != nil {
		return err
	}
	var picks []contract.Pick
	for i, r := range rows {
		p.bills[r.contract+r.number] = codes[i]
		if r.state != string(contract.Draft) {
			picks = append(picks, contract.Pick{Code: codes[i], Version: 1})
		}
	}
	if len(picks) == 0 {
		return nil
	}
	return p.Rooms.Contracts.SubmitBills(ctx, p.as("planner"), picks...)
}

func (p *contractPlay) approveBills(ctx context.Context, rows []sampleBill, _ day.Date) error {
	picks := make([]contract.Pick, 0, len(rows))
	for _, r := range rows {
		picks = append(picks, contract.Pick{Code: p.bills[r.contract+r.number], Version: 2})
	}
	return p.Rooms.Contracts.ApproveBills(ctx, p.as("planning-head"), picks...)
}

func (p *contractPlay) returnBills(ctx context.Context, rows []sampleBill, _ day.Date) error {
	for _, r := range rows {
		if err := p.Rooms.Contracts.ReturnBill(ctx, p.as("planning-head"), p.bills[r.contract+r.number], 2, r.reason); err != nil {
			return err
		}
	}
	return nil
}
