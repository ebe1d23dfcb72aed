package contractweb

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/contract"
	"matbang/internal/day"
	"matbang/internal/listing"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

// CodeInput names a thing; exported because the API library reads embedded fields of exported types only.
type CodeInput struct {
	Code string `path:"code"`
}

func (w Web) apiPackages(ctx context.Context, who actor.Actor, in *CodeInput) (*webkit.ListOutput[contract.Package], error) {
	if _, err := w.Projects.Get(ctx, who, in.Code); err != nil {
		return nil, err
	}
	packages, err := w.Contracts.Packages(ctx, who, in.Code)
	return &webkit.ListOutput[contract.Package]{Body: webkit.ListBody[contract.Package]{Items: packages}}, err
}

type packageBody struct {
	Code           string     `json:"code,omitempty" doc:"unique in the work; not read when changing"`
	Name           string     `json:"name"`
	Field          string     `json:"field" enum:"works,consulting,goods,services,mixed"`
	Method         string     `json:"method" enum:"open,limited,direct,shopping,direct_purchase,self,community,special"`
	Estimate       vnd.Amount `json:"estimate_vnd"`
	DecisionNumber string     `json:"decision_number"`
	DecidedOn      day.Date   `json:"decided_on"`
	Authority      string     `json:"authority"`
	Note           string     `json:"note,omitempty"`
}

func (b packageBody) input(project, code string) contract.PackageInput {
	return contract.PackageInput{Project: project, Code: code, Name: b.Name, Field: b.Field, Method: b.Method, Estimate: b.Estimate,
		DecisionNumber: b.DecisionNumber, DecidedOn: b.DecidedOn, Authority: b.Authority, Note: b.Note}
}

type packageOutput = webkit.Versioned[contract.Package]

func (w Web) pack(ctx context.Context, who actor.Actor, project, code string, err error) (*packageOutput, error) {
	if err != nil {
		return nil, err
	}
	p, err := w.Contracts.Package(ctx, who, project, code)
	return webkit.WithVersion(p, p.Version), err
}

type addPackageInput struct {
	CodeInput
	Body packageBody
}

func (w Web) apiAddPackage(ctx context.Context, who actor.Actor, in *addPackageInput) (*packageOutput, error) {
	err := w.Contracts.AddPackage(ctx, who, in.Body.input(in.Code, in.Body.Code), w.Today())
	return w.pack(ctx, who, in.Code, in.Body.Code, err)
}

type updatePackageInput struct {
	CodeInput
	webkit.Match
	Package string `path:"package"`
	Body    packageBody
}

func (w Web) apiUpdatePackage(ctx context.Context, who actor.Actor, in *updatePackageInput) (*packageOutput, error) {
	version, err := in.Version()
	if err == nil {
		err = w.Contracts.UpdatePackage(ctx, who, version, in.Body.input(in.Code, in.Package), w.Today())
	}
	return w.pack(ctx, who, in.Code, in.Package, err)
}

type listInput struct {
	webkit.ListInput
	Q       string `query:"q" doc:"searched in contract, package, contractor and work, without marks"`
	Project string `query:"project"`
	State   string `query:"state" enum:"active,completed,terminated"`
	Field   string `query:"field"`
	Warn    string `query:"warn" enum:"expired,expiring,late,bills,returned,drafts" doc:"what needs somebody"`
}

func (w Web) apiList(ctx context.Context, who actor.Actor, in *listInput) (*webkit.ListOutput[contract.Contract], error) {
	f := contract.Filter{Project: in.Project, State: in.State, Field: in.Field, Warn: in.Warn}
	answer, err := w.Contracts.List(ctx, who, f, listing.Query{Text: in.Q, Per: in.Limit, After: in.After()}, w.Today())
	if err != nil {
		return nil, err
	}
	return webkit.Listed(answer, func(c contract.Contract) string { return c.Code }), nil
}

type contractOutput = webkit.Versioned[contract.File]

func (w Web) apiGet(ctx context.Context, who actor.Actor, in *CodeInput) (*contractOutput, error) {
	return w.contract(ctx, who, in.Code, nil)
}

func (w Web) contract(ctx context.Context, who actor.Actor, code string, err error) (*contractOutput, error) {
	if err != nil {
		return nil, err
	}
	f, err := w.Contracts.Get(ctx, who, code, w.Today())
	return webkit.WithVersion(f, f.Version), err
}

type signContractInput struct {
	Body struct {
		Project       string     `json:"project"`
		Package       string     `json:"package"`
		TaxCode       string     `json:"contractor_tax_code"`
		Contractor    string     `json:"contractor,omitempty" doc:"name; needed when the tax code is new"`
		Number        string     `json:"number"`
		SignedOn      day.Date   `json:"signed_on"`
		Kind          string     `json:"kind" enum:"lump_sum,fixed_unit,adjustable_unit,time_based,mixed"`
		Value         vnd.Amount `json:"value_vnd"`
		StartsOn      day.Date   `json:"starts_on"`
		EndsOn        day.Date   `json:"ends_on"`
		AdvanceBP     int        `json:"advance_bp,omitempty"`
		AdvanceReason string     `json:"advance_reason,omitempty"`
		RetentionBP   int        `json:"retention_bp,omitempty"`
		OverReason    string     `json:"over_estimate_reason,omitempty"`
		Note          string     `json:"note,omitempty"`
	}
}

