package bankweb

import (
	"strings"

	"matbang/internal/bank"
	"matbang/internal/fault"
	"matbang/internal/webkit"
)

// form is a layout as it was typed. Words stand one on a line; Columns are the titles by what a column holds.
type form struct {
	Code, Name, SeenOn, Basis, Delimiter, DateForm, Thousands, Decimal, Out          string
	OpeningLabel, ClosingLabel, AccountLabel, Header, Footer, PassedOver, Fee, Other string
	Confirmed                                                                        bool
	Columns                                                                          map[string]string
}

func formOf(p bank.Profile) form {
	m := p.Mapping
	return form{Code: p.Code, Name: p.Name, SeenOn: p.SeenOn.VN(), Basis: p.Basis, Confirmed: p.Confirmed, Delimiter: shown(m.Delimiter), DateForm: m.DateForm,
		Thousands: shown(m.Thousands), Decimal: shown(m.Decimal), Out: m.Out, OpeningLabel: m.OpeningLabel, ClosingLabel: m.ClosingLabel, AccountLabel: m.AccountLabel,
		Header: strings.Join(m.HeaderSearch, "\n"), Footer: strings.Join(m.FooterWords, "\n"), PassedOver: strings.Join(m.SkipWords, "\n"),
		Fee: strings.Join(m.FeeWords, "\n"), Other: strings.Join(m.OtherWords, "\n"), Columns: m.Columns}
}

func readForm(c *webkit.Ctx) form {
	f := form{Code: c.Form("code"), Name: c.Form("name"), SeenOn: c.Form("seen_on"), Basis: c.Form("basis"), Confirmed: c.Form("confirmed") != "",
		Delimiter: c.Form("delimiter"), DateForm: c.Form("date_form"), Thousands: c.Form("thousands"), Decimal: c.Form("decimal"), Out: c.Form("out"),
		OpeningLabel: c.Form("opening_label"), ClosingLabel: c.Form("closing_label"), AccountLabel: c.Form("account_label"),
		Header: c.Form("header_search"), Footer: c.Form("footer_words"), PassedOver: c.Form("skip_words"), Fee: c.Form("fee_words"), Other: c.Form("other_words"), Columns: map[string]string{}}
	for _, key := range bank.ColumnKeys() {
		f.Columns[key] = c.Form("columns." + key)
	}
	return f
}

func (f form) profile() (bank.Profile, error) {
	var wrong fault.Wrong
	p := bank.Profile{Code: f.Code, Name: f.Name, Basis: f.Basis, Confirmed: f.Confirmed, Mapping: bank.Mapping{Delimiter: meant(f.Delimiter),
		HeaderSearch: words(f.Header), Columns: map[string]string{}, DateForm: f.DateForm, Thousands: meant(f.Thousands), Decimal: meant(f.Decimal), Out: f.Out,
		OpeningLabel: f.OpeningLabel, ClosingLabel: f.ClosingLabel, FooterWords: words(f.Footer), SkipWords: words(f.PassedOver), FeeWords: words(f.Fee), OtherWords: words(f.Other), AccountLabel: f.AccountLabel}}
	for key, title := range f.Columns {
		if title != "" {
			p.Mapping.Columns[key] = title
		}
	}
	if f.SeenOn != "" {
		p.SeenOn = webkit.Day(&wrong, "seen_on", f.SeenOn)
	}
	return p, wrong.Err()
}

func words(text string) []string {
	list := []string{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// A space and a tab cannot be seen in a field.
func shown(mark string) string {
	switch mark {
	case " ":
		return "space"
	case "\t":
		return "tab"
	default:
		return mark
	}
}

func meant(mark string) string {
	switch mark {
	case "space":
		return " "
	case "tab":
		return "\t"
	default:
		return mark
	}
}
