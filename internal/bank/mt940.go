package bank

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"matbang/internal/day"
	"matbang/internal/fault"
)

// mtField is one field of a message, with the line of the file on which it begins.
type mtField struct {
	tag  string
	text []string
	at   int
}

var (
	mtTag     = regexp.MustCompile(`^:([0-9]{2}[A-Z]?):`)
	mtBalance = regexp.MustCompile(`^([CD])([0-9]{6})([A-Z]{3})([0-9]+[.,]?[0-9]*)$`)
	mtLine    = regexp.MustCompile(`^([0-9]{6})([0-9]{4})?(RC|RD|EC|ED|C|D)([A-Z])?([0-9]+[.,]?[0-9]*)([NFS][A-Z0-9]{3})?(.*)$`)
	mtTotal   = regexp.MustCompile(`^([0-9]+)([A-Z]{3})([0-9]+[.,]?[0-9]*)$`)
	mtMoney   = regexp.MustCompile(`^(.*?)[ ]?[A-Z]{3}$`)
)

// Limits of a message: what no bank writes.
const (
	maxMTLine  = 16 << 10
	maxMTLines = 200 // of one field
)

// mtReader goes through the messages of a file.
type mtReader struct {
	e       *emitter
	open    bool      // inside a statement
	waiting *Movement // its memo may follow
	days    [2]string // of the opening and closing balance
	awaits  bool      // the closing balance was an intermediate one: the next message carries the statement on
	ended   bool      // after the closing balance a :86: is about the statement, not about a line
	totals  [2]mtCount
}

// mtCount is a control total of :90C: or :90D:.
type mtCount struct {
	given bool
	count int
	sum   Exact
}

// readMT940 reads MT940: with or without the blocks of the network, several messages in a file, statements over several messages, reversals
// with the sign of their effect. Refuses: bank.mt_field with the line, bank.not_proved, bank.control_sum.
func readMT940(s source, e *emitter) error {
	text, err := s.text()
	if err != nil {
		return err
	}
	r := mtReader{e: e}
	if err := mtFields(text, r.field); err != nil {
		return err
	}
	if err := r.finish(); err != nil {
		return err
	}
	if e.statements == 0 {
		return fault.InvalidField("file", "bank.no_lines")
	}
	return nil
}

// mtFields cuts a file into fields. Headers and trailers of the network ({1:…}, -}) and the line that ends a message carry nothing we need.
func mtFields(in io.Reader, take func(mtField) error) error {
	scan := bufio.NewScanner(in)
	scan.Buffer(make([]byte, 0, maxMTLine), maxMTLine)
	scan.Split(anyLine)
	f, at := mtField{}, 0
	for scan.Scan() {
		at++
		line := scan.Text()
		if cut := strings.Index(line, "{4:"); cut >= 0 {
			line = line[cut+len("{4:"):]
		}
		if strings.HasPrefix(line, "-}") || line == "-" || strings.HasPrefix(line, "{") {
			continue
		}
		line = strings.TrimSuffix(line, "-}")
		if tag := mtTag.FindString(line); tag != "" {
			if err := takeField(f, take); err != nil {
				return err
			}
			f = mtField{tag[1 : len(tag)-1], []string{line[len(tag):]}, at}
		} else if f.tag != "" && line != "" {
			if f.text = append(f.text, line); len(f.text) > maxMTLines {
				return wrongField(f)
			}
		}
	}
	if err := scan.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			err = fault.InvalidField("file", "bank.row_unreadable", at+1)
		}
		return err
	}
	return takeField(f, take)
}

func takeField(f mtField, take func(mtField) error) error {
	if f.tag == "" {
		return nil
	}
	return take(f)
}

// anyLine cuts at \n, \r\n or \r alone: files come with each of them, sometimes with all.
func anyLine(data []byte, atEOF bool) (int, []byte, error) {
	at := bytes.IndexAny(data, "\r\n")
	switch {
	case at < 0 && atEOF && len(data) > 0:
		return len(data), data, nil
	case at < 0:
		return 0, nil, nil
	case data[at] == '\n':
		return at + 1, data[:at], nil
	case at+1 < len(data) && data[at+1] == '\n':
		return at + 2, data[:at], nil
	case at+1 == len(data) && !atEOF:
		return 0, nil, nil // a \n may follow
	default:
		return at + 1, data[:at], nil
	}
}

func (r *mtReader) field(f mtField) error {
	if f.tag == "20" {
		return r.begin()
	}
	if !r.open {
		return nil
	}
	switch f.tag {
	case "25", "25P":
		r.account(f.text[0])
	case "60F", "60M":
		return r.balance(f, true)
	case "62F", "62M":
		return r.balance(f, false)
	case "61":
		return r.line(f)
	case "86":
		r.memo(f)
	case "90C":
		return r.total(f, &r.totals[0])
	case "90D":
		return r.total(f, &r.totals[1])
	}
	return nil
}

// begin opens a statement, unless the message before was only a page of it.
func (r *mtReader) begin() error {
	r.ended = false
	if r.awaits {
		return nil
	}
	if err := r.finish(); err != nil {
		return err
	}
	r.open, r.e.head, r.days, r.totals = true, Head{}, [2]string{}, [2]mtCount{}
	return nil
}

