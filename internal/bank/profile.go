package bank

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"matbang/internal/fault"
)

var profileForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{1,39}$`)

// What a mapping may say.
const (
	columnKeys = "day value_day reference debit credit amount balance description counterparty counterparty_account"
	dateForms  = "dd/mm/yyyy dd-mm-yyyy dd.mm.yyyy yyyy-mm-dd mm/dd/yyyy"
	marks      = ".,' "
	mostWords  = 40
)

// DateForms are the ways of writing a day that a profile may name.
func DateForms() []string { return strings.Fields(dateForms) }

// ColumnKeys are what a column may hold.
func ColumnKeys() []string { return strings.Fields(columnKeys) }

// Check refuses a profile that could read no file: code of small letters, digits and signs; a name; titles to find the header by; the columns
// that its money out needs; marks that differ; a known form of days.
func (p Profile) Check() error {
	var w fault.Wrong
	p.against(&w)
	return w.Err()
}

func (p Profile) against(w *fault.Wrong) {
	m := p.Mapping
	w.Check(profileForm.MatchString(p.Code), "code", "bank.profile_code")
	w.Check(strings.TrimSpace(p.Name) != "" && len(p.Name) <= 200, "name", "required")
	w.Check(someWords(m.HeaderSearch), "header_search", "bank.profile_header")
	w.Check(slices.Contains([]string{outDebit, outCredit, outNegative}, m.Out), "out", "bank.profile_out")
	for _, key := range m.needed() {
		w.Check(plain(m.Columns[key]) != "", "columns."+key, "required")
	}
	for key, title := range m.Columns {
		w.Check(slices.Contains(ColumnKeys(), key) && len(title) <= 500, "columns."+key, "bank.profile_column", key)
	}
	w.Check(m.DateForm == "" || slices.Contains(DateForms(), m.DateForm), "date_form", "bank.profile_date", strings.Join(DateForms(), ", "))
	w.Check(mark(m.Thousands) && (m.Thousands == "" || m.Thousands != m.Decimal), "thousands", "bank.profile_mark")
	w.Check(mark(m.Decimal), "decimal", "bank.profile_mark")
	w.Check(utf8.RuneCountInString(m.Delimiter) <= 1 && !strings.ContainsAny(m.Delimiter, "\"\r\n\x00"), "delimiter", "bank.profile_mark")
	for name, list := range map[string][]string{"footer_words": m.FooterWords, "skip_words": m.SkipWords, "fee_words": m.FeeWords, "other_words": m.OtherWords} {
		w.Check(len(list) <= mostWords, name, "bank.profile_words", mostWords)
	}
}

func someWords(words []string) bool {
	return len(words) > 0 && len(words) <= mostWords && !slices.ContainsFunc(words, func(word string) bool { return plain(word) == "" })
}

func mark(text string) bool { return text == "" || len(text) == 1 && strings.Contains(marks, text) }
