package landweb

import (
	"fmt"
	"strconv"
	"strings"

	"matbang/internal/area"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/land"
	"matbang/internal/webkit"
)

// Rows of the forms: a fixed number, so that they work without JavaScript; more come by saving and opening again.
const (
	partyRows  = 5
	parcelRows = 6
	readRows   = 60
)

// caseForm is a case as it was typed.
type caseForm struct {
	Project, HolderCode, Ward, RuleSet, OpenedOn, Note string
	Holder                                             holderForm
	Parcels                                            []parcelForm
	Version                                            int
}

type holderForm struct {
	Code, Name, Kind, State, Ward, Address, Phone string
	Parties                                       []partyForm
	Version                                       int
}

// partyForm is a person as typed. Known numbers are never sent to the form: the hints show them masked, and an empty field keeps them.
type partyForm struct {
	ID, FullName, Relation, IdentityNo, Share, BankName, AccountNo, AccountName string
	IdentityHint, AccountHint                                                   string
}

type parcelForm struct{ MapSheet, Number, Area, LandCode, Recovered string }

func readCase(c *webkit.Ctx) caseForm {
	return caseForm{Project: c.Form("project"), HolderCode: c.Form("holder_code"), Ward: c.Form("ward"), RuleSet: c.Form("rule_set"),
		OpenedOn: c.Form("opened_on"), Note: c.Form("note"), Holder: readHolder(c, "holder."), Parcels: readParcels(c), Version: c.Version()}
}

func readHolder(c *webkit.Ctx, prefix string) holderForm {
	f := holderForm{Name: c.Form(prefix + "name"), Kind: c.Form(prefix + "kind"), State: c.Form(prefix + "state"), Ward: c.Form(prefix + "ward"),
		Address: c.Form(prefix + "address"), Phone: c.Form(prefix + "phone"), Version: c.Version()}
	for i := range readRows {
		at := func(name string) string { return c.Form(fmt.Sprintf("%sparties.%d.%s", prefix, i, name)) }
		p := partyForm{ID: at("id"), FullName: at("full_name"), Relation: at("relation"), IdentityNo: at("identity_no"), Share: at("share"),
			BankName: at("bank_name"), AccountNo: at("account_no"), AccountName: at("account_name")}
		if p.typed() {
			f.Parties = append(f.Parties, p)
		}
	}
	return f
}

// typed tells whether anything stands in the row: a row emptied by hand is a person taken away.
func (p partyForm) typed() bool {
	return p.FullName+p.IdentityNo+p.Share+p.BankName+p.AccountNo+p.AccountName != ""
}

func readParcels(c *webkit.Ctx) []parcelForm {
	var parcels []parcelForm
	for i := range readRows {
		at := func(name string) string { return c.Form(fmt.Sprintf("parcels.%d.%s", i, name)) }
		p := parcelForm{at("map_sheet"), at("number"), at("area"), at("land_code"), at("recovered")}
		if p != (parcelForm{}) {
			parcels = append(parcels, p)
		}
	}
	return parcels
}

// input reads the typed texts of a new case; what cannot be read is refused at its field.
func (f caseForm) input() (land.NewCase, error) {
	var wrong fault.Wrong
	in := land.NewCase{Project: f.Project, HolderCode: f.HolderCode, Ward: f.Ward, RuleSet: f.RuleSet, Note: f.Note}
	in.OpenedOn = webkit.OptionalDay(&wrong, "opened_on", f.OpenedOn)
	in.Parcels = parcelInputs(&wrong, f.Parcels)
	if f.HolderCode == "" {
		in.Holder = f.Holder.input(&wrong, "holder.")
	}
	return in, wrong.Err()
}

func (f caseForm) change() (land.CaseChange, error) {
	var wrong fault.Wrong
	change := land.CaseChange{Note: f.Note, Parcels: parcelInputs(&wrong, f.Parcels)}
	return change, wrong.Err()
}

