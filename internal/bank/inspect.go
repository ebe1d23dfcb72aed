package bank

import (
	"errors"
	"strconv"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

// Inspection is a file as it was read, in the shape of `statement inspect --json`. Amounts are exact decimal texts, positive for money in
// and negative for money out; a balance that the file does not state is null.
type Inspection struct {
	Format     string      `json:"format"`
	Profile    string      `json:"profile"`
	Statements []Inspected `json:"statements"`
}

// Inspected is one statement of a file.
type Inspected struct {
	Account  string          `json:"account"`
	Currency string          `json:"currency"`
	From     day.Date        `json:"from"`
	To       day.Date        `json:"to"`
	Opening  *string         `json:"opening"`
	Closing  *string         `json:"closing"`
	Lines    []InspectedLine `json:"lines"`
}

// InspectedLine is one movement of a file. Kind is debit for money out and credit for money in.
type InspectedLine struct {
	Line                int      `json:"line"`
	Day                 day.Date `json:"day"`
	ValueDay            day.Date `json:"value_day"`
	Amount              string   `json:"amount"`
	Reference           string   `json:"reference"`
	Description         string   `json:"description"`
	Counterparty        string   `json:"counterparty"`
	CounterpartyAccount string   `json:"counterparty_account"`
	Kind                string   `json:"kind"`
}

// Inspect reads a file by each profile until one fits, and writes nothing. It refuses with the faults of the profile whose header the file
// has, because those say most; bank.no_profile_fits when no header is known.
func Inspect(content []byte, profiles []Profile) (Inspection, error) {
	format := formatOf(content)
	if format == Camt || format == MT940 {
		statements, err := exactly(format, content)
		return Inspection{Format: string(format), Statements: statements}, err
	}
	var nearest error
	for _, p := range profiles {
		all, err := tabular(format, content, p.Mapping)
		if err == nil {
			return Inspection{Format: tableName(format), Profile: p.Code, Statements: inspectedAll(all)}, nil
		}
		if nearest == nil && !headerUnknown(err) {
			nearest = err
		}
	}
	if nearest != nil {
		return Inspection{}, nearest
	}
	return Inspection{}, ErrNoProfileFits
}

// tableName is what the face of the program calls a table's format: a page that calls itself a workbook counts as one.
func tableName(f Format) string {
	if f == CSV {
		return string(CSV)
	}
	return string(XLSX)
}

func inspectedAll(all []Parsed) []Inspected {
	statements := make([]Inspected, 0, len(all))
	for _, p := range all {
		statements = append(statements, inspected(p))
	}
	return statements
}

func headerUnknown(err error) bool {
	var f *fault.Fault
	return errors.As(err, &f) && len(f.Fields) == 1 && (f.Fields[0].Code == "bank.no_header" || f.Fields[0].Code == "bank.row_unreadable")
}

func inspected(p Parsed) Inspected {
	s := Inspected{Account: p.Account, Currency: p.Currency, From: p.From, To: p.To, Lines: make([]InspectedLine, 0, len(p.Lines))}
	if p.opening == stated {
		s.Opening = decimal(p.Opening)
	}
	if p.closing == stated {
		s.Closing = decimal(p.Closing)
	}
	for _, l := range p.Lines {
		kind := "credit"
		if l.Amount < 0 {
			kind = "debit"
		}
		s.Lines = append(s.Lines, InspectedLine{Line: l.LineNo, Day: l.Day, ValueDay: l.ValueDay, Amount: *decimal(l.Amount), Reference: l.Reference,
			Description: l.Description, Counterparty: l.Counterparty, CounterpartyAccount: l.CounterpartyAccount, Kind: kind})
	}
	return s
}

func decimal(a vnd.Amount) *string {
	text := strconv.FormatInt(int64(a), 10)
	return &text
}
