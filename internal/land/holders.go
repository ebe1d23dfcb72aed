package land

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/listing"
)

// HolderDetail is a holder with its parties and those of its cases that the reader may see.
type HolderDetail struct {
	Holder
	Parties []Party `json:"parties"`
	Cases   []Case  `json:"cases"`
}

// Holders lists holders in the person's scope.
func (l Land) Holders(ctx context.Context, who actor.Actor, f HolderFilter, q listing.Query) (listing.Answer[HolderRow], error) {
	scope, err := who.Require(Read)
	if err != nil {
		return listing.Answer[HolderRow]{}, err
	}
	return store{l.DB.Read(ctx)}.holders(ctx, scope, f, q)
}

// Holder reads one holder; the parties carry their full numbers, which the caller masks. Refuses: land.holder_missing.
func (l Land) Holder(ctx context.Context, who actor.Actor, code string) (HolderDetail, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return HolderDetail{}, err
	}
	s := store{l.DB.Read(ctx)}
	var d HolderDetail
	if d.Holder, err = s.holder(ctx, scope, code, false); err != nil {
		return d, err
	}
	if d.Parties, err = s.parties(ctx, d.ID); err != nil {
		return d, err
	}
	d.Cases, err = s.casesOf(ctx, scope, d.ID)
	return d, err
}

// OpenNumbers reads a holder with full identity and account numbers for a reason that goes into the log with the reader's name.
// Everybody else sees masked numbers. Refuses: land.reason_needed, land.holder_missing, forbidden without identity:open.
func (l Land) OpenNumbers(ctx context.Context, who actor.Actor, code, reason string) (HolderDetail, error) {
	var d HolderDetail
	if _, err := who.Require(OpenIdentity); err != nil {
		return d, err
	}
	if strings.TrimSpace(reason) == "" {
		return d, ErrReason
	}
	err := l.DB.Run(ctx, func(ctx context.Context) error {
		var err error
		if d, err = l.Holder(ctx, who, code); err != nil {
			return err
		}
		return l.Log.Write(ctx, audit.Event{Actor: who, Act: "holder.open_numbers", ObjectKind: "holder", ObjectCode: code, Reason: strings.TrimSpace(reason)})
	})
	return d, err
}

// AddHolder enters a holder with its parties and gives its code. Refuses wrong fields, shares that are not 100 %, a code in use.
func (l Land) AddHolder(ctx context.Context, who actor.Actor, in HolderInput, today day.Date) (string, error) {
	codes, faults, err := l.addHolders(ctx, who, []HolderInput{in}, today)
	if err != nil || len(faults) > 0 {
		return "", firstErr(err, oneErr(faults))
	}
	return codes[0], nil
}

// AddHolders enters many in one transaction, for imports and the sample. A refusal names the rows; see Rows.
func (l Land) AddHolders(ctx context.Context, who actor.Actor, ins []HolderInput, today day.Date) ([]string, error) {
	codes, faults, err := l.addHolders(ctx, who, ins, today)
	return codes, firstErr(err, manyErr(faults))
}

func firstErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// errFaults rolls an act back when its rows were found wrong; the faults themselves are answered beside it.
var errFaults = fault.New(fault.Invalid, "invalid_input")

func (l Land) addHolders(ctx context.Context, who actor.Actor, ins []HolderInput, today day.Date) (codes []string, faults []RowFault, err error) {
	scope, err := who.Require(Edit)
	if err != nil {
		return nil, nil, err
	}
	rows := make([]HolderInput, len(ins))
	err = l.DB.Run(ctx, func(ctx context.Context) error {
		codes, faults = nil, nil
		for i, in := range ins {
			rows[i] = in.tidy()
			faults = append(faults, rowsOf(i, rows[i].check(""))...)
		}
		if len(faults) > 0 {
			return errFaults
		}
		placed, found, err := store{l.DB.Write(ctx)}.placeHolders(ctx, rows, "", today, who.ID)
		if err != nil {
			return err
		}
		if faults = append(found, outsideWard(scope, placed)...); len(faults) > 0 {
			return errFaults
		}
		for _, p := range placed {
			codes = append(codes, p.code)
		}
		return l.logHolders(ctx, who, rows, codes)
	})
	if errors.Is(err, errFaults) && len(faults) > 0 {
		return nil, faults, nil
	}
	return codes, nil, refuse(err)
}

// outsideWard refuses holders that a ward's officer would not see afterwards.
func outsideWard(scope actor.Scope, placed []placedHolder) []RowFault {
	var faults []RowFault
	for i, p := range placed {
		if scope.Ward != 0 && p.ward != scope.Ward {
			faults = append(faults, RowFault{i, fault.Field{Name: "ward", Code: "land.ward_other"}})
		}
	}
	return faults
}

