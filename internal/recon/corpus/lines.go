package corpus

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"matbang/internal/day"
	"matbang/internal/vnd"
)

type generator struct {
	r *rand.Rand
	c Corpus
}

// The ways a payment reaches the statement.
const (
	plain       = "as printed"
	bankWords   = "within the bank's words"
	spaced      = "code broken by spaces"
	small       = "code in small letters"
	runsOn      = "code runs into digits"
	cut         = "code cut short"
	digitOff    = "one digit off"
	letters     = "letters typed for digits"
	others      = "code of another payment"
	column      = "no code, account in its column"
	inMemo      = "no code, account in the memo"
	identity    = "no code, identity number"
	nameOnly    = "only the name"
	nameMaimed  = "only a part of the name"
	bare        = "neither code nor name"
	merged      = "several payments in one line"
	abbreviated = "several payments, codes abbreviated"
	wholeOrder  = "a whole order in one line"
	wholeSlip   = "a whole order by the treasury's number"
	split       = "one payment in several lines"
	unpaid      = "no line yet"
	backCode    = "came back with the code"
	backAccount = "came back with the account"
	backName    = "came back with the name only"
	backLess    = "came back less a fee"
	undone      = "the bank's own entry taken back"
	none        = "none of ours"
	trap        = "none of ours, looks like ours"
)

// Noises lists what can happen to a line, in the order of a report.
func Noises() []string {
	return []string{plain, bankWords, spaced, small, runsOn, cut, digitOff, letters, others, column, inMemo, identity, nameOnly, nameMaimed, bare, merged, abbreviated, wholeOrder, wholeSlip, split,
		backCode, backAccount, backName, backLess, undone, none, trap}
}

type share struct {
	noise string
	of    int // of a thousand payments
}

// mix is our assumption; see the package comment.
func mix() []share {
	return []share{{plain, 615}, {bankWords, 150}, {spaced, 50}, {small, 20}, {runsOn, 8}, {cut, 10}, {digitOff, 8}, {letters, 3}, {others, 4}, {column, 40}, {inMemo, 20}, {identity, 8},
		{nameOnly, 14}, {nameMaimed, 6}, {bare, 2}, {merged, 7}, {abbreviated, 2}, {split, 6}, {unpaid, 27}}
}

// wholeOrders is how many of a thousand orders go out in one sum.
const wholeOrders = 15

func (g *generator) noise() string {
	k := g.r.IntN(1000)
	for _, s := range mix() {
		if k -= s.of; k < 0 {
			return s.noise
		}
	}
	return unpaid
}

// pay writes the line or lines of payment at, perhaps together with the ones after it, and tells how many payments that were.
func (g *generator) pay(at int) int {
	first := at == 0 || g.c.Payments[at-1].Order != g.c.Payments[at].Order
	if n := g.sameOrder(at); first && n > 1 && g.chance(wholeOrders) {
		noise := wholeOrder
		if g.c.Payments[at].Slip != "" {
			noise = wholeSlip
		}
		g.several(at, n, noise)
		return n
	}
	switch noise := g.noise(); noise {
	case unpaid:
		return 1
	case merged, abbreviated:
		n := min(2+g.r.IntN(3), g.sameOrder(at))
		if n < 2 {
			g.single(at, plain)
			return 1
		}
		g.several(at, n, noise)
		return n
	case split:
		g.inParts(at)
		return 1
	default:
		g.single(at, noise)
		return 1
	}
}

// sameOrder counts the payments of one order from at on.
func (g *generator) sameOrder(at int) int {
	n := 1
	for at+n < len(g.c.Payments) && g.c.Payments[at+n].Order == g.c.Payments[at].Order {
		n++
	}
	return n
}

// single writes the one line of a payment, and now and then what followed it.
func (g *generator) single(at int, noise string) {
	p := g.c.Payments[at]
	l := Line{Day: g.after(p.Released), Amount: -p.Amount}
	g.write(&l, p, noise)
	whole := []Part{{at, p.Amount}}
	g.add(l, Truth{Kind: Paid, Parts: whole, Noise: noise})
	switch k := g.r.IntN(1000); {
	case k < 15:
		g.back(at, l)
	case k < 17: // the bank takes its entry back and makes it again
		again := l
		again.Reference, again.Day = g.reference(), l.Day.Add(g.r.IntN(2))
		l.Amount, l.Description, l.Reference = p.Amount, "HUY GD "+l.Description, g.reference()
		g.add(l, Truth{Kind: Returned, Parts: whole, Noise: undone})
		g.add(again, Truth{Kind: Paid, Parts: whole, Noise: undone})
	}
}

