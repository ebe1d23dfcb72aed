package reconweb

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strconv"

	"matbang/internal/actor"
	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/recon"
	"matbang/internal/webkit"
)

type accountsInput struct {
	Month string `query:"month" doc:"YYYY-MM of the tally; the month of today when left out"`
}

type accountBody struct {
	bank.Account
	Tally recon.Tally `json:"tally"`
}

type accountsBody struct {
	Items []accountBody `json:"items"`
}

func (w Web) apiAccounts(ctx context.Context, who actor.Actor, in *accountsInput) (*webkit.Body[accountsBody], error) {
	month, err := day.ParseMonth(in.Month)
	if err != nil {
		month = w.Today().Month()
	}
	accounts, tallies, err := w.tallied(ctx, who, month)
	if err != nil {
		return nil, err
	}
	items := make([]accountBody, 0, len(accounts))
	for _, a := range accounts {
		items = append(items, accountBody{a, tallies[a.ID]})
	}
	return &webkit.Body[accountsBody]{Body: accountsBody{items}}, nil
}

// CodeInput is the account of an address. It is exported because huma passes over embedded structs that are not.
type CodeInput struct {
	Code string `path:"code" doc:"code of the account"`
}

type importInput struct {
	CodeInput
	Profile     string `query:"profile" doc:"code of the layout; the account's own when left out"`
	FileName    string `query:"file_name" doc:"name to keep for a body that has none"`
	ContentType string `header:"Content-Type"`
	RawBody     []byte `contentType:"text/csv"`
}

func (w Web) apiImport(ctx context.Context, who actor.Actor, in *importInput) (*webkit.Body[bank.Statement], error) {
	name, content, err := in.file()
	if err != nil {
		return nil, err
	}
	loaded, err := w.Bank.LoadBy(ctx, who, in.Code, in.Profile, name, content)
	return &webkit.Body[bank.Statement]{Body: loaded}, err
}

// file is the body, or the field "file" of a form.
func (in *importInput) file() (string, []byte, error) {
	kind, params, err := mime.ParseMediaType(in.ContentType)
	if err != nil || kind != "multipart/form-data" {
		if in.FileName == "" {
			in.FileName = "statement.csv"
		}
		return in.FileName, in.RawBody, nil
	}
	parts := multipart.NewReader(bytes.NewReader(in.RawBody), params["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return "", nil, fault.InvalidField("file", "file_missing")
		}
		if err != nil {
			return "", nil, fault.InvalidField("file", "bank.form_broken")
		}
		if part.FormName() == "file" {
			content, err := io.ReadAll(part)
			if err != nil {
				return "", nil, fault.InvalidField("file", "bank.form_broken")
			}
			return part.FileName(), content, nil
		}
	}
}

// AccountListInput is a list of an account.
type AccountListInput struct {
	CodeInput
	webkit.ListInput
}

func (w Web) apiStatements(ctx context.Context, who actor.Actor, in *AccountListInput) (*webkit.ListOutput[bank.Statement], error) {
	a, err := w.Bank.Account(ctx, who, in.Code)
	if err != nil {
		return nil, err
	}
	answer, err := w.Bank.Statements(ctx, who, a.ID, listing.Query{Per: in.Limit, After: in.After()})
	if err != nil {
		return nil, err
	}
	return webkit.Listed(answer, func(s bank.Statement) string { return strconv.FormatInt(int64(s.ID), 10) }), nil
}

// IDInput is the number of an address.
type IDInput struct {
	ID int64 `path:"id"`
}

type linesInput struct {
	IDInput
	webkit.ListInput
}

func (w Web) apiLines(ctx context.Context, who actor.Actor, in *linesInput) (*webkit.ListOutput[recon.LineRow], error) {
	answer, err := w.Recon.StatementLines(ctx, who, id.Statement(in.ID), listing.Query{Per: in.Limit, After: in.After()})
	if err != nil {
		return nil, err
	}
	for i := range answer.Items {
		answer.Items[i].Line = masked(who, answer.Items[i].Line)
	}
	return webkit.Listed(answer, func(l recon.LineRow) string { return strconv.Itoa(l.LineNo) }), nil
}

type openInput struct {
	AccountListInput
	Q       string `query:"q" doc:"searched in memo, reference and counterparty without marks, and at the beginning of the amount"`
	Through string `query:"through" doc:"YYYY-MM-DD; today when left out"`
}

func (w Web) apiOpenLines(ctx context.Context, who actor.Actor, in *openInput) (*webkit.ListOutput[bank.Line], error) {
	a, err := w.Bank.Account(ctx, who, in.Code)
	if err != nil {
		return nil, err
	}
	through, err := w.through(in.Through)
	if err != nil {
		return nil, err
	}
	answer, err := w.Recon.OpenLines(ctx, who, a.ID, through, listing.Query{Text: in.Q, Per: in.Limit, After: in.After()})
	if err != nil {
		return nil, err
	}
	answer.Items = maskedAll(who, answer.Items)
	return webkit.Listed(answer, func(l bank.Line) string { return strconv.FormatInt(int64(l.ID), 10) }), nil
}

// through is a day, or today.
func (w Web) through(text string) (day.Date, error) {
	if text == "" {
		return w.Today(), nil
	}
	var wrong fault.Wrong
	d := webkit.Day(&wrong, "through", text)
	return d, wrong.Err()
}

