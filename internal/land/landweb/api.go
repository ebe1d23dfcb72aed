package landweb

import (
	"context"
	"time"

	"matbang/internal/actor"
	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/land"
	"matbang/internal/listing"
	"matbang/internal/webkit"
)

type caseMoney land.Money

// CaseHead is what lists and single cases share. Its name is exported because the describer passes over embedded types that are not.
type CaseHead struct {
	Code        string    `json:"code"`
	Project     string    `json:"project"`
	ProjectName string    `json:"project_name"`
	Holder      string    `json:"holder"`
	HolderName  string    `json:"holder_name"`
	HolderKind  string    `json:"holder_kind"`
	HolderState string    `json:"holder_state"`
	Ward        string    `json:"ward"`
	WardName    string    `json:"ward_name"`
	RuleSet     string    `json:"rule_set"`
	Recovered   area.Area `json:"recovered_m2"`
	Note        string    `json:"note"`
	OpenedOn    day.Date  `json:"opened_on"`
	ChangedBy   string    `json:"changed_by"`
	ChangedAt   time.Time `json:"changed_at"`
	Version     int       `json:"version"`
}

func headOf(c land.Case) CaseHead {
	return CaseHead{c.Code, c.ProjectCode, c.ProjectName, c.HolderCode, c.HolderName, c.HolderKind, c.HolderState, c.WardCode, c.WardName, c.RuleSet,
		c.RecoveredArea, c.Note, c.OpenedOn, c.ChangedBy, c.ChangedAt, c.Version}
}

type caseListItem struct {
	CaseHead
	Parcels string     `json:"parcels"`
	Step    string     `json:"step"`
	StepOn  day.Date   `json:"step_on"`
	Money   *caseMoney `json:"money,omitempty"`
}

type caseListInput struct {
	webkit.ListInput
	Q          string `query:"q" doc:"beginning of a code, part of a name without marks, or a whole parcel number"`
	Project    string `query:"project" doc:"code of the work"`
	Ward       string `query:"ward" doc:"code of the ward"`
	HolderKind string `query:"holder_kind" enum:"household,individual,organisation"`
	Step       string `query:"step" doc:"last step reached" enum:"none,notice,inventory,posting,recovery_decision,handover"`
	Award      string `query:"award" doc:"whether an approved plan awards something" enum:"yes,no"`
}

func (w Web) apiList(ctx context.Context, who actor.Actor, in *caseListInput) (*webkit.ListOutput[caseListItem], error) {
	f := land.Filter{Project: in.Project, Ward: in.Ward, HolderKind: in.HolderKind, Step: in.Step, Award: in.Award}
	answer, err := w.Land.Cases(ctx, who, f, listing.Query{Text: in.Q, Per: in.Limit, After: in.After()})
	if err != nil {
		return nil, err
	}
	items := make([]caseListItem, 0, len(answer.Items))
	for _, r := range answer.Items {
		items = append(items, caseListItem{headOf(r.Case), r.Parcels, r.Step, r.StepOn, (*caseMoney)(r.Money)})
	}
	return webkit.Listed(listing.Answer[caseListItem]{Query: answer.Query, Items: items, Total: answer.Total},
		func(c caseListItem) string { return c.Code }), nil
}

// CaseCode is the code of a case in an address; exported for the same reason as CaseHead.
type CaseCode struct {
	Code string `path:"code"`
}

type caseParty struct {
	FullName    string `json:"full_name"`
	Relation    string `json:"relation" enum:"owner,co_owner,heir,representative"`
	IdentityNo  string `json:"identity_no,omitempty" doc:"masked in answers"`
	ShareBP     int    `json:"share_bp" doc:"basis points; the shares of a holder add up to 10000"`
	BankName    string `json:"bank_name,omitempty"`
	AccountNo   string `json:"account_no,omitempty" doc:"masked in answers"`
	AccountName string `json:"account_name,omitempty"`
}

type caseParcel struct {
	MapSheet  string    `json:"map_sheet"`
	Number    string    `json:"number" doc:"text: 17+175 and 263A are real numbers"`
	Area      area.Area `json:"area_m2"`
	LandCode  string    `json:"land_code" doc:"three letters, the kind of land"`
	Recovered area.Area `json:"recovered_m2"`
}

type caseBody struct {
	CaseHead
	Parties []caseParty    `json:"parties"`
	Parcels []caseParcel   `json:"parcels"`
	Steps   []land.StepRow `json:"steps"`
	Money   *caseMoney     `json:"money,omitempty"`
}

func (w Web) apiGet(ctx context.Context, who actor.Actor, in *CaseCode) (*webkit.Versioned[caseBody], error) {
	d, err := w.Land.Case(ctx, who, in.Code)
	if err != nil {
		return nil, err
	}
	body := caseBody{CaseHead: headOf(d.Case), Parties: []caseParty{}, Parcels: []caseParcel{}, Steps: d.Steps, Money: (*caseMoney)(d.Money)}
	for _, p := range d.Parties {
		body.Parties = append(body.Parties, caseParty{p.FullName, p.Relation, webkit.Mask(p.IdentityNo), p.ShareBP, p.BankName, webkit.Mask(p.AccountNo), p.AccountName})
	}
	for _, p := range d.Parcels {
		body.Parcels = append(body.Parcels, caseParcel{p.MapSheet, p.Number, p.Area, p.LandCode, p.Recovered})
	}
	return webkit.WithVersion(body, d.Version), nil
}

