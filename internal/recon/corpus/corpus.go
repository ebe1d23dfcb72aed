// Package corpus makes bank accounts with the truth attached: payments, the lines a bank would print about them, and which line speaks of which
// payment. It knows no room; tests load it into the tables and hold what the engine says against the truth.
//
// # Where the shares come from
//
// No statement of a real office was at hand, so the shares in mix() are our assumption, set before the engine was first measured and not
// touched since. They lean on three things. The product prints a code into the memo of every payment, so most lines bear one. Public parsers
// of Vietnamese banks show how memos are maimed on their way: upper case without marks, the bank's own words before and after, both accounts
// and names in between, lines wrapped inside words, memos cut at a fixed length. And accountants tell of what remains: somebody typed the
// memo by hand, left the code out, mistyped it or copied the one before; several payees of one account were paid at once, a large sum left
// in parts; money came back, sometimes less a fee; the bank took its own entry back. One order in five went through the treasury, whose number
// was noted and stands in two of three of its lines; such numbers are short and recur. About one line in eight is none of ours: fees, some of
// which name our codes, salary runs to people who are payees too, tax, interest, and other money of the very amount and name of a payment.
//
// What nobody could know is left out, because no engine may be blamed for it: a line that bears another payment's code with that payment's
// amount and no word against it, and one payment made twice.
package corpus

import (
	"math/rand/v2"

	"matbang/internal/day"
	"matbang/internal/vnd"
)

// Payment is money ordered for a payee. Amount is positive, in đồng.
type Payment struct {
	Code, Order     string
	Payee, Identity string
	Bank, Account   string
	Slip            string // the treasury's number of its order, where it was noted
	Amount          vnd.Amount
	Released        day.Date
}

// Line is a movement as a bank prints it: negative when money left our account. No stays with the line when the lines are shuffled.
type Line struct {
	No                     int
	Day                    day.Date
	Amount                 vnd.Amount
	Reference, Description string
	Counterparty, Account  string // of the other side; banks often leave them empty
}

// Kind is what a line really is.
type Kind string

// The kinds of lines. Only payments and returns speak of our payments.
const (
	Paid     Kind = "payment"
	Returned Kind = "return"
	Fee      Kind = "fee"
	Salary   Kind = "salary"
	Tax      Kind = "tax"
	Other    Kind = "other"
)

// Key is the surest thing a line shares with its payment, after all that happened to the memo.
type Key string

// The keys, the surest first.
const (
	ByCode     Key = "code"     // the code, whole, perhaps with spaces inside or in small letters
	ByCodes    Key = "codes"    // the codes of all payments that the line pays
	ByOrder    Key = "order"    // the number of the order whose payments the line pays
	BySlip     Key = "slip"     // the treasury's number of the order, in the column of references
	ByAccount  Key = "account"  // the payee's account, in its column or whole in the memo
	ByIdentity Key = "identity" // the payee's identity number
	ByParts    Key = "parts"    // the code, but only a part of the money
	ByMaimed   Key = "maimed"   // a code that is wrong, cut short or runs into other digits
	ByName     Key = "name"
	ByAmount   Key = "amount" // nothing but the amount
	ByNothing  Key = "nothing"
)

// Keys lists the keys in the order of a report.
func Keys() []Key {
	return []Key{ByCode, ByCodes, ByOrder, BySlip, ByAccount, ByIdentity, ByParts, ByMaimed, ByName, ByAmount, ByNothing}
}

// Part is what a line moves of a payment, in đồng, positive.
type Part struct {
	Payment int // place in Payments
	Amount  vnd.Amount
}

// Truth is what a line really is. Parts are empty unless the line speaks of payments.
type Truth struct {
	Kind  Kind
	Parts []Part
	Key   Key
	Noise string // what happened to the line on its way; one of Noises
}

// Corpus is an account's lines with the payments behind them. Truth[i] belongs to Lines[i].
type Corpus struct {
	Seed     uint64
	Payments []Payment
	Lines    []Line
	Truth    []Truth
}

// New makes payments payments and what a bank would print about them; the same seed gives the same corpus.
func New(seed uint64, payments int) Corpus {
	g := generator{r: rand.New(rand.NewPCG(seed, 0x6d617462616e67)), c: Corpus{Seed: seed}} //nolint:gosec // a corpus must be repeatable
	g.payments(payments)
	for at := 0; at < payments; {
		at += g.pay(at)
	}
	g.foreign()
	g.byDay()
	return g.c
}

// Shuffled is the same corpus with its lines in another order, as files come.
func (c Corpus) Shuffled(seed uint64) Corpus {
	order := rand.New(rand.NewPCG(seed, c.Seed)).Perm(len(c.Lines)) //nolint:gosec // as above
	out := Corpus{Seed: c.Seed, Payments: c.Payments, Lines: make([]Line, len(order)), Truth: make([]Truth, len(order))}
	for to, from := range order {
		out.Lines[to], out.Truth[to] = c.Lines[from], c.Truth[from]
	}
	return out
}

// Parted is the corpus in n statements, one after the other by day: each has a part of the lines, all have all payments.
func (c Corpus) Parted(n int) []Corpus {
	parts := make([]Corpus, 0, n)
	for i := range n {
		from, to := i*len(c.Lines)/n, (i+1)*len(c.Lines)/n
		parts = append(parts, Corpus{Seed: c.Seed, Payments: c.Payments, Lines: c.Lines[from:to], Truth: c.Truth[from:to]})
	}
	return parts
}
