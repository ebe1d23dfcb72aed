package contractweb

import (
	"errors"

	"matbang/internal/contract"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

// typed is a form as it was sent, by field name: shown again, unchanged, when something is wrong.
type typed map[string]string

func readTyped(c *webkit.Ctx) typed {
	t := typed{}
	for name := range c.FormMap() {
		t[name] = c.Form(name)
	}
	return t
}

// reader reads the fields of a form whose names begin with prefix; what cannot be read is refused at its field.
type reader struct {
	typed  typed
	prefix string
	wrong  *fault.Wrong
}

func (r reader) text(name string) string { return r.typed[r.prefix+name] }

func (r reader) money(name string) vnd.Amount {
	if r.text(name) == "" {
		return 0
	}
	return webkit.Money(r.wrong, name, r.text(name))
}

func (r reader) day(name string) day.Date { return webkit.OptionalDay(r.wrong, name, r.text(name)) }

func (r reader) share(name string) int {
	if r.text(name) == "" {
		return 0
	}
	return webkit.Percent(r.wrong, name, r.text(name))
}

// prefixed puts a prefix before the field names of a refusal: a page with several forms tells them apart by it.
func prefixed(err error, prefix string) error {
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	out := *f
	out.Fields = nil
	for _, field := range f.Fields {
		field.Name = prefix + field.Name
		out.Fields = append(out.Fields, field)
	}
	return &out
}

func (t typed) reader(prefix string) reader { return reader{t, prefix, &fault.Wrong{}} }

func (t typed) pack(project, code string) (contract.PackageInput, error) {
	r := t.reader("")
	in := contract.PackageInput{Project: project, Code: code, Name: r.text("name"), Field: r.text("field"), Method: r.text("method"),
		Estimate: r.money("estimate"), DecisionNumber: r.text("decision_number"), DecidedOn: r.day("decided_on"), Authority: r.text("authority"), Note: r.text("note")}
	return in, r.wrong.Err()
}

func packTyped(p contract.Package) typed {
	return typed{"code": p.Code, "name": p.Name, "field": p.Field, "method": p.Method, "estimate": p.Estimate.String(), "decision_number": p.DecisionNumber,
		"decided_on": p.DecidedOn.VN(), "authority": p.Authority, "note": p.Note}
}

func (t typed) contract() (contract.NewContract, error) {
	r := t.reader("")
	in := contract.NewContract{Project: r.text("project"), Package: r.text("package"), TaxCode: r.text("contractor_tax_code"), Contractor: r.text("contractor"),
		Number: r.text("number"), SignedOn: r.day("signed_on"), Kind: r.text("kind"), Value: r.money("value"), StartsOn: r.day("starts_on"), EndsOn: r.day("ends_on"),
		AdvanceBP: r.share("advance"), AdvanceReason: r.text("advance_reason"), RetentionBP: r.share("retention"), OverReason: r.text("over_estimate_reason"),
		Note: r.text("note")}
	if known := r.text("known_contractor"); known != "" {
		in.TaxCode = known
	}
	return in, r.wrong.Err()
}

func (t typed) amendment() (contract.Amendment, error) {
	r := t.reader("amend_")
	a := contract.Amendment{Number: r.text("number"), DecidedOn: r.day("decided_on"), ValueChange: r.money("value_change"), NewEndsOn: r.day("new_ends_on"),
		Reason: r.text("reason"), OverReason: r.text("over_estimate_reason")}
	return a, r.wrong.Err()
}

func (t typed) guarantee() (contract.Guarantee, error) {
	r := t.reader("guarantee_")
	g := contract.Guarantee{Kind: r.text("kind"), Bank: r.text("bank"), Number: r.text("number"), Amount: r.money("amount"), ValidFrom: r.day("valid_from"),
		ExpiresOn: r.day("expires_on"), Replaces: r.text("replaces")}
	return g, r.wrong.Err()
}

func (t typed) acceptance() (contract.Acceptance, error) {
	r := t.reader("accept_")
	a := contract.Acceptance{Number: r.text("number"), Kind: r.text("kind"), AcceptedOn: r.day("accepted_on"), Value: r.money("value"), Note: r.text("note")}
	return a, r.wrong.Err()
}

func (t typed) bill() (contract.BillInput, error) {
	r := t.reader("bill_")
	in := contract.BillInput{Day: r.day("day"), Completed: r.money("completed_value"), Recovered: r.money("advance_recovered"), Note: r.text("note")}
	return in, r.wrong.Err()
}

func billTyped(b contract.Bill) typed {
	return typed{"bill_day": b.Day.VN(), "bill_completed_value": b.Completed.String(), "bill_advance_recovered": b.Recovered.String(), "bill_note": b.Note}
}
