package progresssheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/progress"
	"matbang/internal/vnd"
)

// Limits of one pasted block: far more than the grid shows.
const (
	maxPasted  = 1 << 20
	pasteLines = 2000
	pasteWidth = 60
)

// Unit is what a pasted amount counts.
type Unit int64

// The units of the page's switch.
const (
	Dong    Unit = 1
	Million Unit = 1_000_000
	Billion Unit = 1_000_000_000
)

// UnitOf reads a unit as forms send it; anything unknown is đồng.
func UnitOf(text string) Unit {
	switch text {
	case "1000000":
		return Million
	case "1000000000":
		return Billion
	default:
		return Dong
	}
}

// PastedCell is one filled cell of a block: the work and field it is for, its line in the block, and what it says in the grid's own form. With a
// Fault ("fault." + Fault, Args) Text is what stood in the block.
type PastedCell struct {
	Line        int
	Code, Field string
	Text        string
	Fault       string
	Args        []any
}

// Paste is a block as it was read. Skipped lines bear no code of a work (titles, sums); Unused are titles that the grid has no place for.
type Paste struct {
	Cells   []PastedCell
	Skipped []int
	Unused  []string
}

// columnsWithout is what a block without a header row holds behind its codes (and names): the grid's own columns, in its order.
func columnsWithout() []string {
	return []string{"executed", "estimate_month_end", "disbursed", "disbursed_treasury", "physical"}
}

// ReadPaste reads a block copied out of a spreadsheet for the grid of a month. Rows are found by the 7-digit code of their work, columns by
// their titles; without titles the block must hold exactly the grid's columns. Refuses (field "paste"): a block without codes, columns that
// cannot be told, one figure in two columns, a block beyond the limits.
func ReadPaste(text string, unit Unit, month day.Month) (Paste, error) {
	lines, err := split(text)
	if err != nil {
		return Paste{}, err
	}
	b := block{unit: unit, month: month, lines: lines, seen: map[string]int{}}
	if err := b.find(); err != nil {
		return Paste{}, err
	}
	for i := b.first; i < len(lines); i++ {
		b.read(i)
	}
	if len(b.out.Cells) == 0 {
		return Paste{}, fault.InvalidField("paste", "progress.paste.nothing")
	}
	return b.out, nil
}

// split takes the block apart the way spreadsheets put it on the clipboard: tabs between cells, quotes around cells of several lines.
func split(text string) ([][]string, error) {
	text = strings.ReplaceAll(norm.NFC.String(strings.TrimPrefix(text, "\ufeff")), "\r", "")
	if len(text) > maxPasted || !utf8.ValidString(text) {
		return nil, fault.InvalidField("paste", "progress.paste.too_large", pasteLines)
	}
	r := csv.NewReader(bytes.NewReader([]byte(text)))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = '\t', -1, true
	if !strings.Contains(text, "\t") {
		r.Comma = ';'
	}
	var lines [][]string
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return nil, fault.InvalidField("paste", "progress.paste.unreadable", len(lines)+1)
		}
		if len(lines) >= pasteLines || len(record) > pasteWidth {
			return nil, fault.InvalidField("paste", "progress.paste.too_large", pasteLines)
		}
		for i := range record {
			record[i] = strings.Join(strings.Fields(strings.ReplaceAll(record[i], "\u00a0", " ")), " ")
		}
		lines = append(lines, record)
	}
}

// block is a block while it is read: where its columns are, and where its rows begin.
type block struct {
	unit    Unit
	month   day.Month
	lines   [][]string
	code    int
	columns map[int]string
	first   int
	seen    map[string]int // code → line
	out     Paste
}

var codeForm = regexp.MustCompile(`^[0-9]{7}$`)

// headerDepth is how far down the header row may stand.
const headerDepth = 10

func (b *block) find() error {
	for i, line := range b.lines[:min(len(b.lines), headerDepth)] {
		if slices.ContainsFunc(line, codeForm.MatchString) {
			break
		}
		if found, err := b.header(line); found || err != nil {
			b.first = i + 1
			return err
		}
	}
	return b.headless()
}

// header tells whether a line names the code and at least one figure, and remembers where they stand.
func (b *block) header(line []string) (bool, error) {
	columns, code, unused := map[int]string{}, -1, []string{}
	for i, title := range line {
		field, known := FieldOfTitle(title, b.month)
		switch {
		case field == "code" && code < 0:
			code = i
		case field != "" && field != "code":
			columns[i] = field
		case !known && title != "":
			unused = append(unused, title)
		}
	}
	if code < 0 || len(columns) == 0 {
		return false, nil
	}
	named := map[string]bool{}
	for i, field := range columns {
		if named[field] {
			return true, fault.InvalidField("paste", "progress.paste.twice", line[i])
		}
		named[field] = true
	}
	b.code, b.columns, b.out.Unused = code, columns, unused
	return true, nil
}