func (w Web) apiSign(ctx context.Context, who actor.Actor, in *signContractInput) (*contractOutput, error) {
	b := in.Body
	code, err := w.Contracts.Sign(ctx, who, contract.NewContract{Project: b.Project, Package: b.Package, TaxCode: b.TaxCode, Contractor: b.Contractor,
		Number: b.Number, SignedOn: b.SignedOn, Kind: b.Kind, Value: b.Value, StartsOn: b.StartsOn, EndsOn: b.EndsOn, AdvanceBP: b.AdvanceBP,
		AdvanceReason: b.AdvanceReason, RetentionBP: b.RetentionBP, OverReason: b.OverReason, Note: b.Note}, w.Today())
	return w.contract(ctx, who, code, err)
}

// ContractInput is an act on a contract by its address and version.
type ContractInput struct {
	CodeInput
	webkit.Match
}

// act runs an act with the version of the header and answers with the contract as it stands then.
func (w Web) act(ctx context.Context, who actor.Actor, in ContractInput, run func(version int) error) (*contractOutput, error) {
	version, err := in.Version()
	if err == nil {
		err = run(version)
	}
	return w.contract(ctx, who, in.Code, err)
}

type amendContractInput struct {
	ContractInput
	Body struct {
		Number      string     `json:"number"`
		DecidedOn   day.Date   `json:"decided_on"`
		ValueChange vnd.Amount `json:"value_change_vnd,omitempty"`
		NewEndsOn   day.Date   `json:"new_ends_on,omitempty"`
		Reason      string     `json:"reason"`
		OverReason  string     `json:"over_estimate_reason,omitempty"`
	}
}

func (w Web) apiAmend(ctx context.Context, who actor.Actor, in *amendContractInput) (*contractOutput, error) {
	b := in.Body
	return w.act(ctx, who, in.ContractInput, func(version int) error {
		return w.Contracts.Amend(ctx, who, in.Code, version, contract.Amendment{Number: b.Number, DecidedOn: b.DecidedOn, ValueChange: b.ValueChange,
			NewEndsOn: b.NewEndsOn, Reason: b.Reason, OverReason: b.OverReason}, w.Today())
	})
}

type terminateContractInput struct {
	ContractInput
	Body struct {
		EndedOn day.Date `json:"ended_on"`
		Reason  string   `json:"end_reason"`
	}
}

func (w Web) apiTerminate(ctx context.Context, who actor.Actor, in *terminateContractInput) (*contractOutput, error) {
	return w.act(ctx, who, in.ContractInput, func(version int) error {
		return w.Contracts.Terminate(ctx, who, in.Code, version, in.Body.EndedOn, in.Body.Reason, w.Today())
	})
}

type addGuaranteeInput struct {
	ContractInput
	Body struct {
		Kind      string     `json:"kind" enum:"performance,advance,warranty"`
		Bank      string     `json:"bank"`
		Number    string     `json:"number"`
		Amount    vnd.Amount `json:"amount_vnd"`
		ValidFrom day.Date   `json:"valid_from"`
		ExpiresOn day.Date   `json:"expires_on"`
		Replaces  string     `json:"replaces,omitempty" doc:"code of the guarantee it prolongs"`
	}
}

func (w Web) apiAddGuarantee(ctx context.Context, who actor.Actor, in *addGuaranteeInput) (*contractOutput, error) {
	b := in.Body
	return w.act(ctx, who, in.ContractInput, func(version int) error {
		_, err := w.Contracts.AddGuarantee(ctx, who, in.Code, version, contract.Guarantee{Kind: b.Kind, Bank: b.Bank, Number: b.Number, Amount: b.Amount,
			ValidFrom: b.ValidFrom, ExpiresOn: b.ExpiresOn, Replaces: b.Replaces})
		return err
	})
}

type releaseGuaranteeInput struct {
	ContractInput
	Body struct {
		ReleasedOn day.Date `json:"released_on"`
	}
}

func (w Web) apiRelease(ctx context.Context, who actor.Actor, in *releaseGuaranteeInput) (*contractOutput, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	code, err := w.Contracts.OfGuarantee(ctx, who, in.Code)
	if err == nil {
		err = w.Contracts.ReleaseGuarantee(ctx, who, in.Code, version, in.Body.ReleasedOn, w.Today())
	}
	return w.contract(ctx, who, code, err)
}

type acceptWorkInput struct {
	ContractInput
	Body struct {
		Number     string     `json:"number"`
		Kind       string     `json:"kind" enum:"stage,completion"`
		AcceptedOn day.Date   `json:"accepted_on"`
		Value      vnd.Amount `json:"value_vnd" doc:"of this acceptance alone; negative takes back, with a note"`
		Note       string     `json:"note,omitempty"`
	}
}

func (w Web) apiAccept(ctx context.Context, who actor.Actor, in *acceptWorkInput) (*contractOutput, error) {
	b := in.Body
	return w.act(ctx, who, in.ContractInput, func(version int) error {
		return w.Contracts.Accept(ctx, who, in.Code, version, contract.Acceptance{Number: b.Number, Kind: b.Kind, AcceptedOn: b.AcceptedOn, Value: b.Value,
			Note: b.Note}, w.Today())
	})
}