// back is the payee's bank sending the money back.
func (g *generator) back(at int, out Line) {
	p := g.c.Payments[at]
	why := g.word("SAI_SO_TK TK_DA_DONG SAI_TEN_NGUOI_HUONG TK_KHONG_TON_TAI")
	text := "HOAN TRA " + strings.ReplaceAll(why, "_", " ")
	l := Line{Day: out.Day.Add(1 + g.r.IntN(5)), Amount: p.Amount, Reference: g.reference()}
	noise := backCode
	switch k := g.r.IntN(100); {
	case k < 55:
		text += " " + p.Code + " " + Fold(p.Payee)
	case k < 75:
		noise, l.Account, l.Counterparty = backAccount, p.Account, Fold(p.Payee)
		text += " LENH " + out.Reference
	case k < 90:
		noise = backName
		text += " LENH " + out.Reference + " " + Fold(p.Payee)
	default:
		noise = backLess
		l.Amount -= []vnd.Amount{11_000, 22_000, 33_000}[g.r.IntN(3)]
		text += " " + p.Code + " " + Fold(p.Payee) + " TRU PHI"
	}
	l.Description = g.finish(text)
	g.add(l, Truth{Kind: Returned, Parts: []Part{{at, l.Amount}}, Noise: noise})
}

// several writes one line for n payments from at on.
func (g *generator) several(at, n int, noise string) {
	var sum vnd.Amount
	var parts []Part
	var codes []string
	for i := at; i < at+n; i++ {
		p := g.c.Payments[i]
		sum += p.Amount
		parts = append(parts, Part{i, p.Amount})
		code := p.Code
		if noise == abbreviated && i > at {
			code = code[len(code)-3:]
		}
		codes = append(codes, code)
	}
	text := "CHI TRA BT " + strings.Join(codes, []string{", ", " ", "; ", "+"}[g.r.IntN(4)])
	if noise == wholeOrder {
		text = fmt.Sprintf("CHI TRA TIEN BT THEO LENH %s GOM %d HO", g.c.Payments[at].Order, n)
	}
	l := Line{Day: g.after(g.c.Payments[at].Released), Amount: -sum, Reference: g.referenceOf(g.c.Payments[at]), Description: g.finish(text)}
	if noise == wholeSlip {
		l.Reference, l.Description = g.c.Payments[at].Slip, g.finish(fmt.Sprintf("CHI TRA TIEN BT GOM %d HO", n))
	}
	g.add(l, Truth{Kind: Paid, Parts: parts, Noise: noise})
}

// inParts writes two or three lines for one payment: limits of a channel, or money that came in parts.
func (g *generator) inParts(at int) {
	p := g.c.Payments[at]
	n := 2 + g.r.IntN(2)
	first := g.after(p.Released)
	left := p.Amount
	for i := 1; i <= n; i++ {
		part := p.Amount / vnd.Amount(n) / 1000 * 1000
		if i == n {
			part = left
		}
		left -= part
		l := Line{Day: first.Add(i - 1), Amount: -part, Reference: g.referenceOf(p)}
		l.Description = g.finish(fmt.Sprintf("%s CHI TRA BT LAN %d/%d %s", p.Code, i, n, Fold(p.Payee)))
		if g.chance(500) {
			l.Account, l.Counterparty = p.Account, Fold(p.Payee)
		}
		g.add(l, Truth{Kind: Paid, Parts: []Part{{at, part}}, Noise: split})
	}
}

// after is the bank's day: mostly at once or within three days, now and then weeks later.
func (g *generator) after(released day.Date) day.Date {
	if g.chance(50) {
		return released.Add(4 + g.r.IntN(17))
	}
	return released.Add(g.r.IntN(4))
}

// add keeps a line and works out what it still shares with its payments.
func (g *generator) add(l Line, t Truth) {
	if l.Reference == "" {
		l.Reference = g.reference()
	}
	t.Key = g.key(l, t)
	g.c.Lines, g.c.Truth = append(g.c.Lines, l), append(g.c.Truth, t)
}

func (g *generator) byDay() {
	order := make([]int, len(g.c.Lines))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(g.c.Lines[a].Day.Sub(g.c.Lines[b].Day), 0) })
	lines, truth := make([]Line, len(order)), make([]Truth, len(order))
	for to, from := range order {
		lines[to], truth[to] = g.c.Lines[from], g.c.Truth[from]
		lines[to].No = to + 1
	}
	g.c.Lines, g.c.Truth = lines, truth
}
