package corpus

import (
	"fmt"

	"matbang/internal/day"
	"matbang/internal/vnd"
)

// foreign adds lines that speak of no payment, about one in eight; some look as if they did.
func (g *generator) foreign() {
	first, n := day.Must("02/10/2023"), len(g.c.Lines)
	for i := range n {
		switch k := g.r.IntN(1000); {
		case k < 80:
			g.fee(g.c.Lines[i])
		case k < 85:
			g.other(first.Add(g.r.IntN(80)))
		case k < 95:
			g.looksLikeOurs(first.Add(g.r.IntN(80)))
		}
	}
	for month := range 3 {
		g.salaries(first.Add(3+30*month), max(3, n/100))
	}
}

// fee is the bank's own; one in five names the payment it was taken for.
func (g *generator) fee(of Line) {
	l := Line{Day: of.Day, Amount: -[]vnd.Amount{5_500, 11_000, 22_000, 33_000}[g.r.IntN(4)], Description: "PHI CHUYEN TIEN"}
	noise := none
	if g.chance(200) {
		l.Description, noise = g.finish("PHI CK "+of.Description), trap
	}
	if g.chance(500) { // booked under the number of what it was taken for
		l.Reference = of.Reference
	}
	g.add(l, Truth{Kind: Fee, Noise: noise})
}

// salaries is a month's run; staff may be payees too, with the same account.
func (g *generator) salaries(on day.Date, staff int) {
	for range staff {
		l := Line{Day: on, Amount: -vnd.Amount(5_000_000 + g.r.Int64N(12_000_000)), Description: g.finish("TT LUONG THANG " + on.VN()[3:5] + " " + Fold(g.name()))}
		_, l.Account = g.account()
		noise := none
		if g.chance(100) {
			p := g.c.Payments[g.r.IntN(len(g.c.Payments))]
			l.Account, l.Counterparty, l.Description, noise = p.Account, Fold(p.Payee), "TT LUONG "+Fold(p.Payee), trap
			if p.Amount == -l.Amount {
				l.Amount -= 500
			}
		}
		g.add(l, Truth{Kind: Salary, Noise: noise})
	}
}

func (g *generator) other(on day.Date) {
	t := Truth{Kind: Other, Noise: none}
	l := Line{Day: on}
	switch g.r.IntN(5) {
	case 0:
		t.Kind = Tax
		l.Amount, l.Description = -vnd.Amount(100_000+g.r.Int64N(90_000_000)), fmt.Sprintf("NOP THUE TNDN MST %010d C554 TM1052", g.r.Int64N(10_000_000_000))
	case 1:
		l.Amount, l.Description = vnd.Amount(1000+g.r.IntN(900_000)), "TRA LAI TIEN GUI KHONG KY HAN"
	case 2:
		l.Amount, l.Description = vnd.Amount(1_000_000_000+g.r.Int64N(50_000_000_000)), "KBNN CAP KINH PHI BOI THUONG GPMB DOT 2"
	case 3:
		l.Amount, l.Description = -vnd.Amount(10_000_000+g.r.Int64N(900_000_000)), "TT HOP DONG TU VAN DO DAC BAN DO DIA CHINH"
		_, l.Account = g.account()
	default:
		l.Amount, l.Description = -vnd.Amount(100_000+g.r.IntN(5_000_000)), "TT TIEN DIEN NUOC VAN PHONG"
	}
	g.add(l, t)
}

// looksLikeOurs is other money that shares with a payment all but what would prove it.
func (g *generator) looksLikeOurs(on day.Date) {
	p := g.c.Payments[g.r.IntN(len(g.c.Payments))]
	l := Line{Day: on, Amount: -p.Amount}
	switch g.r.IntN(5) {
	case 4: // the treasury's number, with other money
		l.Reference, l.Amount, l.Description = p.Slip, -p.Amount-vnd.Amount(1000+g.r.IntN(9000)), "TT HOP DONG THI CONG DOT 1"
	case 0: // the amount and the name
		l.Description = "TAM UNG CONG TAC PHI " + Fold(p.Payee)
	case 1: // the amount and a name that folds alike, coming in
		l.Amount, l.Description = p.Amount, Fold(p.Payee)+" NOP TIEN SU DUNG DAT"
	case 2: // the code, with other money
		l.Amount, l.Description = vnd.Amount(50_000+g.r.Int64N(900_000)), "NOP LAI TIEN CHI THUA "+p.Code+" "+Fold(p.Payee)
	default: // the account, with other money
		l.Amount, l.Account, l.Counterparty, l.Description = -p.Amount-vnd.Amount(1000+g.r.IntN(9000)), p.Account, Fold(p.Payee), "TT TIEN THUE XE "+Fold(p.Payee)
	}
	l.Description = g.finish(l.Description)
	g.add(l, Truth{Kind: Other, Noise: trap})
}
