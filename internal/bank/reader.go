package bank

import (
	"fmt"
	"strings"
	"time"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

// What a profile may call money out.
const (
	outCredit   = "credit"
	outNegative = "negative"
)

// reader goes through the rows of one file.
type reader struct {
	m       Mapping
	columns map[string]int
	rows    [][]string
	header  int
	out     Parsed
	running []balance // one for each line of out
	wrong   fault.Wrong
	faults  int
}

// balance is what the file says stood on the account after a line.
type balance struct {
	amount vnd.Amount
	text   string
	given  bool
}

func (r *reader) fail(row int, code string, args ...any) {
	if r.faults++; r.faults <= maxFaultsTold {
		r.wrong.Add(fmt.Sprintf("row %d", row+1), code, append([]any{row + 1}, args...)...)
	}
}

// about looks above the table for whose account it is and in which currency.
func (r *reader) about() {
	r.out.Currency = "VND"
	for _, row := range r.rows[:r.header] {
		if text := beside(row, accountLabels(r.m)); text != "" && r.out.Account == "" {
			r.out.Account = text
		}
		if text := strings.ToUpper(beside(row, []string{"Loại tiền", "Loại tiền tệ", "Tiền tệ", "Currency"})); len(text) == 3 {
			r.out.Currency = text
		}
	}
}

func accountLabels(m Mapping) []string {
	if m.AccountLabel != "" {
		return []string{m.AccountLabel}
	}
	return []string{"Số tài khoản", "Số TK", "Tài khoản", "Account number", "Account"}
}

// beside reads "label: value" in one cell, or the first cell after the label. "Số tài khoản cũ" is another label than "Số tài khoản".
func beside(row, labels []string) string {
	for at, cell := range row {
		name, value, _ := strings.Cut(cell, ":")
		for _, label := range labels {
			if column([]string{name}, label) < 0 {
				continue
			}
			for _, text := range append([]string{value}, row[at+1:]...) {
				if text = strings.TrimSpace(text); text != "" {
					return text
				}
			}
		}
	}
	return ""
}

// balances looks for the opening and closing balance anywhere in the file: above the table, as its first row, or under it.
func (r *reader) balances() {
	for i, row := range r.rows {
		if i == r.header || i > r.header && r.isMovement(row) {
			continue
		}
		if amount, ok := r.labelled(row, r.m.OpeningLabel, r.m.ClosingLabel); ok && r.out.opening == unknown {
			r.out.Opening, r.out.opening = amount, stated
		}
		if amount, ok := r.labelled(row, r.m.ClosingLabel, r.m.OpeningLabel); ok {
			r.out.Closing, r.out.closing = amount, stated
		}
	}
}

// isMovement tells a line of the account from everything else in the table: it has a day of its own.
func (r *reader) isMovement(row []string) bool {
	_, err := r.day(r.cell(row, "day"))
	return err == nil
}

// labelled reads the amount that stands behind a label: in its own cell, or the last one of the row before another label.
func (r *reader) labelled(row []string, label, other string) (found vnd.Amount, ok bool) {
	inside := false
	for _, cell := range row {
		text := plain(cell)
		switch {
		case label != "" && strings.Contains(text, plain(label)):
			inside = true
			text = text[strings.Index(text, plain(label))+len(plain(label)):]
			if at := strings.LastIndexByte(text, ':'); at >= 0 {
				text = text[at+1:]
			}
		case other != "" && strings.Contains(text, plain(other)):
			inside = false
		}
		if !inside {
			continue
		}
		if amount, err := r.amount(text); err == nil {
			found, ok = amount, true
		}
	}
	return found, ok
}

func (r *reader) lines() {
	for i := r.header + 1; i < len(r.rows); i++ {
		row := r.rows[i]
		switch {
		case empty(row) || starts(row, r.m.SkipWords):
		case starts(row, r.m.FooterWords):
			r.checkTotals(i, row)
			return
		case r.isBalanceRow(row):
		case r.continues(row):
			last := &r.out.Lines[len(r.out.Lines)-1]
			last.Description = squeeze(last.Description + " " + r.cell(row, "description"))
		default:
			r.take(i, row)
		}
	}
}

func (r *reader) isBalanceRow(row []string) bool {
	_, opening := r.labelled(row, r.m.OpeningLabel, r.m.ClosingLabel)
	_, closing := r.labelled(row, r.m.ClosingLabel, r.m.OpeningLabel)
	return (opening || closing) && (r.cell(row, "day") == "" || starts(row, []string{r.m.OpeningLabel, r.m.ClosingLabel}))
}

// continues tells a row that only carries on the text of the line above: banks wrap long memos, even inside a word.
func (r *reader) continues(row []string) bool {
	for _, key := range []string{"day", "debit", "credit", "amount", "balance", "reference"} {
		if r.cell(row, key) != "" {
			return false
		}
	}
	return len(r.out.Lines) > 0 && r.cell(row, "description") != ""
}

func empty(row []string) bool { return strings.TrimSpace(strings.Join(row, "")) == "" }

// starts asks whether the first filled cell of a row begins with one of the words.
func starts(row, words []string) bool {
	for _, cell := range row {
		text := plain(cell)
		if text == "" {
			continue
		}
		for _, w := range words {
			if plain(w) != "" && strings.HasPrefix(text, plain(w)) {
				return true
			}
		}
		return false
	}
	return false
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func (r *reader) cell(row []string, key string) string {
	at, ok := r.columns[key]
	if !ok || at >= len(row) {
		return ""
	}
	return strings.TrimSpace(row[at])
}

// take reads one line; what cannot be read is told with its row.
func (r *reader) take(i int, row []string) {
	l := Line{LineNo: i + 1, Reference: squeeze(r.cell(row, "reference")), Description: squeeze(r.cell(row, "description")),
		Counterparty: squeeze(r.cell(row, "counterparty")), CounterpartyAccount: squeeze(r.cell(row, "counterparty_account"))}
	var err error
	if l.Day, err = r.day(r.cell(row, "day")); err != nil {
		r.fail(i, "bank.day", r.cell(row, "day"), r.m.DateForm)
		return
	}
	if l.ValueDay, err = r.day(r.cell(row, "value_day")); err != nil {
		l.ValueDay = l.Day
	}
	if l.Amount, err = r.movement(row); err != nil || l.Amount == 0 {
		r.fail(i, "bank.amount", squeeze(r.cell(row, "debit")+" "+r.cell(row, "credit")+" "+r.cell(row, "amount")))
		return
	}
	b := balance{text: r.cell(row, "balance")}
	if b.text != "" {
		if b.amount, err = r.amount(b.text); err != nil {
			r.fail(i, "bank.balance", b.text)
			return
		}
		b.given = true
	}
	r.add(i, l, b)
}

func (r *reader) add(i int, l Line, b balance) {
	p := &r.out
	if l.Amount > 0 {
		p.Credits += l.Amount
	} else {
		p.Debits -= l.Amount
	}
	if p.Credits > vnd.Max || p.Debits > vnd.Max {
		r.fail(i, "bank.amount", l.Amount.String())
		p.Credits, p.Debits = 0, 0
		return
	}
	if p.From.IsZero() || l.Day.Before(p.From) {
		p.From = l.Day
	}
	if l.Day.After(p.To) {
		p.To = l.Day
	}
	p.Lines, r.running = append(p.Lines, l), append(r.running, b)
}

// movement is the signed amount. The profile says which column is money out: the word debit alone decides nothing, because the
// treasury writes from its own side.
func (r *reader) movement(row []string) (vnd.Amount, error) {
	if r.m.Out == outNegative {
		return r.amount(r.cell(row, "amount"))
	}
	debit, err := r.optional(r.cell(row, "debit"))
	if err != nil {
		return 0, err
	}
	credit, err := r.optional(r.cell(row, "credit"))
	if err != nil {
		return 0, err
	}
	if debit != 0 && credit != 0 {
		return 0, vnd.ErrForm
	}
	if r.m.Out == outCredit {
		return debit - credit, nil
	}
	return credit - debit, nil
}

func (r *reader) optional(text string) (vnd.Amount, error) {
	if text == "" || text == "-" {
		return 0, nil
	}
	return r.amount(text)
}

// amount reads a number by the profile's marks. Decimals must be one or two zeros, because đồng have none: three would rather be a
// file that groups thousands by the other mark.
func (r *reader) amount(text string) (vnd.Amount, error) {
	s := strings.NewReplacer("\u2212", "-", "\u00a0", " ").Replace(strings.ToLower(text))
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(s), "vnd"), "đ"))
	if inner, found := strings.CutPrefix(s, "("); found && strings.HasSuffix(inner, ")") {
		s = "-" + strings.TrimSuffix(inner, ")")
	}
	s = strings.TrimPrefix(s, "+")
	if r.m.Decimal != "" {
		whole, decimals, found := strings.Cut(s, r.m.Decimal)
		if found && decimals != "0" && decimals != "00" {
			return 0, vnd.ErrSecond
		}
		s = whole
	}
	if r.m.Thousands != "" && r.m.Thousands != "." {
		s = strings.ReplaceAll(s, r.m.Thousands, ".")
	}
	return vnd.Parse(s)
}

// day reads by the profile's form. Other forms that put the day first, and yyyy-mm-dd, are read too; month first only when the profile says so.
func (r *reader) day(text string) (day.Date, error) {
	first, _, _ := strings.Cut(squeeze(text), " ")
	if d, ok := serialDay(first); ok {
		return d, nil
	}
	if strings.HasPrefix(r.m.DateForm, "mm") {
		t, err := time.Parse(strings.NewReplacer("mm", "1", "dd", "2", "yyyy", "2006").Replace(r.m.DateForm), first)
		if err != nil {
			return day.Date{}, day.ErrForm
		}
		return day.Parse(t.Format(time.DateOnly))
	}
	return day.Parse(first)
}
