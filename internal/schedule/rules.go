package schedule

import (
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/project"
)

// stretch is the planned time of one milestone with its weight; without days it is planned for no time.
type stretch struct {
	weight     int
	start, end day.Date
}

// course is a planned way through a work: every milestone goes evenly from its first to its last day, both counted.
type course []stretch

// fine is by how much shares are finer than a basis point while they are added up, so that rounding happens once.
const fine = 1_000_000

// planned is the share of the work planned to be done at the end of a day, in basis points. It never falls.
func (c course) planned(d day.Date) int {
	sum := 0
	for _, s := range c {
		if s.start.IsZero() || d.Before(s.start) {
			continue
		}
		long := s.end.Sub(s.start) + 1
		sum += s.weight * min(d.Sub(s.start)+1, long) * fine / long
	}
	return (sum + fine/2) / fine
}

// first and last are the days between which something is planned; zero when nothing is.
func (c course) first() (first day.Date) {
	for _, s := range c {
		if s.weight > 0 && !s.start.IsZero() && (first.IsZero() || s.start.Before(first)) {
			first = s.start
		}
	}
	return first
}

func (c course) last() (last day.Date) {
	for _, s := range c {
		if s.weight > 0 && s.end.After(last) {
			last = s.end
		}
	}
	return last
}

// late is by how many days the work is behind the course when share is done at the end of today: positive behind, negative ahead. It is the
// way from today to the nearest day for which the course planned that share.
func (c course) late(share int, today day.Date) int {
	first, last := c.first(), c.last()
	if first.IsZero() {
		return 0
	}
	before := first.Add(-1)
	days := last.Sub(before)
	switch planned := c.planned(today); {
	case share < planned: // the last day whose plan is reached
		n := search(days, func(n int) bool { return c.planned(before.Add(n)) > share })
		return today.Sub(before.Add(n - 1))
	case share > planned: // the first day that plans as much
		n := search(days, func(n int) bool { return c.planned(before.Add(n)) >= share })
		return today.Sub(before.Add(n))
	default:
		return 0
	}
}