// account takes the number after the bank's code; some banks set the currency behind it.
func (r *mtReader) account(text string) {
	if at := strings.LastIndexByte(text, '/'); at >= 0 {
		text = text[at+1:]
	}
	if m := mtMoney.FindStringSubmatch(strings.TrimSpace(text)); m != nil && strings.ContainsAny(m[1], "0123456789") {
		text = m[1]
	}
	r.e.head.Account = strings.TrimSpace(text)
}

func wrongField(f mtField) error {
	return fault.InvalidField("file", "bank.mt_field", f.at, ":"+f.tag+":", f.text[0])
}

func (r *mtReader) balance(f mtField, opening bool) error {
	m := mtBalance.FindStringSubmatch(strings.TrimSpace(f.text[0]))
	if m == nil {
		return wrongField(f)
	}
	on, err := mtDay(m[2])
	amount, ok := exact(m[4], m[1] == "D")
	if err != nil || !ok {
		return wrongField(f)
	}
	h := &r.e.head
	if h.Currency = first(h.Currency, m[3]); h.Currency != m[3] {
		return wrongField(f)
	}
	if opening {
		if h.opening == unknown {
			h.Opening, h.opening, r.days[0] = amount, stated, on.String()
		}
		r.awaits = false
		return nil
	}
	h.Closing, h.closing, r.days[1] = amount, stated, on.String()
	r.awaits, r.ended = f.tag == "62M", true
	return r.flush()
}

// mtDay reads a day of six digits; statements older than 1980 do not exist.
func mtDay(text string) (day.Date, error) {
	century := "20"
	if text >= "80" {
		century = "19"
	}
	return day.Parse(century + text[:2] + "-" + text[2:4] + "-" + text[4:6])
}

func (r *mtReader) line(f mtField) error {
	if err := r.flush(); err != nil {
		return err
	}
	m := mtLine.FindStringSubmatch(strings.TrimSpace(f.text[0]))
	if m == nil {
		return wrongField(f)
	}
	value, err := mtDay(m[1])
	if err != nil {
		return wrongField(f)
	}
	booked, err := entryDay(value, m[2])
	if err != nil {
		return wrongField(f)
	}
	r.ended = false
	if m[3] == "EC" || m[3] == "ED" { // expected, not booked; its memo goes with it
		r.e.head.LeftOut++
		return nil
	}
	amount, ok := exact(m[5], m[3] == "D" || m[3] == "RC")
	if !ok {
		return wrongField(f)
	}
	if amount.Sign() == 0 {
		return nil
	}
	own, bank, _ := strings.Cut(m[7], "//")
	own = strings.TrimSpace(own)
	if own == "NONREF" {
		own = ""
	}
	r.waiting = &Movement{Line: f.at, Day: booked, ValueDay: value, Amount: amount, Reference: squeeze(first(bank, own)),
		Description: squeeze(strings.Join(f.text[1:], " "))}
	return nil
}

// entryDay is the day of booking: month and day stand in the file, the year is that of the value day, or its neighbour at the turn of a year.
func entryDay(value day.Date, monthDay string) (day.Date, error) {
	if monthDay == "" {
		return value, nil
	}
	best, found := day.Date{}, false
	for _, year := range []int{value.Year(), value.Year() - 1, value.Year() + 1} {
		booked, err := day.Parse(fmt.Sprintf("%04d-%s-%s", year, monthDay[:2], monthDay[2:]))
		if err == nil && (!found || away(booked, value) < away(best, value)) { // 29 February stands in one year and not in the next
			best, found = booked, true
		}
	}
	if !found {
		return best, day.ErrForm
	}
	return best, nil
}

func away(a, b day.Date) int { return max(a.Sub(b), b.Sub(a)) }

// flush hands on the line whose memo is now whole.
func (r *mtReader) flush() error {
	if r.waiting == nil {
		return nil
	}
	m := *r.waiting
	r.waiting = nil
	return r.e.take(m)
}

func (r *mtReader) total(f mtField, into *mtCount) error {
	m := mtTotal.FindStringSubmatch(strings.TrimSpace(f.text[0]))
	if m == nil {
		return wrongField(f)
	}
	count, err := strconv.Atoi(m[1])
	amount, ok := exact(m[3], false)
	if err != nil || !ok {
		return wrongField(f)
	}
	*into = mtCount{true, count, amount}
	return nil
}

func (r *mtReader) finish() error {
	if !r.open {
		return nil
	}
	if err := r.flush(); err != nil {
		return err
	}
	r.open, r.awaits = false, false
	h := &r.e.head
	if !h.hasOpening() && !h.hasClosing() && h.Lines == 0 {
		return nil
	}
	h.span("", "", r.days[0], r.days[1])
	if err := h.prove(); err != nil {
		return err
	}
	for at, have := range []mtCount{{true, r.e.credits, h.Credits}, {true, r.e.debits, h.Debits}} {
		if want := r.totals[at]; want.given && (want.count != have.count || !want.sum.Is(have.sum)) {
			return fault.InvalidField("file", "bank.control_sum", want.String(), have.String())
		}
	}
	return r.e.end()
}

func (c mtCount) String() string { return fmt.Sprintf("%d / %s", c.count, c.sum) }
