package bank

import (
	"fmt"
	"math/big"
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
	mtCoded   = regexp.MustCompile(`^[0-9]{3}([^0-9A-Za-z ])[0-9]{2}`)
	mtSlashed = regexp.MustCompile(`/([A-Z]{3,4})/`)
	mtMoney   = regexp.MustCompile(`^(.*?)[ ]?[A-Z]{3}$`)
)

// mtReader goes through the messages of a file.
type mtReader struct {
	out     []Inspected
	s       *Inspected
	days    [2]string // of the opening and closing balance
	awaits  bool      // the closing balance was an intermediate one: the next message carries the statement on
	ended   bool      // after the closing balance a :86: is about the statement, not about a line
	credits mtCount
	debits  mtCount
}

// mtCount is a control total of :90C: or :90D:.
type mtCount struct {
	given bool
	count int
	sum   string
}

// readMT940 reads MT940: with or without the blocks of the network, several messages in a file, statements over several messages, reversals
// with the sign of their effect. Refuses: bank.mt_field with the line, bank.not_proved, bank.control_sum.
func readMT940(text string) ([]Inspected, error) {
	r := mtReader{}
	for _, f := range mtFields(text) {
		if err := r.field(f); err != nil {
			return nil, err
		}
	}
	if err := r.finish(); err != nil {
		return nil, err
	}
	if len(r.out) == 0 {
		return nil, fault.InvalidField("file", "bank.no_lines")
	}
	return r.out, nil
}

// mtFields cuts a file into fields. Headers and trailers of the network ({1:…}, -}) and the line that ends a message carry nothing we need.
func mtFields(text string) []mtField {
	var fields []mtField
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if at := strings.Index(line, "{4:"); at >= 0 {
			line = line[at+len("{4:"):]
		}
		if strings.HasPrefix(line, "-}") || line == "-" || strings.HasPrefix(line, "{") {
			continue
		}
		line = strings.TrimSuffix(line, "-}")
		if tag := mtTag.FindStringSubmatch(line); tag != nil {
			fields = append(fields, mtField{tag[1], []string{line[len(tag[0]):]}, i + 1})
		} else if n := len(fields); n > 0 && line != "" {
			fields[n-1].text = append(fields[n-1].text, line)
		}
	}
	return fields
}