// headless takes a block whose first filled line begins with a code: behind it a name or none, then exactly the figures of the grid.
func (b *block) headless() error {
	at := slices.IndexFunc(b.lines, func(l []string) bool { return slices.ContainsFunc(l, codeForm.MatchString) })
	if at < 0 {
		return fault.InvalidField("paste", "progress.paste.no_codes")
	}
	line := b.lines[at]
	b.code = slices.IndexFunc(line, codeForm.MatchString)
	from := b.code + 1
	if from < len(line) && strings.ContainsFunc(line[from], unicode.IsLetter) {
		from++
	}
	width := len(line)
	for width > from && line[width-1] == "" {
		width--
	}
	fields := columnsWithout()
	if width-from != len(fields) {
		return fault.InvalidField("paste", "progress.paste.no_header")
	}
	b.columns = map[int]string{}
	for i, field := range fields {
		b.columns[from+i] = field
	}
	return nil
}

func (b *block) read(i int) {
	line := b.lines[i]
	cell := func(at int) string {
		if at < len(line) {
			return line[at]
		}
		return ""
	}
	code := cell(b.code)
	if !codeForm.MatchString(code) {
		b.without(i, code, cell)
		return
	}
	if earlier, twice := b.seen[code]; twice {
		b.out.Cells = append(b.out.Cells, PastedCell{Line: i + 1, Code: code, Field: "code", Text: code, Fault: "progress.paste.row_twice", Args: []any{i + 1, earlier}})
		return
	}
	b.seen[code] = i + 1
	for at := range len(line) {
		if field := b.columns[at]; field != "" && cell(at) != "" {
			c := PastedCell{Line: i + 1, Code: code, Field: field}
			c.fill(cell(at), b.unit)
			b.out.Cells = append(b.out.Cells, c)
		}
	}
}

// without tells what becomes of a line without a good code: a title or a sum is passed over, digits that are no code are a fault.
func (b *block) without(i int, code string, cell func(int) string) {
	filled := false
	for at := range b.columns {
		filled = filled || cell(at) != ""
	}
	switch {
	case filled && strings.ContainsFunc(code, unicode.IsDigit):
		b.out.Cells = append(b.out.Cells, PastedCell{Line: i + 1, Field: "code", Text: code, Fault: "progress.paste.code", Args: []any{i + 1, code}})
	case filled || code != "":
		b.out.Skipped = append(b.out.Skipped, i+1)
	}
}

func (c *PastedCell) fill(text string, unit Unit) {
	c.Text = text
	switch c.Field {
	case "physical":
		a, err := area.Parse(strings.TrimSpace(strings.TrimSuffix(text, "%")))
		if err != nil || a < 0 || a > 10_000 {
			c.Fault, c.Args = "percent_form", []any{text}
			return
		}
		c.Text = progress.Percent(int(a))
	case "no_change":
		switch fold(text) {
		case "x", "1", "co", "=", "■", "☑", "true", "khong doi":
			c.Text = "1"
		case "0", "□", "☐", "false", "khong":
			c.Text = ""
		default:
			c.Fault, c.Args = "progress.paste.no_change", []any{text}
		}
	case "reason", "note":
		if utf8.RuneCountInString(text) > 500 {
			c.Text = string([]rune(text)[:500])
		}
	default:
		amount, code, args := ReadAmount(text, unit)
		if c.Fault, c.Args = code, args; code == "" {
			c.Text = amount.String()
		}
	}
}

var (
	vnNumber = regexp.MustCompile(`^(\d+|\d{1,3}(?:[. ]\d{3})+)(?:,(\d{1,9}))?$`) // 11.940,5
	enNumber = regexp.MustCompile(`^(\d{1,3}(?:,\d{3})+)(?:\.(\d{1,9}))?$`)       // 11,940.5
	oneDot   = regexp.MustCompile(`^\d{1,3}\.\d{3}$`)                             // 11.940: grouped here, a decimal elsewhere
	oneComma = regexp.MustCompile(`^\d{1,3},\d{3}$`)                              // 11,940: a decimal here, grouped elsewhere
)

// Bounds between which an amount of a capital work is believed: what lies outside was most likely pasted in another unit.
const (
	believedFrom vnd.Amount = 1_000_000
	believedTo   vnd.Amount = 100_000_000_000_000
)

