package corpus

import (
	"fmt"
	"regexp"
	"strings"
)

// ourAccount is the account whose statement this is; clearingAccount is the bank's own, which some channels print instead of the payee's.
const (
	ourAccount      = "0011004123456"
	clearingAccount = "0011009999999"
)

const (
	memoLength = 160 // where most channels cut
	wrapEvery  = 35  // where old ones wrap, also inside words
)

// write gives a payment's line its memo, reference and other side.
func (g *generator) write(l *Line, p Payment, noise string) {
	l.Reference = g.referenceOf(p)
	name := Fold(p.Payee)
	pay := g.word("CHI_TRA_BT TT_TIEN_BT CHI_TRA_TIEN_BOI_THUONG BOI_THUONG_GPMB CT_TIEN_HO_TRO_TDC")
	pay = strings.ReplaceAll(pay, "_", " ")
	text := ""
	switch noise {
	case plain, bankWords:
		text = p.Code + " " + pay + " " + name
		if g.chance(150) {
			text = pay + " " + name + " " + p.Code
		}
	case spaced:
		at := 3 + g.r.IntN(len(p.Code)-4)
		text = p.Code[:at] + " " + p.Code[at:] + " " + pay + " " + name
	case small:
		text = strings.ToLower(p.Code) + " " + strings.ToLower(pay+" "+name)
	case runsOn:
		text = p.Code + fmt.Sprintf("%02d12", 1+g.r.IntN(28)) + " " + pay + " " + name
	case cut:
		text = pay + " " + name + " " + p.Code[:len(p.Code)-1-g.r.IntN(4)]
	case letters:
		text = lettered(p.Code) + " " + pay + " " + name
	case digitOff, others:
		text = g.wrongCode(l, p, noise) + " " + pay + " " + name
	case identity:
		text = pay + " CCCD " + p.Identity + " " + name
	case nameMaimed:
		text = pay + " " + name[:len(name)-1-g.r.IntN(len(name)/3)]
	case bare:
		text = pay + " " + g.word("THUA_DAT_THUA_SO_12 DUONG_THANH_NIEN_KEO_DAI THEO_QD_1234") + " " + l.Reference
		text = strings.ReplaceAll(text, "_", " ")
	default:
		text = pay + " " + name
	}
	g.otherSide(l, p, noise)
	l.Description = g.finish(g.channel(l, p, noise, text))
}

// otherSide fills the columns of the other side, as channels do: the payee's, the bank's own clearing account, or nothing.
func (g *generator) otherSide(l *Line, p Payment, noise string) {
	switch noise {
	case column:
		l.Account, l.Counterparty = p.Account, Fold(p.Payee)
	case inMemo, identity, nameOnly, nameMaimed, bare:
	case digitOff, others: // filled with the code
	default:
		switch k := g.r.IntN(100); {
		case k < 50:
			l.Account, l.Counterparty = p.Account, Fold(p.Payee)
		case k < 55:
			l.Account = clearingAccount
		}
	}
}

// channel puts the bank's words around a text.
func (g *generator) channel(l *Line, p Payment, noise, text string) string {
	name := Fold(p.Payee)
	style := -1
	switch noise {
	case inMemo:
		style = g.r.IntN(4)
	case bankWords:
		style = g.r.IntN(6)
	case identity, nameOnly, nameMaimed, bare, column:
		style = 4 + g.r.IntN(3)
	}
	ref := fmt.Sprint(1_000_000_000 + g.r.Int64N(8_999_999_999))
	switch style {
	case 0:
		return "MBVCB." + ref + "." + text + ".CT tu " + ourAccount + " BAN QLDA DTXD toi " + p.Account + " " + name + " tai " + strings.ToUpper(p.Bank)
	case 1:
		return fmt.Sprintf("%d-VCB;%s;%s", 1000+g.r.IntN(9000), p.Account, text)
	case 2:
		return "Vietcombank:" + p.Account + ":" + text
	case 3:
		return "REM " + l.Reference + " B/O BAN QLDA DTXD F/O " + p.Account + " " + name + " DTLS " + text
	case 4:
		return fmt.Sprintf("%d-IBFT %s", 1000+g.r.IntN(9000), text)
	case 5:
		return "CT DI:" + ref + " " + text
	default:
		return text
	}
}

// lettered is a code as somebody types it who takes nought and one for letters.
func lettered(code string) string {
	return code[:7] + strings.NewReplacer("0", "O", "1", "I").Replace(code[7:])
}