// logHolders writes one event for a holder entered by hand, and one for many loaded at once.
func (l Land) logHolders(ctx context.Context, who actor.Actor, rows []HolderInput, codes []string) error {
	if len(rows) == 1 {
		rows[0].Code = codes[0]
		return l.Log.Write(ctx, audit.Event{Actor: who, Act: "holder.add", ObjectKind: "holder", ObjectCode: codes[0], After: rows[0]})
	}
	if len(rows) == 0 {
		return nil
	}
	return l.Log.Write(ctx, audit.Event{Actor: who, Act: "holder.add_many", ObjectKind: "holder", ObjectCode: codes[0] + "…" + codes[len(codes)-1],
		After: map[string]any{"holders": len(codes)}})
}

type placedHolder struct {
	id   id.Holder
	code string
	ward id.Ward
}

// placeHolders inserts checked holders with their parties, in their order; prefix stands before the names of wrong fields.
func (s store) placeHolders(ctx context.Context, ins []HolderInput, prefix string, today day.Date, by id.User) ([]placedHolder, []RowFault, error) {
	if len(ins) == 0 {
		return nil, nil, nil
	}
	if err := s.numberHolders(ctx, ins); err != nil {
		return nil, nil, err
	}
	wards, faults, err := s.holderWards(ctx, ins, prefix, today)
	if err != nil || len(faults) > 0 {
		return nil, faults, err
	}
	rows := make([]newHolder, len(ins))
	for i, in := range ins {
		rows[i] = newHolder{in.Code, in.Kind, in.Name, in.State, wards[i], in.Address, in.Phone, in.Sample}
	}
	made, err := s.insertHolders(ctx, rows, by)
	if err != nil {
		return nil, nil, err
	}
	placed, parties := make([]placedHolder, len(ins)), []partyRow{}
	for i, in := range ins {
		placed[i] = placedHolder{made[in.Code], in.Code, wards[i]}
		for j := range in.Parties {
			in.Parties[j].ID = 0
		}
		parties = append(parties, partyRows(made[in.Code], in.Parties)...)
	}
	return placed, nil, s.insertParties(ctx, parties)
}

// numberHolders gives the next numbers to holders entered without a code.
func (s store) numberHolders(ctx context.Context, ins []HolderInput) error {
	count := 0
	for _, in := range ins {
		if in.Code == "" {
			count++
		}
	}
	if count == 0 {
		return nil
	}
	next, err := s.takeSerials(ctx, "holder", count)
	if err != nil {
		return err
	}
	for i := range ins {
		if ins[i].Code == "" {
			ins[i].Code = fmt.Sprintf("NSD-%06d", next)
			next++
		}
	}
	return nil
}

// holderWards finds the wards of residence and refuses unknown ones, and codes used twice.
func (s store) holderWards(ctx context.Context, ins []HolderInput, prefix string, today day.Date) ([]id.Ward, []RowFault, error) {
	codes, names := make([]string, len(ins)), make([]string, len(ins))
	for i, in := range ins {
		codes[i], names[i] = in.Ward, in.Code
	}
	wards, err := s.wardIDs(ctx, codes, today)
	if err != nil {
		return nil, nil, err
	}
	taken, err := s.codesTaken(ctx, names)
	if err != nil {
		return nil, nil, err
	}
	var faults []RowFault
	found := make([]id.Ward, len(ins))
	for i, in := range ins {
		if found[i] = wards[in.Ward]; found[i] == 0 {
			faults = append(faults, RowFault{i, fault.Field{Name: prefix + "ward", Code: "land.ward_unknown", Args: []any{in.Ward}}})
		}
		if taken[in.Code] {
			faults = append(faults, RowFault{i, fault.Field{Name: prefix + "code", Code: "land.holder_code_taken"}})
		}
		taken[in.Code] = true
	}
	return found, faults, nil
}

// UpdateHolder changes a holder and its parties; version is the one the page showed. Empty numbers of a known party stay.
// Refuses: wrong fields, land.holder_missing, changed_meanwhile, land.party_in_payment (a person money was ordered for is not removed).
func (l Land) UpdateHolder(ctx context.Context, who actor.Actor, code string, version int, in HolderInput, today day.Date) error {
	scope, err := who.Require(Edit)
	if err != nil {
		return err
	}
	in = in.tidy()
	in.Code = code
	if err := oneErr(rowsOf(0, in.check(""))); err != nil {
		return err
	}
	return refuse(l.DB.Run(ctx, func(ctx context.Context) error {
		s := store{l.DB.Write(ctx)}
		old, err := s.holder(ctx, scope, code, true)
		if err != nil {
			return err
		}
		if old.Version != version {
			return fault.ChangedBy(old.ChangedBy, old.ChangedAt)
		}
		wards, err := s.wardIDs(ctx, []string{in.Ward}, today)
		if err != nil {
			return err
		}
		if wards[in.Ward] == 0 {
			return fault.InvalidField("ward", "land.ward_unknown", in.Ward)
		}
		if err := s.updateHolder(ctx, old.ID, in, wards[in.Ward], who.ID); err != nil {
			return err
		}
		if err := s.replaceParties(ctx, old.ID, in.Parties); err != nil {
			return err
		}
		return l.Log.Write(ctx, audit.Event{Actor: who, Act: "holder.update", ObjectKind: "holder", ObjectCode: code, Before: old, After: in})
	}))
}