// ReadAmount reads a pasted amount in a unit. What can be read two ways is refused with both readings in words, and so is an amount that no
// capital work has: "20.000" in đồng is hai mươi nghìn đồng, most likely meant in triệu. A non-empty code says what is wrong.
func ReadAmount(text string, unit Unit) (vnd.Amount, string, []any) {
	s, negative := bare(text)
	if s == "-" || s == "–" || s == "0" {
		return 0, "", nil
	}
	if oneComma.MatchString(s) || unit == Billion && oneDot.MatchString(s) {
		whole, _ := scaled(strings.NewReplacer(",", "", ".", "").Replace(s), "", unit)
		parts := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '.' })
		point, ok := scaled(parts[0], parts[1], unit)
		if !ok {
			return 0, "money_decimals", []any{text}
		}
		return 0, "progress.paste.ambiguous", []any{text, whole.Words(), point.Words()}
	}
	head, tail, ok := digits(s)
	if !ok {
		return 0, "money_form", []any{text}
	}
	amount, ok := scaled(head, tail, unit)
	switch {
	case !ok && tail != "":
		return 0, "money_decimals", []any{text}
	case !ok:
		return 0, "money_range", []any{text}
	case amount != 0 && amount < believedFrom:
		return 0, "progress.paste.small", []any{text, amount.Words()}
	case amount > believedTo:
		return 0, "progress.paste.large", []any{text, amount.Words()}
	case negative:
		amount = -amount
	}
	return amount, "", nil
}

// bare takes away what only dresses a number: the sign of đồng, brackets or a minus of negative amounts.
func bare(text string) (string, bool) {
	s := strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(text), "đồng"), "đ"))
	if inner, found := strings.CutPrefix(s, "("); found && strings.HasSuffix(inner, ")") {
		return strings.TrimSuffix(inner, ")"), true
	}
	if inner, found := strings.CutPrefix(s, "-"); found && inner != "" {
		return strings.TrimSpace(inner), true
	}
	return strings.TrimPrefix(s, "+"), false
}

func digits(s string) (head, tail string, ok bool) {
	m := vnNumber.FindStringSubmatch(s)
	if m == nil {
		m = enNumber.FindStringSubmatch(s)
	}
	if m == nil {
		return "", "", false
	}
	return strings.NewReplacer(".", "", ",", "", " ", "").Replace(m[1]), strings.TrimRight(m[2], "0"), true
}

// scaled is head,tail units in whole đồng; !ok when that is no whole number of đồng or too large.
func scaled(head, tail string, unit Unit) (vnd.Amount, bool) {
	places := len(strconv.FormatInt(int64(unit), 10)) - 1
	tail = strings.TrimRight(tail, "0")
	if len(tail) > places {
		return 0, false
	}
	n, err := strconv.ParseInt(head+tail+strings.Repeat("0", places-len(tail)), 10, 64)
	return vnd.Amount(n), err == nil && vnd.Amount(n) <= vnd.Max
}

var (
	otherMonth = regexp.MustCompile(`(?:^|[ (])(?:t|thang )(\d{1,2})(?:\D|$)`)
	words      = regexp.MustCompile(`[a-z]+`)
)

// FieldOfTitle tells which field of the grid a title of a column means, in the month of the grid; "" for none. known is false for a title that
// the grid has no place for at all: its column is told to the person, where a name, a plan or another month is passed over in silence.
func FieldOfTitle(title string, month day.Month) (field string, known bool) {
	t := fold(title)
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(t, p) })
	}
	if m := otherMonth.FindStringSubmatch(t); m != nil && m[1] != month.String()[5:] && "0"+m[1] != month.String()[5:] || has("thang truoc") {
		return "", true
	}
	switch {
	case t == "=" || has("khong doi", "no change", "no_change"):
		return "no_change", true
	case has("ly do", "reason"):
		return "reason", true
	case has("ghi chu", "note"):
		return "note", true
	case t == "ma" || t == "code" || strings.HasPrefix(t, "ma ") || has("project code"):
		return "code", true
	case has("ke hoach", "kh nam", "khv", "duoc giai ngan", "plan"):
		return "", true
	case has("uoc", "estimate"):
		if has("giai ngan") {
			return "", false
		}
		return "estimate_month_end", true
	case has("kho bac", "kbnn", "treasury", "xac nhan"):
		return "disbursed_treasury", true
	case has("giai ngan", "disbursed"):
		return "disbursed", true
	case has("gia tri", "luy ke", "thuc hien", "executed") && !has("%"):
		return "executed", true
	case has("%", "khoi luong", "ty le", "physical"):
		return "physical", true
	default:
		word := words.FindString(t)
		return "", slices.Contains([]string{"ten", "cong", "name", "stt", "tt", "trang", "don", "nhom"}, word)
	}
}

// fold takes case and marks away: people write titles with and without.
func fold(s string) string {
	var out strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(strings.TrimSpace(s))) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ':
			out.WriteRune('d')
		default:
			out.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}
