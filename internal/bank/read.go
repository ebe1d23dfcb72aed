package bank

import (
	"errors"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"matbang/internal/fault"
)

// ReadFile reads a file of any format, statement by statement and line by line, and proves each. Profiles are for tables only: with one, the file is
// read by it; with several, by the only one whose header the file has. It answers the profile that was used.
// Refuses: what cannot be read or does not prove, with the place; bank.no_profile_fits; bank.choose_profile when several fit.
func ReadFile(f File, profiles []Profile, to Taker) (Format, Profile, error) {
	s, err := look(f)
	if err != nil {
		return s.format, Profile{}, err
	}
	return s.read(profiles, to)
}

func (s source) read(profiles []Profile, to Taker) (Format, Profile, error) {
	e := &emitter{to: to}
	switch s.format {
	case Camt:
		return s.format, Profile{}, readCamt(s, e)
	case MT940:
		return s.format, Profile{}, readMT940(s, e)
	case oldXL:
		return s.format, Profile{}, fault.InvalidField("file", "bank.old_workbook")
	}
	sheets, err := s.open()
	if err != nil {
		return s.format, Profile{}, err
	}
	defer sheets.close()
	fits, err := choose(sheets, profiles)
	if err != nil {
		return s.format, Profile{}, err
	}
	if len(fits) > 1 {
		if fits, err = proving(sheets, fits); err != nil {
			return s.format, Profile{}, err
		}
	}
	return s.format, fits[0].profile, fits[0].read(sheets, e)
}

// proving leaves the one fit by which a file proves itself: of two that differ only in which side is money out, its balances know. When several
// prove, a person is asked; when none does, the first says why.
func proving(in sheets, fits []fit) ([]fit, error) {
	var proved []fit
	var refused error
	for _, f := range fits {
		if err := f.read(in, &emitter{to: nobody{}}); err == nil {
			proved = append(proved, f)
		} else if refused == nil {
			refused = err
		}
	}
	switch len(proved) {
	case 0:
		return nil, refused
	case 1:
		return proved, nil
	}
	codes := make([]string, 0, len(proved))
	for _, f := range proved {
		codes = append(codes, f.profile.Code)
	}
	return nil, fault.InvalidField("profile", "bank.choose_profile", strings.Join(codes, ", "))
}

// nobody takes nothing.
type nobody struct{}

func (nobody) Begin(Head) error    { return nil }
func (nobody) Take(Movement) error { return nil }
func (nobody) End(Head) error      { return nil }

// read reads the sheet in which the header was found, and those after it that have the same header.
func (f fit) read(in sheets, e *emitter) error {
	for sheet := f.sheet; sheet < in.count(); sheet++ {
		if head, err := in.head(sheet, f.delimiter); err != nil || !f.profile.heads(head) {
			continue
		}
		rows, err := in.rows(sheet, f.delimiter)
		if err != nil {
			return err
		}
		err = readTable(rows, f.profile.Mapping, e)
		rows.close()
		if err != nil {
			return err
		}
	}
	return nil
}

// heads tells whether one of the first rows is the header of a profile.
func (p Profile) heads(head [][]string) bool {
	return slices.ContainsFunc(head, func(row []string) bool { return hasAll(row, p.Mapping.HeaderSearch) })
}

// fit is a profile that fits a sheet of a file.
type fit struct {
	profile   Profile
	sheet     int
	delimiter rune
}

// choose finds the profiles whose header stands in the first rows. One that asks for more titles says more, so it goes before a shorter one.
func choose(in sheets, profiles []Profile) ([]fit, error) {
	var fits []fit
	most := 0
	for _, p := range profiles {
		f, ok, err := fitting(in, p)
		if err != nil {
			return nil, err
		}
		if ok {
			fits = append(fits, f)
			most = max(most, len(p.Mapping.HeaderSearch))
		}
	}
	if len(fits) == 0 {
		return nil, noFit(profiles)
	}
	return slices.DeleteFunc(fits, func(f fit) bool { return len(f.profile.Mapping.HeaderSearch) < most }), nil
}

func noFit(profiles []Profile) error {
	if len(profiles) == 1 {
		return fault.InvalidField("file", "bank.no_header", strings.Join(profiles[0].Mapping.HeaderSearch, ", "))
	}
	return ErrNoProfileFits
}

func fitting(in sheets, p Profile) (fit, bool, error) {
	for sheet := range in.count() {
		for _, delimiter := range in.delimiters(p.Mapping.Delimiter) {
			head, err := in.head(sheet, delimiter)
			if err != nil {
				return fit{}, false, err
			}
			if p.heads(head) {
				return fit{p, sheet, delimiter}, true, nil
			}
		}
	}
	return fit{}, false, nil
}

// plain brings a cell to one form for comparing words: case and runs of spaces do not count.
func plain(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFC.String(s)), " "))
}

func squeeze(s string) string {
	for i := range len(s) { // most cells have nothing to squeeze
		c := s[i]
		if c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f' || c >= 0x80 || c == ' ' && (i == 0 || i == len(s)-1 || s[i+1] == ' ') {
			return strings.Join(strings.Fields(s), " ")
		}
	}
	return s
}

// hasAll asks for each word as a cell of its own: a title above the table that merely contains them is no header.
func hasAll(row, words []string) bool {
	for _, w := range words {
		if column(row, w) < 0 {
			return false
		}
	}
	return len(words) > 0
}

func columnsOf(row []string, titles map[string]string) map[string]int {
	columns := map[string]int{}
	for key, title := range titles {
		if at := column(row, title); at >= 0 {
			columns[key] = at
		}
	}
	return columns
}

// column finds a title, alone or followed by its translation: "Ghi nợ", "Ghi nợ (Debit)", "Ghi nợ/Debit". Other wordings of a title stand
// behind a bar: "Số CT|Số chứng từ".
func column(row []string, titles string) int {
	for want := range strings.SplitSeq(titles, "|") {
		want = plain(want)
		if want == "" {
			continue
		}
		for at, cell := range row {
			if cell == "" {
				continue
			}
			if rest, found := strings.CutPrefix(plain(cell), want); found && (rest == "" || strings.ContainsAny(strings.TrimSpace(rest)[:1], "(/")) {
				return at
			}
		}
	}
	return -1
}

// missingColumn is the title of a column without which no line can be read.
func missingColumn(columns map[string]int, m Mapping) string {
	for _, key := range m.needed() {
		if _, found := columns[key]; !found {
			if title := m.Columns[key]; title != "" {
				return title
			}
			return key
		}
	}
	return ""
}

// needed are the columns without which no line can be read.
func (m Mapping) needed() []string {
	if m.Out == outNegative {
		return []string{"day", "amount"}
	}
	return []string{"day", "debit", "credit"}
}

// asFault is an error as a refusal, for readers that pass on what the file's own bytes made them fail with.
func asFault(err error, otherwise error) error {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f
	}
	return otherwise
}
