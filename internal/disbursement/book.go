package disbursement

import (
	"cmp"
	"slices"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/legal"
	"matbang/internal/vnd"
)

// contractState is where the money of a contract stands, in đồng.
type contractState struct {
	ID      id.Contract `db:"id"`
	Project id.Project  `db:"project_id"`
	Code    string      `db:"code"`
	State   string      `db:"state"`
	Value   vnd.Amount  `db:"value"`
	Sums
}

// billState is what a bill still asks for. Recovered counts what was recovered with it; Asked is what it says is to be recovered.
type billState struct {
	ID        id.Bill     `db:"id"`
	Contract  id.Contract `db:"contract_id"`
	Code      string      `db:"code"`
	State     string      `db:"state"`
	Day       day.Date    `db:"day"`
	Payable   vnd.Amount  `db:"payable"`
	Asked     vnd.Amount  `db:"asked"`
	Paid      vnd.Amount  `db:"paid"`
	Recovered vnd.Amount  `db:"recovered"`
}

// advanceState is one advance and what became of it.
type advanceState struct {
	ID        id.Voucher  `db:"id"`
	Code      string      `db:"code"`
	Key       string      `db:"idempotency_key"` // when the same person recorded it
	Project   id.Project  `db:"project_id"`
	Year      int         `db:"plan_year"`
	Source    string      `db:"source"`
	Purpose   Purpose     `db:"purpose"`
	Contract  id.Contract `db:"contract_id"`
	PaidOn    day.Date    `db:"paid_on"`
	Amount    vnd.Amount  `db:"amount"`
	Recovered vnd.Amount  `db:"recovered"`
	Refunded  vnd.Amount  `db:"refunded"`
	Held      vnd.Amount  `db:"held"`
}

// named tells whether an entry means this advance: by its code, or by the key under which the same person recorded it.
func (a *advanceState) named(name string) bool {
	return name != "" && (a.Code == name || a.Key == name)
}

func (a *advanceState) balance() vnd.Amount { return a.Amount - a.Recovered - a.Refunded }

// line is a voucher on its way to the database.
type line struct {
	ID         id.Voucher  `json:"id"`
	Code       string      `json:"code"`
	Project    id.Project  `json:"project_id"`
	Year       int         `json:"plan_year"`
	Source     string      `json:"source"`
	Kind       Kind        `json:"kind"`
	Purpose    Purpose     `json:"purpose"`
	Contract   id.Contract `json:"contract_id"`
	Bill       id.Bill     `json:"bill_id"`
	Advance    id.Voucher  `json:"advance_id"`
	With       id.Voucher  `json:"with_id"`
	ReversalOf id.Voucher  `json:"reversal_of"`
	Amount     vnd.Amount  `json:"amount"`
	Number     string      `json:"number"`
	PaidOn     day.Date    `json:"paid_on"`
	Note       string      `json:"note"`
	Key        string      `json:"idempotency_key"`
	Hash       string      `json:"input_hash"` // hexadecimal
}

// sign is −1 for what takes back.
func (l line) sign() vnd.Amount {
	if l.ReversalOf != 0 {
		return -1
	}
	return 1
}

// cash is what the line draws from its fund.
func (l line) cash() vnd.Amount {
	switch l.Kind {
	case KindAdvance, KindPayment:
		return l.sign() * l.Amount
	case KindRefund:
		return -l.sign() * l.Amount
	default:
		return 0
	}
}

// fund is where cash is drawn.
type fund struct {
	project id.Project
	year    int
	source  string
}

// book is what stands, as far as the entries of one act need it; the rules are methods on it, and each line made changes it, so that many entries
// of one act see each other. Everything in it is locked.
type book struct {
	projects  map[string]id.Project
	contracts map[string]*contractState
	bills     map[string]*billState
	advances  []*advanceState // oldest first
	lines     []line
	draws     map[fund]vnd.Amount
}

// newBook knows the works of entries by their codes.
func newBook(entries []Entry) *book {
	b := &book{projects: map[string]id.Project{}, contracts: map[string]*contractState{}, bills: map[string]*billState{}, draws: map[fund]vnd.Amount{}}
	for _, e := range entries {
		b.projects[e.Project] = 0
	}
	return b
}

func (b *book) contractByID(key id.Contract) *contractState {
	for _, c := range b.contracts {
		if c.ID == key {
			return c
		}
	}
	return nil
}

func (b *book) billByID(key id.Bill) *billState {
	for _, x := range b.bills {
		if x.ID == key {
			return x
		}
	}
	return nil
}