func (r *mtReader) field(f mtField) error {
	if f.tag == "20" {
		return r.begin()
	}
	if r.s == nil {
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
		return r.total(f, &r.credits)
	case "90D":
		return r.total(f, &r.debits)
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
	r.s, r.days, r.credits, r.debits = &Inspected{Lines: []InspectedLine{}}, [2]string{}, mtCount{}, mtCount{}
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
	r.s.Account = strings.TrimSpace(text)
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
	r.s.Currency = m[3]
	if opening {
		if r.s.Opening == nil {
			r.s.Opening, r.days[0] = &amount, on.String()
		}
		r.awaits = false
		return nil
	}
	r.s.Closing, r.days[1] = &amount, on.String()
	r.awaits, r.ended = f.tag == "62M", true
	return nil
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
	if m[3] == "EC" || m[3] == "ED" { // expected, not booked
		return nil
	}
	amount, ok := exact(m[5], m[3] == "D" || m[3] == "RC")
	if !ok {
		return wrongField(f)
	}
	own, bank, _ := strings.Cut(m[7], "//")
	l := InspectedLine{Line: f.at, Day: booked, ValueDay: value, Amount: amount, Kind: kindOf(amount), Reference: first(bank, strings.TrimPrefix(own, "NONREF")),
		Description: squeeze(strings.Join(f.text[1:], " "))}
	r.s.Lines = append(r.s.Lines, l)
	r.ended = false
	return nil
}

// entryDay is the day of booking: month and day stand in the file, the year is that of the value day, or its neighbour at the turn of a year.
func entryDay(value day.Date, monthDay string) (day.Date, error) {
	if monthDay == "" {
		return value, nil
	}
	booked, err := day.Parse(fmt.Sprintf("%04d-%s-%s", value.Year(), monthDay[:2], monthDay[2:]))
	if err != nil {
		return booked, err
	}
	switch away := booked.Sub(value); {
	case away > 180:
		return day.Parse(fmt.Sprintf("%04d-%s-%s", value.Year()-1, monthDay[:2], monthDay[2:]))
	case away < -180:
		return day.Parse(fmt.Sprintf("%04d-%s-%s", value.Year()+1, monthDay[:2], monthDay[2:]))
	default:
		return booked, nil
	}
}

// memo reads what stands about a line: with numbered parts (?20…?33), with words between slashes (/REMI/, /NAME/), or free.
func (r *mtReader) memo(f mtField) {
	if r.ended || len(r.s.Lines) == 0 {
		return
	}
	l := &r.s.Lines[len(r.s.Lines)-1]
	whole := strings.Join(f.text, "")
	switch {
	case mtCoded.MatchString(f.text[0]):
		l.coded(whole[3:], mtCoded.FindStringSubmatch(f.text[0])[1])
	case strings.HasPrefix(f.text[0], "/") && mtSlashed.MatchString(f.text[0]):
		l.slashed(whole)
	default:
		l.Description = squeeze(l.Description + " " + wrapped(f.text))
	}
}

// wrapped puts lines together again: a full line was broken wherever it was full, even inside a word.
func wrapped(lines []string) string {
	var b strings.Builder
	for i, line := range lines {
		if i > 0 && len([]rune(lines[i-1])) < 65 {
			b.WriteByte(' ')
		}
		b.WriteString(line)
	}
	return b.String()
}

func (l *InspectedLine) coded(text, mark string) {
	var memo, name strings.Builder
	for _, part := range strings.Split(text, mark) {
		if len(part) < 2 {
			continue
		}
		code, err := strconv.Atoi(part[:2])
		switch value := part[2:]; {
		case err != nil:
		case code >= 20 && code <= 29 || code >= 60 && code <= 63:
			memo.WriteString(value)
		case code == 31:
			l.CounterpartyAccount = strings.TrimSpace(value)
		case code == 32 || code == 33:
			name.WriteString(value)
		}
	}
	l.Description, l.Counterparty = squeeze(l.Description+" "+memo.String()), squeeze(name.String())
}

func (l *InspectedLine) slashed(text string) {
	marks := mtSlashed.FindAllStringSubmatchIndex(text, -1)
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		value := strings.TrimSuffix(squeeze(text[m[1]:end]), "/")
		switch text[m[2]:m[3]] {
		case "REMI":
			l.Description = squeeze(l.Description + " " + strings.TrimPrefix(strings.TrimPrefix(value, "USTD//"), "STRD//"))
		case "NAME":
			l.Counterparty = value
		case "IBAN", "ACCT":
			l.CounterpartyAccount = value
		}
	}
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
	s := r.s
	r.s, r.awaits = nil, false
	if s == nil || s.Opening == nil && s.Closing == nil && len(s.Lines) == 0 {
		return nil
	}
	s.span("", "", r.days[0], r.days[1])
	if err := s.prove(); err != nil {
		return err
	}
	for _, c := range []struct {
		total mtCount
		sign  int
	}{{r.credits, 1}, {r.debits, -1}} {
		if err := s.checkCount(c.total, c.sign); err != nil {
			return err
		}
	}
	r.out = append(r.out, *s)
	return nil
}

func (s *Inspected) checkCount(c mtCount, sign int) error {
	have, n := new(big.Rat), 0
	for _, l := range s.Lines {
		if v := number(l.Amount); v.Sign() == sign {
			have.Add(have, v.Abs(v))
			n++
		}
	}
	if c.given && (n != c.count || have.Cmp(number(c.sum)) != 0) {
		return fault.InvalidField("file", "bank.control_sum", fmt.Sprintf("%d / %s", c.count, c.sum), fmt.Sprintf("%d / %s", n, written(have)))
	}
	return nil
}
