package late

import (
	"fmt"
	"slices"
	"strings"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/legal"
	"matbang/internal/vnd"
)

// settled is money of an award that reached the person or was deposited on a day; negative when it came back.
type settled struct {
	AwardID id.Award   `db:"award_id"`
	Day     day.Date   `db:"day"`
	Amount  vnd.Amount `db:"amount"`
}

// clock is what a rule set says about paying in time.
type clock struct {
	fromPlan    bool // Land Law 2024: from the plan's decision; 2013: from the recovery decision
	days        int
	countPayDay bool
	personFree  bool // a delay of the person's costs nothing
	calendar    legal.Calendar
	rates       []legal.Rate
}

// reckon works out what an award owes at the end of a day: the intervals on which something was owed after the due day, each with its charge.
func (c clock) reckon(d *Overdue, events []settled, on day.Date) {
	slices.SortStableFunc(events, func(a, b settled) int { return a.Day.Sub(b.Day) })
	d.Owed = d.Net
	from := d.Due.Add(1)
	for _, e := range events {
		switch {
		case !e.Day.After(d.Due):
		case d.Owed > 0:
			from = c.interval(d, from, e.Day)
		default: // nothing was owed since: what comes back is late from the next day on
			from = e.Day.Add(1)
		}
		d.Owed -= e.Amount
	}
	if d.Owed > 0 && on.After(d.Due) {
		c.interval(d, from, on)
		d.Days = legal.LateDays(d.Due, on, c.countPayDay)
	}
	c.total(d)
}

// interval closes a run of days that ends with a payment, or with the day of the question, and gives the first day of the next run.
func (c clock) interval(d *Overdue, from, paid day.Date) day.Date {
	last := paid
	if !c.countPayDay {
		last = paid.Add(-1)
	}
	if last.Before(from) {
		return from
	}
	charge, err := legal.Surcharge(d.Owed, from, last.Sub(from)+1, c.rates)
	d.NoBasis = d.NoBasis || err != nil
	d.Parts = append(d.Parts, Interval{From: from, To: last, Owed: d.Owed, Charge: charge})
	return last.Add(1)
}

// total adds the charges: none without a basis for every day, and none where the delay is the person's and the rule set frees it.
func (c clock) total(d *Overdue) {
	if d.NoBasis || c.personFree && d.Cause.OfThePerson() {
		return
	}
	for _, p := range d.Parts {
		d.Surcharge += p.Charge.Amount
	}
}

// Formula is how a surcharge was reckoned, interval by interval.
func (d Overdue) Formula() string {
	terms := make([]string, 0, len(d.Parts))
	for _, p := range d.Parts {
		terms = append(terms, fmt.Sprintf("%s–%s: %s", p.From.VN(), p.To.VN(), p.Charge.Formula))
	}
	return strings.Join(terms, "; ")
}

// Late tells whether something of this award is or was late.
func (d Overdue) Late() bool { return len(d.Parts) > 0 }

func (f Filter) takes(d Overdue) bool {
	return d.Late() && (f.Cause == "" || f.Cause == d.Cause) && (f.Over == 0 || d.Days > f.Over) &&
		(f.Show != ShowOwed || d.Owed > 0) && (f.Show != ShowUnplanned || d.Left() > 0)
}

// SumOf adds up awards, and counts a case once, however many of its awards there are.
func SumOf(overdue []Overdue) (sum Band) {
	cases := map[id.Case]bool{}
	for _, d := range overdue {
		sum.Owed += d.Owed
		sum.Surcharge += d.Surcharge
		cases[d.CaseID] = true
	}
	sum.Cases = len(cases)
	return sum
}

// bandsOf ages what is still owed, by cause.
func bandsOf(overdue []Overdue) []Band {
	type place struct {
		cause Cause
		band  int
	}
	in := map[place][]Overdue{}
	for _, d := range overdue {
		if d.Owed > 0 {
			at := place{d.Cause, bandOf(d.Days)}
			in[at] = append(in[at], d)
		}
	}
	bands := []Band{}
	for _, cause := range Causes() {
		for i := range len(Bands()) + 1 {
			b := SumOf(in[place{cause, i}])
			b.Cause, b.Over = cause, lowerEnd(i)
			bands = append(bands, b)
		}
	}
	return bands
}

func lowerEnd(band int) int {
	if band == 0 {
		return 0
	}
	return Bands()[band-1]
}

func bandOf(days int) int {
	band, _ := slices.BinarySearch(Bands(), days)
	return band
}

func checkCause(cause Cause, paper string) error {
	var w fault.Wrong
	w.Check(slices.Contains(Causes(), cause), "cause", "choose")
	w.Check(!cause.OfThePerson() || strings.TrimSpace(paper) != "", "paper", "late.paper_needed")
	return w.Err()
}

// NewPlan is what a person enters: the work, the day the surcharge is reckoned through, who bears it, and the awards by plan and case, all when none is named.
type NewPlan struct {
	Project string   `json:"project"`
	Through day.Date `json:"through"`
	Payer   string   `json:"payer"`
	Note    string   `json:"note,omitempty"`
}

func (in NewPlan) check(today day.Date) error {
	var w fault.Wrong
	w.Check(in.Project != "", "project", "choose")
	w.Check(!in.Through.IsZero(), "through", "required")
	w.Check(!in.Through.After(today), "through", "day_future")
	w.Check(slices.Contains(Payers(), in.Payer), "payer", "choose")
	return w.Err()
}

func (p SurchargePlan) mayApprove(who id.User, number string, on, today day.Date) error {
	if p.State != Draft {
		return ErrState
	}
	if p.MadeByID == who {
		return ErrMaker
	}
	var w fault.Wrong
	w.Check(strings.TrimSpace(number) != "", "decision_no", "required")
	w.Check(!on.IsZero(), "decided_on", "required")
	w.Check(!on.After(today), "decided_on", "day_future")
	return w.Err()
}

// Result is the paper that proves a surcharge paid.
type Result struct {
	Line         int64    `json:"line"`
	Day          day.Date `json:"day"`
	EvidenceKind string   `json:"evidence_kind"`
	EvidenceRef  string   `json:"evidence_ref"`
}

// EvidenceKinds are the papers that prove a person received the money (regulation of settlement: signed list, or paper of the person's account).
func EvidenceKinds() []string { return []string{"bank_advice", "signed_list"} }

func (r Result) check(p SurchargePlan, today day.Date) error {
	var w fault.Wrong
	w.Check(!r.Day.IsZero(), "day", "required")
	w.Check(!r.Day.After(today), "day", "day_future")
	w.Check(r.Day.IsZero() || !r.Day.Before(p.DecidedOn), "day", "late.before_decision", p.DecidedOn)
	w.Check(slices.Contains(EvidenceKinds(), r.EvidenceKind), "evidence_kind", "choose")
	w.Check(strings.TrimSpace(r.EvidenceRef) != "", "evidence_ref", "required")
	return w.Err()
}