func (f holderForm) input(wrong *fault.Wrong, prefix string) land.HolderInput {
	in := land.HolderInput{Kind: f.Kind, Name: f.Name, State: f.State, Ward: f.Ward, Address: f.Address, Phone: f.Phone}
	for i, p := range f.Parties {
		party := land.Party{ID: partyID(p.ID), FullName: p.FullName, Relation: p.Relation, IdentityNo: p.IdentityNo, BankName: p.BankName,
			AccountNo: p.AccountNo, AccountName: p.AccountName}
		if p.Share != "" {
			party.ShareBP = webkit.Percent(wrong, fmt.Sprintf("%sparties.%d.share", prefix, i), p.Share)
		}
		in.Parties = append(in.Parties, party)
	}
	return in
}

func partyID(text string) id.Party {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return id.Party(n)
}

func parcelInputs(wrong *fault.Wrong, forms []parcelForm) []land.Parcel {
	parcels := make([]land.Parcel, 0, len(forms))
	for i, p := range forms {
		at := fmt.Sprintf("parcels.%d.", i)
		parcels = append(parcels, land.Parcel{MapSheet: p.MapSheet, Number: p.Number, LandCode: p.LandCode,
			Area: webkit.Area(wrong, at+"area", p.Area), Recovered: webkit.Area(wrong, at+"recovered", p.Recovered)})
	}
	return parcels
}

func formOf(d land.Detail) caseForm {
	f := caseForm{Project: d.ProjectCode, HolderCode: d.HolderCode, Ward: d.WardCode, RuleSet: d.RuleSet, OpenedOn: d.OpenedOn.VN(), Note: d.Note, Version: d.Version}
	for _, p := range d.Parcels {
		f.Parcels = append(f.Parcels, parcelForm{p.MapSheet, p.Number, p.Area.String(), p.LandCode, p.Recovered.String()})
	}
	return f
}

func holderFormOf(d land.HolderDetail) holderForm {
	f := holderForm{Code: d.Code, Name: d.Name, Kind: d.Kind, State: d.State, Ward: d.WardCode, Address: d.Address, Phone: d.Phone, Version: d.Version}
	for _, p := range d.Parties {
		f.Parties = append(f.Parties, partyForm{ID: strconv.FormatInt(int64(p.ID), 10), FullName: p.FullName, Relation: p.Relation, Share: share(p.ShareBP),
			BankName: p.BankName, AccountName: p.AccountName, IdentityHint: webkit.Mask(p.IdentityNo), AccountHint: webkit.Mask(p.AccountNo)})
	}
	return f
}

// hints puts the masked numbers back beside what was typed.
func (f *holderForm) hints(parties []land.Party) {
	for i, p := range f.Parties {
		for _, known := range parties {
			if partyID(p.ID) == known.ID {
				f.Parties[i].IdentityHint, f.Parties[i].AccountHint = webkit.Mask(known.IdentityNo), webkit.Mask(known.AccountNo)
			}
		}
	}
}

// share writes basis points as a percentage that can be typed: 5000 → "50", 3333 → "33,33".
func share(bp int) string { return strings.TrimSuffix(area.Area(bp).String(), ",00") }

// fill adds empty rows up to so many, and always one to write in.
func fill[T any](rows []T, count int) []T {
	filled := append([]T{}, rows...)
	for range max(count-len(rows), 1) {
		filled = append(filled, *new(T))
	}
	return filled
}

// stepForm is a step as it was typed.
type stepForm struct {
	Kind, DoneOn, EffectiveOn, DocumentNo, Note string
	AgreedEarly                                 bool
}

func readStep(c *webkit.Ctx) stepForm {
	return stepForm{c.Form("kind"), c.Form("done_on"), c.Form("effective_on"), c.Form("document_no"), c.Form("note"), c.Form("agreed_early") != ""}
}

func (f stepForm) step() (land.Step, error) {
	var wrong fault.Wrong
	st := land.Step{Kind: f.Kind, DocumentNo: f.DocumentNo, Note: f.Note, AgreedEarly: f.AgreedEarly}
	st.DoneOn = webkit.Day(&wrong, "done_on", f.DoneOn)
	st.EffectiveOn = webkit.OptionalDay(&wrong, "effective_on", f.EffectiveOn)
	return st, wrong.Err()
}
