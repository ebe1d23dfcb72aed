package payoutweb

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"matbang/internal/fault"
	"matbang/internal/payout"
	"matbang/internal/webkit"
)

// resultForm is a result as it was typed. Act is the form it was typed in; the others on the page stay as they were.
type resultForm struct {
	Act, Kind, Day, Amount, Reason, EvidenceKind, EvidenceRef string
}

func readResult(c *webkit.Ctx, act string) resultForm {
	return resultForm{Act: act, Kind: c.Form("kind"), Day: c.Form("day"), Amount: c.Form("amount"), Reason: c.Form("reason"),
		EvidenceKind: c.Form("evidence_kind"), EvidenceRef: c.Form("evidence_ref")}
}

func (f resultForm) result(code string, kind payout.ResultKind) (payout.Result, error) {
	var wrong fault.Wrong
	r := payout.Result{PaymentCode: code, Kind: kind, Reason: f.Reason, EvidenceKind: payout.Evidence(f.EvidenceKind), EvidenceRef: f.EvidenceRef}
	r.Day = webkit.Day(&wrong, "day", f.Day)
	r.Amount = webkit.Money(&wrong, "amount", f.Amount)
	return r, wrong.Err()
}

func representativeFields() []string {
	return []string{"representative", "rep_name", "rep_identity", "rep_relation", "rep_paper_no", "rep_paper_day", "rep_certified_by", "rep_valid_to"}
}

// representative reads who signed in the payee's name.
func (t typed) representative(wrong *fault.Wrong) payout.Representative {
	f := t.Fields
	return payout.Representative{Name: f["rep_name"], IdentityNo: f["rep_identity"], Relation: f["rep_relation"], PaperNo: f["rep_paper_no"],
		PaperDay: webkit.OptionalDay(wrong, "rep_paper_day", f["rep_paper_day"]), CertifiedBy: f["rep_certified_by"], ValidTo: webkit.OptionalDay(wrong, "rep_valid_to", f["rep_valid_to"])}
}

// joined is two refusals of one form as one, with the fields of both.
func joined(a, b error) error {
	var first, second *fault.Fault
	if !errors.As(a, &first) || !errors.As(b, &second) {
		return errors.Join(a, b)
	}
	both := *first
	both.Fields = append(slices.Clone(first.Fields), second.Fields...)
	return &both
}

// single takes the row out of the names of wrong fields, where there is one row only.
func single(err error) error {
	return renamed(err, func(name string) string { return strings.TrimPrefix(name, "results[0].") })
}

// renamed gives the wrong fields of a refusal the names they have on a page.
func renamed(err error, name func(string) string) error {
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	again := *f
	again.Fields = slices.Clone(f.Fields)
	for i := range again.Fields {
		again.Fields[i].Name = name(again.Fields[i].Name)
	}
	return &again
}

// orderForm is a new order as it was typed: the awards and returned payments ticked, and the amounts by award.
type orderForm struct {
	Project, Method, Source, Content string
	Year, Share                      string
	Picked, Again                    []string
	Amounts                          map[string]string
	Filter                           payableForm
}

// awardKey names an award in a form: its plan and its case.
func awardKey(plan, caseCode string) string { return plan + "/" + caseCode }

func readOrder(c *webkit.Ctx) orderForm {
	f := orderForm{Project: c.Form("project"), Method: c.Form("method"), Source: c.Form("source"), Content: c.Form("content"), Year: c.Form("plan_year"), Share: c.Form("share"), Filter: filterOf(func(name string) string { return c.Form("f." + name) }),
		Picked: c.FormAll("pick"), Again: c.FormAll("again"), Amounts: map[string]string{}}
	for name, values := range c.FormMap() {
		if key, found := strings.CutPrefix(name, "amount."); found && len(values) > 0 {
			f.Amounts[key] = values[0]
		}
	}
	return f
}

// order reads the typed amounts of what is ticked. Places are the names of the lines' fields on the page.
func (f orderForm) order() (in payout.NewOrder, places []place, err error) {
	var wrong fault.Wrong
	in = payout.NewOrder{Project: f.Project, Method: payout.Method(f.Method), Source: f.Source, Content: f.Content}
	if f.Year != "" {
		in.Year = webkit.Year(&wrong, "plan_year", f.Year)
	}
	for _, key := range f.Picked {
		plan, caseCode, _ := strings.Cut(key, "/")
		line := payout.NewLine{PlanCode: plan, CaseCode: caseCode}
		if share, field, ok := f.shareOf(key); ok {
			line.ShareBP = webkit.Percent(&wrong, field, share)
		} else {
			line.Amount = webkit.Money(&wrong, "amount."+key, f.Amounts[key])
		}
		in.Lines = append(in.Lines, line)
		places = append(places, place{"amount." + key, "pick." + key})
	}
	for _, code := range f.Again {
		in.Lines = append(in.Lines, payout.NewLine{ReissueOf: code})
		places = append(places, place{"again." + code, "again." + code})
	}
	return in, places, wrong.Err()
}

// shareOf is the share of what is left that a line asks for: the form's for all, or its own "50%".
func (f orderForm) shareOf(key string) (share, field string, ok bool) {
	if f.Share != "" {
		return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(f.Share), "%")), "share", true
	}
	share, ok = strings.CutSuffix(strings.TrimSpace(f.Amounts[key]), "%")
	return strings.TrimSpace(share), "amount." + key, ok
}

// place is where a line stands on the page.
type place struct{ amount, line string }

var linePlace = regexp.MustCompile(`^lines\[(\d+)\]\.(\w+)$`)

// onPage gives the refusal of a line the name of its field on the page.
func onPage(err error, places []place) error {
	return renamed(err, func(name string) string {
		m := linePlace.FindStringSubmatch(name)
		if m == nil {
			return name
		}
		i, convErr := strconv.Atoi(m[1])
		switch {
		case convErr != nil || i >= len(places):
			return name
		case m[2] == "amount":
			return places[i].amount
		default:
			return places[i].line
		}
	})
}