func parcelsOf(bodies []caseParcel) []land.Parcel {
	parcels := make([]land.Parcel, 0, len(bodies))
	for _, p := range bodies {
		parcels = append(parcels, land.Parcel{MapSheet: p.MapSheet, Number: p.Number, Area: p.Area, LandCode: p.LandCode, Recovered: p.Recovered})
	}
	return parcels
}

type caseHolder struct {
	Kind    string      `json:"kind" enum:"household,individual,organisation"`
	Name    string      `json:"name"`
	State   string      `json:"state,omitempty" enum:"present,absent,deceased"`
	Ward    string      `json:"ward" doc:"code of the ward of residence"`
	Address string      `json:"address,omitempty"`
	Phone   string      `json:"phone,omitempty"`
	Parties []caseParty `json:"parties"`
}

type newCaseBody struct {
	Project    string       `json:"project"`
	HolderCode string       `json:"holder,omitempty" doc:"code of a known holder; without it new_holder is entered"`
	Holder     *caseHolder  `json:"new_holder,omitempty"`
	Ward       string       `json:"ward" doc:"code of the ward the land lies in"`
	RuleSet    string       `json:"rule_set,omitempty" doc:"without it the set in force on the day of opening"`
	OpenedOn   day.Date     `json:"opened_on,omitempty"`
	Parcels    []caseParcel `json:"parcels"`
	Note       string       `json:"note,omitempty"`
}

func (b newCaseBody) input() land.NewCase {
	in := land.NewCase{Project: b.Project, HolderCode: b.HolderCode, Ward: b.Ward, RuleSet: b.RuleSet, OpenedOn: b.OpenedOn, Note: b.Note, Parcels: parcelsOf(b.Parcels)}
	if h := b.Holder; h != nil {
		in.Holder = land.HolderInput{Kind: h.Kind, Name: h.Name, State: h.State, Ward: h.Ward, Address: h.Address, Phone: h.Phone}
		for _, p := range h.Parties {
			in.Holder.Parties = append(in.Holder.Parties, land.Party{FullName: p.FullName, Relation: p.Relation, IdentityNo: p.IdentityNo, ShareBP: p.ShareBP,
				BankName: p.BankName, AccountNo: p.AccountNo, AccountName: p.AccountName})
		}
	}
	return in
}

func (w Web) apiCreate(ctx context.Context, who actor.Actor, in *webkit.Body[newCaseBody]) (*webkit.Versioned[caseBody], error) {
	code, err := w.Land.OpenCase(ctx, who, in.Body.input(), w.Today())
	if err != nil {
		return nil, err
	}
	return w.apiGet(ctx, who, &CaseCode{code})
}

type caseChangeBody struct {
	Note    *string       `json:"note,omitempty"`
	Parcels *[]caseParcel `json:"parcels,omitempty" doc:"all parcels of the case; left out, they stay"`
}

type caseUpdate struct {
	CaseCode
	webkit.Match
	Body caseChangeBody
}

func (w Web) apiUpdate(ctx context.Context, who actor.Actor, in *caseUpdate) (*webkit.Versioned[caseBody], error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	d, err := w.Land.Case(ctx, who, in.Code)
	if err != nil {
		return nil, err
	}
	change := land.CaseChange{Note: d.Note, Parcels: d.Parcels}
	if in.Body.Note != nil {
		change.Note = *in.Body.Note
	}
	if in.Body.Parcels != nil {
		change.Parcels = parcelsOf(*in.Body.Parcels)
	}
	if err := w.Land.UpdateCase(ctx, who, in.Code, version, change); err != nil {
		return nil, err
	}
	return w.apiGet(ctx, who, &in.CaseCode)
}

type caseStepBody struct {
	Kind        string   `json:"kind" enum:"notice,inventory,posting,recovery_decision,handover"`
	DoneOn      day.Date `json:"done_on"`
	EffectiveOn day.Date `json:"effective_on,omitempty" doc:"without it the same day"`
	DocumentNo  string   `json:"document_no,omitempty"`
	Note        string   `json:"note,omitempty"`
	AgreedEarly bool     `json:"agreed_early,omitempty" doc:"the holder agreed in writing to recovery before the notice period ends; note names the paper"`
}

type caseStepInput struct {
	CaseCode
	Body caseStepBody
}

func (w Web) apiStep(ctx context.Context, who actor.Actor, in *caseStepInput) (*webkit.Versioned[caseBody], error) {
	b := in.Body
	st := land.Step{Kind: b.Kind, DoneOn: b.DoneOn, EffectiveOn: b.EffectiveOn, DocumentNo: b.DocumentNo, Note: b.Note, AgreedEarly: b.AgreedEarly}
	if err := w.Land.RecordStep(ctx, who, in.Code, st, w.Today()); err != nil {
		return nil, err
	}
	return w.apiGet(ctx, who, &in.CaseCode)
}
