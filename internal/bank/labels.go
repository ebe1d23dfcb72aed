package bank

import (
	"regexp"
	"strings"

	"matbang/internal/day"
)

// about looks above the table for whose account it is, in which currency and for which days.
func (t *table) about() {
	h := &t.e.head
	for _, held := range t.held {
		if text := beside(held.row, t.words.account); text != "" && h.Account == "" {
			h.Account = text
		}
		if text := strings.ToUpper(beside(held.row, []string{"Loại tiền", "Loại tiền tệ", "Đơn vị tiền tệ", "Tiền tệ", "Currency"})); len(text) == 3 {
			h.Currency = text
		}
		from, to := periodOf(held.row)
		if !from.IsZero() && t.period[0].IsZero() {
			t.period[0] = from
		}
		if !to.IsZero() && t.period[1].IsZero() {
			t.period[1] = to
		}
	}
}

var (
	periodFrom = regexp.MustCompile(`(?:từ ngày|từ|from)[^0-9]{0,20}([0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4})`)
	periodTo   = regexp.MustCompile(`(?:đến ngày|đến|to)[^0-9]{0,20}([0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4})`)
)

// periodOf reads "Từ ngày 01/12/2023 đến ngày 31/12/2023", in one cell or several.
func periodOf(row []string) (from, to day.Date) {
	text := plain(strings.Join(row, " "))
	if m := periodFrom.FindStringSubmatch(text); m != nil {
		from, _ = day.Parse(m[1])
	}
	if m := periodTo.FindStringSubmatch(text); m != nil {
		to, _ = day.Parse(m[1])
	}
	return from, to
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
		if cell == "" {
			continue
		}
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

// balances takes the opening and closing balance a row states: above the table, as its first row, or under it. The first opening and the
// last closing count.
func (t *table) balances(row []string) (found bool) {
	h := &t.e.head
	if amount, ok := t.labelled(row, t.words.opening, t.words.closing); ok {
		found = true
		if h.opening == unknown {
			h.Opening, h.opening = amount, stated
			if t.run.lines == 0 {
				t.run.from(*h)
			}
		}
	}
	if amount, ok := t.labelled(row, t.words.closing, t.words.opening); ok {
		h.Closing, h.closing = amount, stated
		found = true
	}
	return found
}

// labelled reads the amount that stands behind a label: in its own cell, or the last one of the row before another label.
func (t *table) labelled(row []string, labels, others []string) (amount Exact, ok bool) {
	inside := false
	for _, cell := range row {
		if cell == "" {
			continue
		}
		text := plain(cell)
		if at := behind(text, labels); at >= 0 {
			inside = true
			text = text[at:]
			if colon := strings.LastIndexByte(text, ':'); colon >= 0 {
				text = text[colon+1:]
			}
		} else if behind(text, others) >= 0 {
			inside = false
		}
		if !inside {
			continue
		}
		if a, err := t.read.amount(text, t.e.head.Currency); err == nil {
			amount, ok = a, true
		}
	}
	return amount, ok
}

// behind is where a text goes on after a label; −1 when it has none.
func behind(text string, labels []string) int {
	for _, label := range labels {
		if at := strings.Index(text, label); at >= 0 {
			return at + len(label)
		}
	}
	return -1
}

// leading is the first filled cell of a row.
func leading(row []string) string {
	for _, cell := range row {
		if text := plain(cell); text != "" {
			return text
		}
	}
	return ""
}

func hasPrefix(text string, words []string) bool {
	for _, w := range words {
		if strings.HasPrefix(text, w) {
			return true
		}
	}
	return false
}