func (b *book) advanceByID(key id.Voucher) *advanceState {
	at := slices.IndexFunc(b.advances, func(a *advanceState) bool { return a.ID == key })
	if at < 0 {
		return nil
	}
	return b.advances[at]
}

// record makes the lines of an entry and checks them against everything that stands. rules are those of the entry's day.
func (b *book) record(e Entry, rules map[string]legal.Rule) error {
	first := line{Project: b.projects[e.Project], Year: e.Year, Source: e.Source, Kind: e.Kind, Purpose: e.Purpose, Amount: e.Amount,
		Number: e.Number, PaidOn: e.PaidOn, Note: e.Note, Key: e.Key}
	if err := b.place(e, &first); err != nil {
		return err
	}
	lines := []line{first}
	switch e.Kind {
	case KindRecovery:
		parts, err := b.recovered(first, e, "amount", e.Amount)
		if err != nil {
			return err
		}
		lines = parts
	case KindRefund, KindHeld:
		if err := b.aboutAdvance(&lines[0], e.Advance); err != nil {
			return err
		}
	case KindPayment:
		parts, err := b.recovered(first, e, "recover", e.Recover)
		if err != nil {
			return err
		}
		lines = append(lines, parts...)
	}
	if err := b.within(lines, rules); err != nil {
		return err
	}
	b.take(lines)
	return nil
}

// place finds the contract and the bill of an entry.
func (b *book) place(e Entry, l *line) error {
	if e.Contract != "" {
		c := b.contracts[e.Contract]
		if c == nil || c.Project != l.Project {
			return fault.InvalidField("contract", "disbursement.contract_missing", e.Contract)
		}
		if e.Kind == KindAdvance && c.State != "active" {
			return fault.InvalidField("contract", "disbursement.contract_ended", e.Contract)
		}
		l.Contract = c.ID
	}
	if e.Bill == "" {
		return nil
	}
	bill := b.bills[e.Bill]
	if bill == nil || bill.Contract != l.Contract {
		return fault.InvalidField("bill", "disbursement.bill_missing", e.Bill)
	}
	if bill.State != "approved" {
		return fault.InvalidField("bill", "disbursement.bill_not_approved", e.Bill)
	}
	if e.PaidOn.Before(bill.Day) {
		return fault.InvalidField("paid_on", "disbursement.before_bill", e.Bill, bill.Day)
	}
	l.Bill = bill.ID
	return nil
}

// aboutAdvance names the advance of a line and takes the fund of it: what comes back goes where it came from.
func (b *book) aboutAdvance(l *line, code string) error {
	at := slices.IndexFunc(b.advances, func(a *advanceState) bool { return a.named(code) && a.Project == l.Project })
	if at < 0 {
		return fault.InvalidField("advance", "disbursement.advance_missing", code)
	}
	a := b.advances[at]
	if a.Purpose != l.Purpose || a.Contract != l.Contract {
		return fault.InvalidField("advance", "disbursement.advance_elsewhere", code)
	}
	if l.PaidOn.Before(a.PaidOn) {
		return fault.InvalidField("paid_on", "disbursement.before_advance", code, a.PaidOn)
	}
	free := a.balance()
	if l.Kind == KindHeld {
		free -= min(a.Held, free)
	}
	if l.Amount > free {
		return fault.InvalidField("amount", "disbursement.above_balance", code, l.Amount, free)
	}
	l.Advance, l.Year, l.Source = a.ID, a.Year, a.Source
	return nil
}

// recovered spreads a recovery over the advance named, or over the open advances of the same work and purpose (and contract), the oldest first.
func (b *book) recovered(like line, e Entry, field string, sum vnd.Amount) ([]line, error) {
	var parts []line
	open := vnd.Amount(0)
	for _, a := range b.advances {
		if a.Project != like.Project || a.Purpose != like.Purpose || a.Contract != like.Contract || a.PaidOn.After(like.PaidOn) ||
			(e.Advance != "" && !a.named(e.Advance)) || (e.Advance == "" && like.Contract == 0 && (a.Year != e.Year || a.Source != e.Source)) {
			continue
		}
		open += a.balance()
		part := min(a.balance(), sum)
		if part <= 0 {
			continue
		}
		l := like
		l.Kind, l.Advance, l.Year, l.Source, l.Amount = KindRecovery, a.ID, a.Year, a.Source, part
		parts, sum = append(parts, l), sum-part
	}
	if sum > 0 {
		return nil, fault.InvalidField(field, "disbursement.above_open", sum+total(parts), open)
	}
	return parts, nil
}

func total(lines []line) (sum vnd.Amount) {
	for _, l := range lines {
		sum += l.Amount
	}
	return sum
}

