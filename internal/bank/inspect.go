package bank

import (
	"encoding/json"
	"io"

	"matbang/internal/day"
)

// Inspection is a file as it was read, in the shape of `statement inspect --json`. Amounts are exact decimal texts, positive for money in
// and negative for money out; a balance that the file does not state is null.
type Inspection struct {
	Format     string      `json:"format"`
	Profile    string      `json:"profile"`
	Statements []Inspected `json:"statements"`
}

// Inspected is one statement of a file. Of many lines only the first may be there: Count says how many it has.
type Inspected struct {
	Account  string     `json:"account"`
	Currency string     `json:"currency"`
	From     day.Date   `json:"from"`
	To       day.Date   `json:"to"`
	Opening  *Exact     `json:"opening"`
	Closing  *Exact     `json:"closing"`
	Credits  Exact      `json:"credits"`
	Debits   Exact      `json:"debits"`
	Count    int        `json:"line_count"`
	LeftOut  int        `json:"left_out"` // entries that are pending and have not moved
	Proved   bool       `json:"proved"`   // opening + credits − debits = closing was checked and holds
	Lines    []Movement `json:"lines"`
}

// Inspect reads a file and writes nothing; at most `most` lines of each statement are kept (0: all). A file that is refused is answered with the
// statements and lines that were read before the fault, so that a person sees where it stands.
func Inspect(f File, profiles []Profile, most int) (Inspection, error) {
	k := keeper{most: most}
	format, profile, err := ReadFile(f, profiles, &k)
	if k.open {
		k.all = append(k.all, k.now)
	}
	return Inspection{Format: formatName(format), Profile: profile.Code, Statements: k.all}, err
}

// firstRows reads the head of the first sheet, by the separator that makes the most columns of it.
func firstRows(f File, delimiter string) ([][]string, error) {
	s, err := look(f)
	if err != nil || s.format == Camt || s.format == MT940 || s.format == oldXL {
		return nil, err
	}
	in, err := s.open()
	if err != nil {
		return nil, err
	}
	defer in.close()
	var best [][]string
	widest := 0
	for _, d := range in.delimiters(delimiter) {
		head, err := in.head(0, d)
		if err != nil {
			continue // by this separator it is no table
		}
		width := 0
		for _, row := range head {
			width = max(width, len(row))
		}
		if width > widest {
			best, widest = head, width
		}
	}
	return best, nil
}

// keeper keeps what passes by.
type keeper struct {
	all  []Inspected
	now  Inspected
	open bool
	most int
}

func (k *keeper) Begin(h Head) error {
	k.now, k.open = inspected(h), true
	return nil
}

func (k *keeper) Take(m Movement) error {
	if k.now.Count++; k.most == 0 || k.now.Count <= k.most {
		k.now.Lines = append(k.now.Lines, m)
	}
	return nil
}

func (k *keeper) End(h Head) error {
	lines := k.now.Lines
	k.now = inspected(h)
	k.now.Lines, k.now.Proved, k.open = lines, h.hasOpening() && h.hasClosing(), false
	k.all = append(k.all, k.now)
	return nil
}

func inspected(h Head) Inspected {
	s := Inspected{Account: h.Account, Currency: h.Currency, From: h.From, To: h.To, Credits: h.Credits, Debits: h.Debits, Count: h.Lines,
		LeftOut: h.LeftOut, Lines: []Movement{}}
	if h.opening == stated {
		s.Opening = &h.Opening
	}
	if h.closing == stated {
		s.Closing = &h.Closing
	}
	return s
}

// formatName is what the face of the program calls a format: a page that calls itself a workbook counts as one.
func formatName(f Format) string {
	if f == HTML || f == oldXL {
		return string(XLSX)
	}
	return string(f)
}

// WriteInspection writes an inspection with all lines as JSON, reading the file twice and never keeping its lines: first to prove it, then to
// write it. A file that is refused leaves nothing written.
func WriteInspection(to io.Writer, f File, profiles []Profile) error {
	k := headKeeper{}
	format, profile, err := ReadFile(f, profiles, &k)
	if err != nil {
		return err
	}
	if profile.Code != "" {
		profiles = []Profile{profile}
	}
	w := inspectionWriter{to: to, heads: k.heads}
	w.raw(`{"format":`).value(formatName(format)).raw(`,"profile":`).value(profile.Code).raw(`,"statements":[`)
	if _, _, err := ReadFile(f, profiles, &w); err != nil {
		return err
	}
	w.raw("]}\n")
	return w.err
}

type headKeeper struct{ heads []Head }

func (k *headKeeper) Begin(Head) error    { return nil }
func (k *headKeeper) Take(Movement) error { return nil }
func (k *headKeeper) End(h Head) error {
	k.heads = append(k.heads, h)
	return nil
}

type inspectionWriter struct {
	to        io.Writer
	heads     []Head
	at, lines int
	err       error
}

func (w *inspectionWriter) raw(text string) *inspectionWriter {
	if w.err == nil {
		_, w.err = io.WriteString(w.to, text)
	}
	return w
}

func (w *inspectionWriter) value(v any) *inspectionWriter {
	text, err := json.Marshal(v)
	if err != nil && w.err == nil {
		w.err = err
	}
	return w.raw(string(text))
}

func (w *inspectionWriter) Begin(Head) error {
	if w.at > 0 {
		w.raw(",")
	}
	s := inspected(w.heads[w.at])
	s.Proved = w.heads[w.at].hasOpening() && w.heads[w.at].hasClosing()
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	w.at, w.lines = w.at+1, 0
	w.raw(string(text[:len(text)-len("]}")])) // the lines, empty in the head, come last
	return w.err
}

func (w *inspectionWriter) Take(m Movement) error {
	if w.lines++; w.lines > 1 {
		w.raw(",")
	}
	w.raw("\n").value(m)
	return w.err
}

func (w *inspectionWriter) End(Head) error {
	w.raw("]}")
	return w.err
}