// wrongCode is a code that belongs to somebody else or to nobody. Where it is another payment's, something must speak against it: another
// amount, or the payee's account in its column; else nobody could know.
func (g *generator) wrongCode(l *Line, p Payment, noise string) string {
	if g.chance(600) {
		l.Account, l.Counterparty = p.Account, Fold(p.Payee)
	}
	if noise == digitOff {
		digits := []byte(p.Code)
		at := len(digits) - 1 - g.r.IntN(5)
		digits[at] = '0' + (digits[at]-'0'+1+byte(g.r.IntN(9)))%10
		if g.knowable(l, p, string(digits)) {
			return string(digits)
		}
		return p.Code[:7] + "99999"
	}
	if i := g.indexOf(p.Code); g.chance(500) && i > 0 && l.Account != "" { // the memo of the payee before, whose amount may be the same
		before := g.c.Payments[i-1]
		if before.Account != p.Account {
			return before.Code
		}
	}
	for range 50 {
		if other := g.c.Payments[g.r.IntN(len(g.c.Payments))]; other.Code != p.Code && other.Amount != p.Amount {
			return other.Code
		}
	}
	return p.Code[:7] + "99999"
}

func (g *generator) knowable(l *Line, p Payment, code string) bool {
	i := g.indexOf(code)
	if i < 0 {
		return true
	}
	other := g.c.Payments[i]
	return other.Amount != p.Amount || l.Account != "" && other.Account != p.Account
}

// indexOf finds a payment by its code, -1 when there is none: codes are given in their order.
func (g *generator) indexOf(code string) int {
	var year, number int
	if _, err := fmt.Sscanf(code, "GPMB%02dT%05d", &year, &number); err != nil {
		return -1
	}
	i := (year-23)*99_999 + number - 1
	if i < 0 || i >= len(g.c.Payments) || g.c.Payments[i].Code != code {
		return -1
	}
	return i
}

// finish cuts and wraps a memo as channels do. What the reader of statements would squeeze away is not made.
func (g *generator) finish(text string) string {
	if len(text) > memoLength {
		text = text[:memoLength]
	}
	if g.chance(120) {
		var lines []string
		for len(text) > wrapEvery {
			lines, text = append(lines, text[:wrapEvery]), text[wrapEvery:]
		}
		text = strings.Join(append(lines, text), " ")
	}
	return strings.Join(strings.Fields(text), " ")
}

// referenceOf is what stands in the column of references of a payment's line.
func (g *generator) referenceOf(p Payment) string {
	if p.Slip != "" && g.chance(667) {
		return p.Slip
	}
	return g.reference()
}

func (g *generator) reference() string {
	if g.chance(500) {
		return fmt.Sprintf("FT23%03d%08d", g.r.IntN(366), g.r.IntN(100_000_000))
	}
	return fmt.Sprintf("%04d - %05d", g.r.IntN(10_000), g.r.IntN(100_000))
}

var (
	wholeCode = regexp.MustCompile(`GPMB[0-9]{2}T[0-9]{5}([0-9]*)`)
	number    = regexp.MustCompile(`[0-9]{8,}`)
)

// codesIn are the codes a careful reader finds: as written, else with the spaces taken out.
func codesIn(text string) map[string]bool {
	codes := map[string]bool{}
	for _, form := range []string{strings.ToUpper(text), strings.ToUpper(strings.ReplaceAll(text, " ", ""))} {
		for _, m := range wholeCode.FindAllStringSubmatch(form, -1) {
			if m[1] == "" {
				codes[m[0]] = true
			}
		}
	}
	return codes
}

// key is the surest thing a line still shares with its payments.
func (g *generator) key(l Line, t Truth) Key {
	if len(t.Parts) == 0 {
		return ByNothing
	}
	p, codes := g.c.Payments[t.Parts[0].Payment], codesIn(l.Description)
	squeezed := strings.ReplaceAll(l.Description, " ", "")
	switch {
	case len(t.Parts) > 1 && strings.Contains(squeezed, p.Order):
		return ByOrder
	case len(t.Parts) > 1 && len(codes) == len(t.Parts):
		return ByCodes
	case len(t.Parts) > 1 && len(codes) == 0 && l.Reference == p.Slip:
		return BySlip
	case len(t.Parts) > 1:
		return ByMaimed
	case codes[p.Code] && t.Parts[0].Amount != p.Amount:
		return ByParts
	case codes[p.Code] && len(codes) == 1:
		return ByCode
	case len(codes) > 0, strings.Contains(strings.ToUpper(squeezed), "GPMB2"):
		return ByMaimed
	case l.Reference == p.Slip:
		return BySlip
	}
	bears := map[string]bool{l.Account: true}
	for _, n := range number.FindAllString(l.Description, -1) {
		bears[n] = true
	}
	switch {
	case bears[p.Account]:
		return ByAccount
	case bears[p.Identity]:
		return ByIdentity
	case strings.Contains(squeezed+l.Counterparty, strings.ReplaceAll(Fold(p.Payee), " ", "")):
		return ByName
	default:
		return ByAmount
	}
}
