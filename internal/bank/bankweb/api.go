package bankweb

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/bank"
	"matbang/internal/fault"
	"matbang/internal/webkit"
)

type profilesBody struct {
	Items []bank.Profile `json:"items"`
}

func (w Web) apiProfiles(ctx context.Context, _ actor.Actor, _ *struct{}) (*webkit.Body[profilesBody], error) {
	profiles, err := w.Bank.Profiles(ctx)
	return &webkit.Body[profilesBody]{Body: profilesBody{profiles}}, err
}

// CodeInput is the layout of an address. It is exported because huma passes over embedded structs that are not.
type CodeInput struct {
	Code string `path:"code" doc:"code of the layout"`
}

func (w Web) apiProfile(ctx context.Context, _ actor.Actor, in *CodeInput) (*webkit.Body[bank.Profile], error) {
	p, err := w.Bank.ProfileOf(ctx, in.Code)
	return &webkit.Body[bank.Profile]{Body: p}, err
}

type saveInput struct {
	CodeInput
	Body struct {
		Name      string       `json:"name"`
		Basis     string       `json:"basis" doc:"what the layout was written down from"`
		Confirmed bool         `json:"confirmed,omitempty" doc:"held against a real file of the bank"`
		Version   int          `json:"version" doc:"the version that is changed; 0 for a new layout"`
		Mapping   bank.Mapping `json:"mapping"`
	}
}

func (w Web) apiSave(ctx context.Context, who actor.Actor, in *saveInput) (*webkit.Body[bank.Profile], error) {
	p := bank.Profile{Code: in.Code, Name: in.Body.Name, Basis: in.Body.Basis, Confirmed: in.Body.Confirmed, SeenOn: w.Today(), Mapping: in.Body.Mapping}
	if err := w.Bank.SaveProfile(ctx, who, p, in.Body.Version); err != nil {
		return nil, err
	}
	return w.apiProfile(ctx, who, &in.CodeInput)
}

type previewInput struct {
	Profile  string `query:"profile" doc:"code of the layout; the file's own header decides when left out"`
	FileName string `query:"file_name"`
	RawBody  []byte `contentType:"application/octet-stream"`
}

func (w Web) apiPreview(ctx context.Context, who actor.Actor, in *previewInput) (*webkit.Body[bank.Inspection], error) {
	if len(in.RawBody) == 0 {
		return nil, fault.InvalidField("file", "file_missing")
	}
	seen, err := w.Bank.Preview(ctx, who, bank.Bytes(in.FileName, in.RawBody), in.Profile, previewLines)
	return &webkit.Body[bank.Inspection]{Body: masked(who, seen)}, err
}

// masked hides the account numbers of persons from whoever may not open them.
func masked(who actor.Actor, seen bank.Inspection) bank.Inspection {
	if who.Can(bank.OpenIdentity) {
		return seen
	}
	for _, s := range seen.Statements {
		for i := range s.Lines {
			s.Lines[i].CounterpartyAccount = webkit.Mask(s.Lines[i].CounterpartyAccount)
		}
	}
	return seen
}