// search is the smallest n in 0 … most for which ok holds, when it holds from there on; most when it holds nowhere before.
func search(most int, ok func(int) bool) int {
	low, high := 0, most
	for low < high {
		if middle := (low + high) / 2; ok(middle) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// Baseline is the baseline in force on a day: the newest fixed by then. Before the first one was fixed, the first is meant.
func (p Plan) Baseline(on day.Date) (Fixed, bool) {
	if len(p.Baselines) == 0 {
		return Fixed{}, false
	}
	found := p.Baselines[0]
	for _, b := range p.Baselines {
		if !b.On.After(on) {
			found = b
		}
	}
	return found, true
}

// Newest is the baseline fixed last.
func (p Plan) Newest() (Fixed, bool) {
	if len(p.Baselines) == 0 {
		return Fixed{}, false
	}
	return p.Baselines[len(p.Baselines)-1], true
}

// weights are those a baseline fixed, or, while there is none, those entered.
func (p Plan) weights(b Fixed, fixed bool) map[id.Milestone]int {
	weights := make(map[id.Milestone]int, len(p.Milestones))
	if fixed {
		for _, m := range b.Milestones {
			weights[m.Milestone] = m.WeightBP
		}
		return weights
	}
	for _, m := range p.Milestones {
		weights[m.ID] = m.WeightBP
	}
	return weights
}

// Weights are the weights that count now, by milestone.
func (p Plan) Weights() map[id.Milestone]int { return p.weights(p.Newest()) }

// EnteredBP is the sum of the weights as entered; a baseline wants exactly Whole.
func (p Plan) EnteredBP() int {
	sum := 0
	for _, m := range p.Milestones {
		sum += m.WeightBP
	}
	return sum
}

// doneOn is what of every milestone was done at the end of a day.
func (p Plan) doneOn(d day.Date) map[id.Milestone]int {
	done := make(map[id.Milestone]int, len(p.Milestones))
	for _, h := range p.History {
		if h.On.After(d) {
			break
		}
		done[h.Milestone] = h.DoneBP
	}
	return done
}

// physical is the share of the work done, in basis points. Less than the whole while any part is missing, however small.
func physical(weights, done map[id.Milestone]int) int {
	sum, whole := 0, true
	for m, weight := range weights {
		sum += weight * done[m]
		whole = whole && (weight == 0 || done[m] == Whole)
	}
	share := (sum + Whole/2) / Whole
	if !whole {
		share = min(share, Whole-1)
	}
	return share
}

// Physical is the share of the work done at the end of a day, by the weights in force on it.
func (p Plan) Physical(on day.Date) int {
	return physical(p.weights(p.Baseline(on)), p.doneOn(on))
}

// baselineCourse is the way a baseline planned.
func (b Fixed) course() course {
	c := make(course, 0, len(b.Milestones))
	for _, m := range b.Milestones {
		c = append(c, stretch{m.WeightBP, m.Start, m.End})
	}
	return c
}

// course is the way now planned, with the weights that count now.
func (p Plan) course() course {
	weights := p.Weights()
	c := make(course, 0, len(p.Milestones))
	for _, m := range p.Milestones {
		c = append(c, stretch{weights[m.ID], m.Start, m.End})
	}
	return c
}

// finishedOn is the day the last weighty milestone was finished; zero while one is not.
func (p Plan) finishedOn() (last day.Date) {
	weights := p.Weights()
	for _, m := range p.Milestones {
		switch {
		case weights[m.ID] == 0:
		case m.FinishedOn.IsZero():
			return day.Date{}
		case m.FinishedOn.After(last):
			last = m.FinishedOn
		}
	}
	return last
}

// startedOn is the day the first milestone was begun; zero while none was.
func (p Plan) startedOn() (first day.Date) {
	for _, m := range p.Milestones {
		if !m.StartedOn.IsZero() && (first.IsZero() || m.StartedOn.Before(first)) {
			first = m.StartedOn
		}
	}
	return first
}

// Facts is where a work stands on a day.
type Facts struct {
	Fixed        bool      `json:"baseline_fixed"`       // without a baseline there is no deviation and no forecast
	ComputedBP   int       `json:"computed_physical_bp"` // from weights and shares
	TypedBP      int       `json:"typed_physical_bp"`    // from the newest accepted month
	TypedMonth   day.Month `json:"typed_month"`
	DifferenceBP int       `json:"difference_bp"` // computed − typed, computed as of the end of that month; 0 without such a month
	PlannedBP    int       `json:"planned_bp"`    // by the baseline in force
	CurrentBP    int       `json:"planned_now_bp"`
	DeviationBP  int       `json:"deviation_bp"` // computed − planned by the baseline
	LateDays     int       `json:"late_days"`    // behind the baseline; negative: ahead
	BaselineEnd  day.Date  `json:"baseline_end"`
	FirstEnd     day.Date  `json:"first_baseline_end"`
	PlannedEnd   day.Date  `json:"planned_end"` // current plan
	SlipDays     int       `json:"slip_days"`   // current plan against the newest baseline
	Forecast     Forecast  `json:"forecast"`
}

// Facts tells where the work stands at the end of a day, with a forecast from the pace of the last months.
func (p Plan) Facts(today day.Date, months int) Facts {
	f := Facts{ComputedBP: p.Physical(today), TypedBP: p.TypedBP, TypedMonth: p.TypedMonth, PlannedEnd: p.course().last(),
		CurrentBP: p.course().planned(today), Forecast: p.Forecast(today, months)}
	if !p.TypedMonth.IsZero() {
		f.DifferenceBP = p.Physical(p.TypedMonth.Last()) - p.TypedBP
	}
	b, fixed := p.Newest()
	if !fixed {
		return f
	}
	f.Fixed, f.FirstEnd, f.BaselineEnd = true, p.Baselines[0].course().last(), b.course().last()
	f.PlannedBP = b.course().planned(today)
	f.DeviationBP = f.ComputedBP - f.PlannedBP
	f.LateDays = b.course().late(f.ComputedBP, today)
	if end := p.finishedOn(); !end.IsZero() {
		f.LateDays = end.Sub(f.BaselineEnd)
	}
	if !f.PlannedEnd.IsZero() {
		f.SlipDays = f.PlannedEnd.Sub(f.BaselineEnd)
	}
	return f
}

// The words of Forecast.Kind: two with a day, and why there is none.
const (
	Finished   = "finished"
	Expected   = "expected"
	NoBaseline = "no_baseline"
	Suspended  = "suspended"
	Preparing  = "preparing"
	NotStarted = "not_started"
	TooNew     = "too_new"
	NoPace     = "no_pace"
	TooSlow    = "too_slow"
)

// Forecast is the day a work will be finished when it goes on as in the last months. Kind Finished: On is the real day. Kind Expected: On
// with the range from the best to the worst month's pace; Latest is zero when in the worst month nothing was gained. Any other Kind says why
// nothing can be foretold, and then no day stands.
type Forecast struct {
	Kind        string   `json:"kind"`
	On          day.Date `json:"on"`
	Earliest    day.Date `json:"earliest"`
	Latest      day.Date `json:"latest"`
	From        day.Date `json:"measured_from"`
	Months      int      `json:"measured_months"`
	GainBP      int      `json:"gain_bp"` // in all these months
	BestBP      int      `json:"best_month_bp"`
	WorstBP     int      `json:"worst_month_bp"`
	RemainingBP int      `json:"remaining_bp"`
}

// farthest is how far ahead a forecast is worth a day: twenty years.
const farthest = 7305

// Forecast measures the pace over the last whole months (as many as given, fewer when the work began later) with the weights that count now,
// and goes on with it.
func (p Plan) Forecast(today day.Date, months int) Forecast {
	b, fixed := p.Newest()
	began := p.startedOn()
	switch {
	case !fixed:
		return Forecast{Kind: NoBaseline}
	case !p.finishedOn().IsZero():
		return Forecast{Kind: Finished, On: p.finishedOn()}
	case p.State == project.Suspended:
		return Forecast{Kind: Suspended}
	case p.State == project.Preparing:
		return Forecast{Kind: Preparing}
	case began.IsZero() || began.After(today):
		return Forecast{Kind: NotStarted}
	}
	weights := p.weights(b, true)
	share := func(d day.Date) int { return physical(weights, p.doneOn(d)) }
	f := Forecast{Kind: TooNew, From: today, RemainingBP: Whole - share(today)}
	var best, worst pace
	for f.Months < months && !monthsBefore(today, f.Months+1).Before(began.Add(-1)) {
		from, to := monthsBefore(today, f.Months+1), monthsBefore(today, f.Months)
		one := pace{share(to) - share(from), to.Sub(from)}
		if f.Months == 0 || one.faster(best) {
			best = one
		}
		if f.Months == 0 || worst.faster(one) {
			worst = one
		}
		f.Months, f.From = f.Months+1, from
		f.GainBP += one.gain
	}
	if f.Months == 0 {
		return f
	}
	f.BestBP, f.WorstBP = best.gain, worst.gain
	all := pace{f.GainBP, today.Sub(f.From)}
	days := all.days(f.RemainingBP)
	switch {
	case all.gain <= 0:
		f.Kind = NoPace
	case days > farthest:
		f.Kind = TooSlow
	default:
		f.Kind, f.On, f.Earliest = Expected, today.Add(days), today.Add(best.days(f.RemainingBP))
		if n := worst.days(f.RemainingBP); worst.gain > 0 && n <= farthest {
			f.Latest = today.Add(n)
		}
	}
	return f
}

// pace is what was gained in how many days.
type pace struct{ gain, long int }

func (p pace) faster(q pace) bool { return p.gain*q.long > q.gain*p.long }

// days is how long a share takes at this pace, the last day begun counted whole.
func (p pace) days(share int) int {
	if p.gain <= 0 {
		return 0
	}
	return (share*p.long + p.gain - 1) / p.gain
}

// monthsBefore is the same day n months earlier, or the last day of that month when it is shorter.
func monthsBefore(d day.Date, n int) day.Date {
	month := d.Month().Add(-n)
	same := month.First().Add(d.Sub(d.Month().First()))
	if same.After(month.Last()) {
		return month.Last()
	}
	return same
}

// Span is the first and last planned day of what counts now; zero when nothing is planned.
func (p Plan) Span() (first, last day.Date) {
	c := p.course()
	return c.first(), c.last()
}

// Span is the first and last day of a baseline.
func (b Fixed) Span() (first, last day.Date) {
	c := b.course()
	return c.first(), c.last()
}

// Planned is the share of one milestone that a baseline planned to be done at the end of a day.
func (f Frozen) Planned(on day.Date) int {
	return course{{Whole, f.Start, f.End}}.planned(on)
}
