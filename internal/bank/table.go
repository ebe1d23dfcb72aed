package bank

import (
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"matbang/internal/day"
	"matbang/internal/fault"
)

// table reads the statements of a table, one after the other: rows above a header, lines, what stands under them. It keeps one line back,
// because the row below may only carry its text on, and rows that may be the head of the next statement.
type table struct {
	m       Mapping
	words   words
	read    cells // how numbers and days are written
	columns map[string]int
	e       *emitter
	state   tableState
	held    []heldRow
	waiting *Movement // its text may go on
	run     running
	closed  bool // a closing balance stood among the lines
	period  [2]day.Date
	wrong   fault.Wrong
	faults  int
}

type tableState int

const (
	above tableState = iota // before the first header
	lines                   // among the lines
	under                   // after a row of totals
)

type heldRow struct {
	row    []string
	number int
}

// words are the words of a mapping in the form in which they are compared.
type words struct {
	skip, footer, opening, closing []string
	account                        []string
}

func plainAll(texts ...string) []string {
	var out []string
	for _, text := range texts {
		for part := range strings.SplitSeq(text, "|") {
			if part = plain(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}

// readTable reads every statement of a table by a mapping.
func readTable(in rows, m Mapping, e *emitter) error {
	t := table{m: m, e: e, read: cellsOf(m), words: words{skip: plainAll(m.SkipWords...), footer: plainAll(m.FooterWords...),
		opening: plainAll(m.OpeningLabel), closing: plainAll(m.ClosingLabel), account: accountLabels(m)}}
	for {
		row, number, err := in.next()
		if errors.Is(err, io.EOF) {
			return t.end()
		}
		if err != nil {
			return err
		}
		if err := t.row(row, number); err != nil {
			return err
		}
	}
}

func (t *table) fail(row int, code string, args ...any) {
	if t.faults++; t.faults <= maxFaultsTold {
		t.wrong.Add("row "+strconv.Itoa(row), code, append([]any{row}, args...)...)
	}
}

func (t *table) row(row []string, number int) error {
	movement := t.state != above && t.isMovement(row)
	switch {
	case !movement && hasAll(row, t.m.HeaderSearch):
		return t.header(row, number)
	case t.state == above:
		return t.hold(row, number)
	case len(t.held) > 0 && !movement:
		return t.hold(row, number)
	case len(t.held) > 0:
		if err := t.release(); err != nil {
			return err
		}
	case !movement && beside(row, t.words.account) != "":
		return t.hold(row, number) // perhaps the head of the next statement
	}
	return t.inside(row, number, movement)
}

// hold keeps a row of what may be a head. When no header follows it was none.
func (t *table) hold(row []string, number int) error {
	if len(t.held) >= headerWithin {
		if t.state == above {
			return fault.InvalidField("file", "bank.no_header", strings.Join(t.m.HeaderSearch, ", "))
		}
		if err := t.release(); err != nil {
			return err
		}
		return t.inside(row, number, false)
	}
	t.held = append(t.held, heldRow{append([]string(nil), row...), number})
	return nil
}

func (t *table) release() error {
	held := t.held
	t.held = nil
	for _, h := range held {
		if err := t.inside(h.row, h.number, false); err != nil {
			return err
		}
	}
	return nil
}

// header begins a statement, unless it is only the header printed again on the next page.
func (t *table) header(row []string, number int) error {
	if t.state == lines && len(t.held) == 0 && !t.closed {
		return nil
	}
	if t.state == lines || t.state == under {
		if err := t.finish(); err != nil {
			return err
		}
	}
	t.columns, t.state, t.closed = columnsOf(row, t.m.Columns), lines, false
	if missing := missingColumn(t.columns, t.m); missing != "" {
		return fault.InvalidField("file", "bank.no_column", number, missing)
	}
	t.run, t.period = running{}, [2]day.Date{}
	t.e.head = Head{Currency: "VND"}
	t.about()
	for _, h := range t.held {
		t.balances(h.row)
	}
	t.held = nil
	t.run.from(t.e.head)
	return nil
}

// inside takes a row of the table or under it.
func (t *table) inside(row []string, number int, movement bool) error {
	if t.state == under {
		t.balances(row)
		return nil
	}
	lead := leading(row)
	switch {
	case lead == "" || hasPrefix(lead, t.words.skip):
	case hasPrefix(lead, t.words.footer):
		if err := t.flush(); err != nil {
			return err
		}
		t.balances(row)
		t.checkTotals(number, row)
		t.state = under
	case (!movement || hasPrefix(lead, t.words.opening) || hasPrefix(lead, t.words.closing)) && t.balances(row):
		t.closed = t.closed || behind(lead, t.words.closing) >= 0
	case movement:
		return t.take(row, number)
	case t.continues(row):
		t.waiting.Description = squeeze(t.waiting.Description + " " + t.cell(row, "description"))
	case t.saysNothing(row):
	default:
		return t.take(row, number) // tells what is wrong with it
	}
	return nil
}

// isMovement tells a line of the account from everything else in the table: it has a day of its own.
func (t *table) isMovement(row []string) bool {
	_, err := t.read.day(t.cell(row, "day"))
	return err == nil
}

// continues tells a row that only carries on the text of the line above: banks wrap long memos, even inside a word.
func (t *table) continues(row []string) bool {
	if t.waiting == nil || t.cell(row, "description") == "" {
		return false
	}
	for _, key := range []string{"day", "debit", "credit", "amount", "balance", "reference"} {
		if t.cell(row, key) != "" {
			return false
		}
	}
	return true
}

var numberingForm = regexp.MustCompile(`^\(?[0-9]{1,2}\)?$`)

// saysNothing tells rows that are no line whatever they are: no amount at all, or the numbers of the columns under their titles.
func (t *table) saysNothing(row []string) bool {
	amounts := t.cell(row, "debit") + t.cell(row, "credit") + t.cell(row, "amount") + t.cell(row, "balance")
	if amounts == "" {
		return true
	}
	numbers := 0
	for _, cell := range row {
		if cell = strings.TrimSpace(cell); cell == "" {
			continue
		}
		if !numberingForm.MatchString(cell) {
			return false
		}
		numbers++
	}
	return numbers > 2 && t.e.head.Lines == 0 && t.waiting == nil
}

func (t *table) cell(row []string, key string) string {
	at, ok := t.columns[key]
	if !ok || at >= len(row) {
		return ""
	}
	return strings.TrimSpace(row[at])
}

// take reads one line; what cannot be read is told with its row.
func (t *table) take(row []string, number int) error {
	if err := t.flush(); err != nil {
		return err
	}
	m := Movement{Line: number, Reference: squeeze(t.cell(row, "reference")), Description: squeeze(t.cell(row, "description")),
		Counterparty: squeeze(t.cell(row, "counterparty")), CounterpartyAccount: squeeze(t.cell(row, "counterparty_account"))}
	var err error
	if m.Day, err = t.read.day(t.cell(row, "day")); err != nil {
		t.fail(number, "bank.day", t.cell(row, "day"), t.m.DateForm)
		return nil
	}
	if m.ValueDay, err = t.read.day(t.cell(row, "value_day")); err != nil {
		m.ValueDay = m.Day
	}
	if m.Amount, err = t.movement(row); err != nil || m.Amount.Sign() == 0 {
		t.fail(number, "bank.amount", squeeze(t.cell(row, "debit")+" "+t.cell(row, "credit")+" "+t.cell(row, "amount")))
		return nil
	}
	b := balance{text: t.cell(row, "balance")}
	if b.text != "" {
		if b.amount, err = t.read.amount(b.text, t.e.head.Currency); err != nil {
			t.fail(number, "bank.balance", b.text)
			return nil
		}
		b.given = true
	}
	t.run.follow(m, b)
	t.waiting = &m
	return nil
}

// flush hands on the line whose text is now whole.
func (t *table) flush() error {
	if t.waiting == nil {
		return nil
	}
	m := *t.waiting
	t.waiting = nil
	if t.faults > 0 { // the file is refused anyway; it is read on only to tell its other faults
		return nil
	}
	return t.e.take(m)
}

// movement is the signed amount. The profile says which column is money out: the word debit alone decides nothing, because the
// treasury writes from its own side.
func (t *table) movement(row []string) (Exact, error) {
	in := t.e.head.Currency
	if t.m.Out == outNegative {
		return t.read.amount(t.cell(row, "amount"), in)
	}
	debit, err := t.read.optional(t.cell(row, "debit"), in)
	if err != nil {
		return Exact{}, err
	}
	credit, err := t.read.optional(t.cell(row, "credit"), in)
	if err != nil {
		return Exact{}, err
	}
	if debit.Sign() != 0 && credit.Sign() != 0 {
		return Exact{}, errOnBothSides
	}
	if t.m.Out == outCredit {
		return debit.Sub(credit), nil
	}
	return credit.Sub(debit), nil
}

// checkTotals compares a total row ("Tổng", "Cộng phát sinh") with the lines above it.
func (t *table) checkTotals(number int, row []string) {
	if t.m.Out == outNegative || t.faults > 0 || t.cell(row, "debit") == "" || t.cell(row, "credit") == "" {
		return
	}
	debit, err1 := t.read.amount(t.cell(row, "debit"), t.e.head.Currency)
	credit, err2 := t.read.amount(t.cell(row, "credit"), t.e.head.Currency)
	if err1 != nil || err2 != nil {
		return
	}
	out, in := debit, credit
	if t.m.Out == outCredit {
		out, in = credit, debit
	}
	if h := t.e.head; !out.Is(h.Debits) || !in.Is(h.Credits) {
		t.fail(number, "bank.totals", figure(out), figure(in), figure(h.Debits), figure(h.Credits))
	}
}

func (t *table) end() error {
	if t.state == above {
		return fault.InvalidField("file", "bank.no_header", strings.Join(t.m.HeaderSearch, ", "))
	}
	if err := t.release(); err != nil {
		return err
	}
	return t.finish()
}

// finish checks what a statement says about itself: running balances, then what the emitter proves.
func (t *table) finish() error {
	if err := t.flush(); err != nil {
		return err
	}
	h := &t.e.head
	if h.Lines == 0 && t.faults == 0 {
		if t.period[0].IsZero() || t.period[1].IsZero() || !h.hasOpening() || !h.hasClosing() {
			return fault.InvalidField("file", "bank.no_lines")
		}
		h.From, h.To = t.period[0], t.period[1] // a month in which nothing moved
	}
	if t.faults == 0 {
		for _, b := range t.run.finish(h) {
			t.fail(b.row, "bank.running", b.text, figure(b.want))
		}
	}
	if err := t.wrong.Err(); err != nil {
		return err
	}
	return t.e.end()
}
