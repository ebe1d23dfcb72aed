package corpus

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"matbang/internal/day"
	"matbang/internal/vnd"
)

// Names of the region. Several given names fold to one: Hường, Hương, Hưởng.
const (
	surnames = "Nguyễn Hoàng Nông Triệu Lục Hà Ma Dương Đàm Lý Bàn Trần Phạm Vũ La Đặng"
	middles  = "Thị Văn Đức Thị Minh Văn Thanh Ngọc Thị Quang"
	givens   = "Hường Hương Hưởng Hùng Hưng Bình Bính Lan Lân Thảo Thào Tú Tư Tuấn Tuân Dung Dũng Hà Hạ Mai Mãi Liên Liễn Sơn Thủy Thúy Thuỷ Long Lộc Nga Ngà Phượng Phương Quyết Toàn Toán Yến Đạt Đoan"
)

// round are amounts that many households get alike: support to settle down, to move, to keep up a living, in đồng.
func round() []vnd.Amount {
	return []vnd.Amount{3_000_000, 5_000_000, 5_400_000, 6_000_000, 7_200_000, 8_000_000, 9_000_000, 10_000_000, 10_800_000, 12_000_000, 15_000_000, 16_200_000, 18_000_000, 20_000_000,
		24_000_000, 30_000_000}
}

// payments makes orders of 5 to 40 payments, released over three months.
func (g *generator) payments(n int) {
	first := day.Must("02/10/2023")
	order, left, slip := 0, 0, ""
	var released day.Date
	for i := range n {
		if left == 0 {
			order, left = order+1, 5+g.r.IntN(36)
			released = first.Add(order * 75 / max(1, n/22) % 75)
			slip = ""
			if g.chance(200) {
				slip = fmt.Sprintf("%04d", 1+g.r.IntN(9999))
			}
		}
		left--
		p := Payment{Code: fmt.Sprintf("GPMB%02dT%05d", 23+i/99_999, 1+i%99_999), Order: fmt.Sprintf("CT-2023-%04d", order), Released: released,
			Slip: slip, Amount: g.amount()}
		g.person(&p, i)
		g.c.Payments = append(g.c.Payments, p)
	}
}

func (g *generator) amount() vnd.Amount {
	if g.chance(300) {
		return round()[g.r.IntN(len(round()))]
	}
	return vnd.Amount(1_000_000 + g.r.Int64N(400_000_000))
}

// person makes the payee: mostly a new one, now and then the one before again (a second plot) or one whose name folds alike and whose amount
// is the same.
func (g *generator) person(p *Payment, i int) {
	p.Payee = g.name()
	p.Identity = fmt.Sprintf("006%03d%06d", 40+g.r.IntN(160), g.r.IntN(1_000_000))
	if g.chance(150) {
		p.Identity = fmt.Sprintf("09%07d", g.r.IntN(10_000_000))
	}
	p.Bank, p.Account = g.account()
	if i == 0 {
		return
	}
	before := g.c.Payments[i-1]
	switch k := g.r.IntN(1000); {
	case k < 25: // a second plot of the same person
		p.Payee, p.Identity, p.Bank, p.Account = before.Payee, before.Identity, before.Bank, before.Account
	case k < 30: // and of the same amount
		p.Payee, p.Identity, p.Bank, p.Account, p.Amount = before.Payee, before.Identity, before.Bank, before.Account, before.Amount
	case k < 50: // another person of a name that folds alike, and of the same amount
		p.Payee, p.Amount = g.alike(before.Payee), before.Amount
	}
}

func (g *generator) name() string {
	return g.word(surnames) + " " + g.word(middles) + " " + g.word(givens)
}

// alike is a name that reads differently and folds to the same.
func (g *generator) alike(name string) string {
	head, last, _ := strings.Cut(name, " ")
	middle, given, _ := strings.Cut(last, " ")
	for _, other := range strings.Fields(givens) {
		if other != given && Fold(other) == Fold(given) {
			return head + " " + middle + " " + other
		}
	}
	return name
}

func (g *generator) account() (bank, number string) {
	switch g.r.IntN(5) {
	case 0:
		return "Vietcombank", fmt.Sprintf("1%09d", g.r.IntN(1_000_000_000))
	case 1:
		return "BIDV", fmt.Sprintf("391100%08d", g.r.IntN(100_000_000))
	case 2:
		return "VietinBank", fmt.Sprintf("10%010d", g.r.Int64N(10_000_000_000))
	case 3:
		return "MB", fmt.Sprintf("09%08d", g.r.IntN(100_000_000))
	default:
		return "Agribank", fmt.Sprintf("8500205%06d", g.r.IntN(1_000_000))
	}
}

func (g *generator) word(list string) string {
	words := strings.Fields(list)
	return words[g.r.IntN(len(words))]
}

// chance is true in so many of a thousand cases.
func (g *generator) chance(ofThousand int) bool { return g.r.IntN(1000) < ofThousand }

// Fold is a text as banks print it: upper case, without marks.
func Fold(text string) string {
	bare := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	out, _, err := transform.String(bare, text)
	if err != nil {
		out = text
	}
	return strings.ToUpper(strings.NewReplacer("đ", "d", "Đ", "D").Replace(out))
}