// within holds the lines of one entry against the contract and the bill.
func (b *book) within(lines []line, rules map[string]legal.Rule) error {
	if len(lines) == 0 || lines[0].Contract == 0 {
		return nil
	}
	c := *b.contractByID(lines[0].Contract)
	c.add(lines)
	if raises := lines[0].cash() > 0; raises && c.Cash() > c.Value {
		return fault.InvalidField("amount", "disbursement.above_contract", c.Code, c.Value, c.Cash())
	}
	if lines[0].Bill != 0 {
		if err := b.billByID(lines[0].Bill).within(lines); err != nil {
			return err
		}
	}
	if lines[0].Kind != KindPayment {
		return nil
	}
	return c.recoveredInTime(rules)
}

// recoveredInTime refuses a payment that brings the volume paid to the share at which advances must be recovered, and leaves advance open.
func (c contractState) recoveredInTime(rules map[string]legal.Rule) error {
	rule, found := rules[legal.AdvanceRecoveredByBP]
	if !found || c.Balance() <= 0 {
		return nil
	}
	limit, err := vnd.MulDiv(c.Value, rule.Value, 10_000)
	if err != nil {
		return err
	}
	if c.Completed() < limit {
		return nil
	}
	return fault.InvalidField("recover", "disbursement.recover_first", c.Completed(), limit, c.Balance(), rule.Basis)
}

// within refuses more than the bill asks for; when its money is whole, so must be the recovery it stands on.
func (x billState) within(lines []line) error {
	before := x
	x.add(lines)
	switch {
	case x.Paid > x.Payable:
		return fault.InvalidField("amount", "disbursement.above_bill", x.Code, x.Payable, x.Paid, x.Payable-before.Paid)
	case x.Recovered > x.Asked:
		return fault.InvalidField("recover", "disbursement.above_bill_recovery", x.Code, x.Asked, x.Recovered)
	case lines[0].Kind == KindPayment && x.Paid == x.Payable && x.Recovered < x.Asked:
		return fault.InvalidField("recover", "disbursement.bill_not_whole", x.Code, x.Asked, x.Recovered)
	}
	return nil
}

func (c *contractState) add(lines []line) {
	for _, l := range lines {
		switch amount := l.sign() * l.Amount; l.Kind {
		case KindAdvance:
			c.Advanced += amount
		case KindPayment:
			c.Paid += amount
		case KindRecovery:
			c.Recovered += amount
		case KindRefund:
			c.Refunded += amount
		}
	}
}

func (x *billState) add(lines []line) {
	for _, l := range lines {
		switch amount := l.sign() * l.Amount; l.Kind {
		case KindPayment:
			x.Paid += amount
		case KindRecovery:
			x.Recovered += amount
		}
	}
}

func (a *advanceState) add(l line) {
	switch amount := l.sign() * l.Amount; l.Kind {
	case KindRecovery:
		a.Recovered += amount
	case KindRefund:
		a.Refunded += amount
	case KindHeld:
		a.Held += amount
	}
}

// take adds lines to what stands. The first is the voucher itself, the others were recorded together with it. Lines are known by negative
// numbers until the database gives them theirs.
func (b *book) take(lines []line) {
	for i := range lines {
		l := &lines[i]
		l.ID = -id.Voucher(len(b.lines) + i + 1)
		if i > 0 {
			l.With, l.Key = lines[0].ID, ""
		}
		b.draws[fund{l.Project, l.Year, l.Source}] += l.cash()
		if l.Kind == KindAdvance && l.ReversalOf == 0 {
			b.advances = append(b.advances, &advanceState{ID: l.ID, Key: l.Key, Project: l.Project, Year: l.Year, Source: l.Source, Purpose: l.Purpose,
				Contract: l.Contract, PaidOn: l.PaidOn, Amount: l.Amount})
		}
		if a := b.advanceByID(l.Advance); a != nil {
			a.add(*l)
		}
	}
	if c := b.contractByID(lines[0].Contract); c != nil {
		c.add(lines)
	}
	if x := b.billByID(lines[0].Bill); x != nil {
		x.add(lines)
	}
	b.lines = append(b.lines, lines...)
}

// funds are the funds that cash is drawn from, in the order in which they are locked.
func (b *book) funds() []fund {
	var all []fund
	for f, amount := range b.draws {
		if amount != 0 {
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(x, y fund) int {
		return cmp.Or(cmp.Compare(x.project, y.project), cmp.Compare(x.year, y.year), cmp.Compare(x.source, y.source))
	})
	return all
}