// candidateBody is a candidate with its score.
type candidateBody struct {
	recon.Candidate
	Score int `json:"score" doc:"0 to 100"`
}

type candidatesBody struct {
	Items []candidateBody `json:"items"`
}

func (w Web) apiCandidates(ctx context.Context, who actor.Actor, in *IDInput) (*webkit.Body[candidatesBody], error) {
	found, err := w.Recon.Candidates(ctx, who, id.Line(in.ID))
	items := make([]candidateBody, 0, len(found))
	for _, f := range found {
		items = append(items, candidateBody{f, f.Score()})
	}
	return &webkit.Body[candidatesBody]{Body: candidatesBody{items}}, err
}

type runInput struct {
	CodeInput
	webkit.Idempotent
	Body struct {
		Through string `json:"through,omitempty" doc:"YYYY-MM-DD; today when left out"`
	}
}

func (w Web) apiRun(ctx context.Context, who actor.Actor, in *runInput) (*webkit.Body[recon.Outcome], error) {
	through, err := w.through(in.Body.Through)
	if err != nil {
		return nil, err
	}
	var out recon.Outcome
	err = w.Recon.Once(ctx, who, "match.run", in.Key, in, &out, func(ctx context.Context) (err error) {
		out, err = w.Recon.Match(ctx, who, in.Code, through, w.Today())
		return err
	})
	return &webkit.Body[recon.Outcome]{Body: out}, err
}

type matchesInput struct {
	AccountListInput
	Undone bool `query:"undone" doc:"with those taken back"`
}

func (w Web) apiMatches(ctx context.Context, who actor.Actor, in *matchesInput) (*webkit.ListOutput[recon.Match], error) {
	a, err := w.Bank.Account(ctx, who, in.Code)
	if err != nil {
		return nil, err
	}
	answer, err := w.Recon.Matches(ctx, who, a.ID, in.Undone, listing.Query{Per: in.Limit, After: in.After()})
	if err != nil {
		return nil, err
	}
	return webkit.Listed(answer, func(m recon.Match) string { return strconv.FormatInt(int64(m.ID), 10) }), nil
}

type confirmInput struct {
	IDInput
	webkit.Idempotent
	Body struct {
		Payment string  `json:"payment" doc:"code of the payment; of several, with commas between, whose amounts come to the line"`
		With    []int64 `json:"with,omitempty" doc:"other open lines that pay the same payment together with this one"`
		Reason  string  `json:"reason"`
		LessFee bool    `json:"less_fee,omitempty" doc:"the line brings the whole payment back, less a fee that the bank kept"`
	}
}

type decidedBody struct {
	Line    int64      `json:"line"`
	Kind    recon.Kind `json:"kind,omitempty"`
	Payment string     `json:"payment,omitempty"`
}

func (w Web) apiConfirm(ctx context.Context, who actor.Actor, in *confirmInput) (*webkit.Body[decidedBody], error) {
	lines := []id.Line{id.Line(in.ID)}
	for _, l := range in.Body.With {
		lines = append(lines, id.Line(l))
	}
	err := w.Recon.Once(ctx, who, "match.confirm", in.Key, in, &none{}, func(ctx context.Context) error {
		d := recon.Decision{Lines: lines, Payments: in.Body.Payment, Reason: in.Body.Reason, LessFee: in.Body.LessFee}
		return w.Recon.Decide(ctx, who, d, w.Today())
	})
	return &webkit.Body[decidedBody]{Body: decidedBody{Line: in.ID, Payment: in.Body.Payment}}, err
}

type classifyInput struct {
	IDInput
	webkit.Idempotent
	Body struct {
		Kind   string `json:"kind" enum:"fee,other"`
		Reason string `json:"reason"`
	}
}

func (w Web) apiClassify(ctx context.Context, who actor.Actor, in *classifyInput) (*webkit.Body[decidedBody], error) {
	kind := recon.Kind(in.Body.Kind)
	err := w.Recon.Once(ctx, who, "match.classify", in.Key, in, &none{}, func(ctx context.Context) error {
		return w.Recon.Classify(ctx, who, id.Line(in.ID), kind, in.Body.Reason)
	})
	return &webkit.Body[decidedBody]{Body: decidedBody{Line: in.ID, Kind: kind}}, err
}

type undoInput struct {
	IDInput
	webkit.Idempotent
	Body struct {
		Reason string `json:"reason"`
	}
}

type undoneBody struct {
	ID int64 `json:"id"`
}

func (w Web) apiUndoMatch(ctx context.Context, who actor.Actor, in *undoInput) (*webkit.Body[undoneBody], error) {
	err := w.Recon.Once(ctx, who, "match.undo", in.Key, in, &none{}, func(ctx context.Context) error {
		return w.Recon.UndoMatch(ctx, who, id.Match(in.ID), in.Body.Reason, w.Today())
	})
	return &webkit.Body[undoneBody]{Body: undoneBody{in.ID}}, err
}

func (w Web) apiUndoRun(ctx context.Context, who actor.Actor, in *undoInput) (*webkit.Body[undoneBody], error) {
	err := w.Recon.Once(ctx, who, "match.undo_run", in.Key, in, &none{}, func(ctx context.Context) error {
		return w.Recon.UndoRun(ctx, who, id.Run(in.ID), in.Body.Reason, w.Today())
	})
	return &webkit.Body[undoneBody]{Body: undoneBody{in.ID}}, err
}
