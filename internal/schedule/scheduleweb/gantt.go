package scheduleweb

import (
	"strconv"

	"matbang/internal/day"
	"matbang/internal/schedule"
)

// The measures of a Gantt in units of its view box: the page shows it a little smaller or larger, printing as well.
const (
	ganttWidth = 1150
	nameWidth  = 300
	tailWidth  = 52 // behind the last day: the share of the last bar
	headHeight = 36
	rowHeight  = 26
	nameRunes  = 42
)

// gantt is the drawing of planned and real time, laid out whole here: the policy of the pages allows no style in them.
type gantt struct {
	Width, Height, Left, Right int
	Months                     []tick
	Years                      []tick
	TodayX                     int // 0: today lies outside
	Rows                       []bar
}

// tick is a line of the grid with its text, which may be empty.
type tick struct {
	X    int
	Text string
}

// span is a stretch of days on the drawing; W is 0 when there is none.
type span struct{ X, W int }

// bar is one row: a baseline, the current plan with what is done of it, and a forecast.
type bar struct {
	Y, TextY         int
	Name, Full       string
	Strong           bool
	State            string // ok, warn, bad, idle: the colour of what is done
	Base, Plan, Done span
	Share            string
	ShareX           int
	FinishX          int // real last day
	ForecastX        int
	Range            span // from the earliest to the latest forecast
	Open             bool // the range has no end
}

// line is a row as it is asked for, in days.
type line struct {
	Name               string
	Strong             bool
	State              string
	BaseStart, BaseEnd day.Date
	Start, End         day.Date
	DoneBP             int
	FinishedOn         day.Date
	Forecast           schedule.Forecast
}

// scale turns days into places.
type scale struct {
	from        day.Date
	days, width int
}

func (s scale) x(d day.Date) int {
	n := min(max(d.Sub(s.from), 0), s.days)
	return nameWidth + n*s.width/s.days
}

// over is the stretch of days from start to the end of end.
func (s scale) over(start, end day.Date) span {
	if start.IsZero() || end.IsZero() {
		return span{}
	}
	x := s.x(start)
	return span{x, max(s.x(end.Add(1))-x, 2)}
}

// farAhead is how many days beyond the plans a forecast may widen the drawing.
const farAhead = 1100

// draw lays out rows over the whole months that hold all their days.
func draw(lines []line, today day.Date) gantt {
	first, last := bounds(lines, today)
	if first.IsZero() {
		return gantt{}
	}
	from, to := first.Month(), last.Month()
	s := scale{from.First(), to.Last().Add(1).Sub(from.First()), ganttWidth - nameWidth - tailWidth}
	g := gantt{Width: ganttWidth, Left: nameWidth, Right: ganttWidth - tailWidth, Height: headHeight + rowHeight*len(lines) + 4}
	g.Months, g.Years = s.grid(from, to)
	if !today.Before(s.from) && !today.After(to.Last()) {
		g.TodayX = s.x(today.Add(1))
	}
	for i, l := range lines {
		g.Rows = append(g.Rows, s.bar(l, headHeight+i*rowHeight))
	}
	return g
}

// bounds are the days that must be seen. A far forecast widens the drawing only so far.
func bounds(lines []line, today day.Date) (first, last day.Date) {
	widen := func(d day.Date) {
		if d.IsZero() {
			return
		}
		if first.IsZero() || d.Before(first) {
			first = d
		}
		if d.After(last) {
			last = d
		}
	}
	for _, l := range lines {
		for _, d := range []day.Date{l.BaseStart, l.BaseEnd, l.Start, l.End, l.FinishedOn} {
			widen(d)
		}
	}
	if first.IsZero() {
		return first, last
	}
	limit := last.Add(farAhead)
	for _, l := range lines {
		for _, d := range []day.Date{l.Forecast.On, l.Forecast.Latest} {
			if !d.IsZero() && d.After(limit) {
				d = limit
			}
			widen(d)
		}
	}
	return first, last
}

// grid is a line at every month or quarter, whichever has room, and at every year; months are named by their numbers.
func (s scale) grid(from, to day.Month) (months, years []tick) {
	count := 0
	for m := from; !to.Before(m); m = m.Add(1) {
		count++
	}
	step := 1
	for _, n := range []int{1, 3, 12} {
		if step = n; s.width*n/count >= 17 {
			break
		}
	}
	for m := from; !to.Before(m); m = m.Add(1) {
		number, _ := strconv.Atoi(m.String()[5:])
		if (number-1)%step == 0 && step < 12 {
			months = append(months, tick{s.x(m.First()), strconv.Itoa(number)})
		}
		if number == 1 || m == from {
			years = append(years, tick{s.x(m.First()), strconv.Itoa(m.Year())})
		}
	}
	if len(years) > 1 && years[1].X-years[0].X < 30 {
		years[0].Text = "" // no room before the next year
	}
	return months, years
}

func (s scale) bar(l line, y int) bar {
	b := bar{Y: y, TextY: y + 17, Name: cut(l.Name), Full: l.Name, Strong: l.Strong, State: l.State,
		Base: s.over(l.BaseStart, l.BaseEnd), Plan: s.over(l.Start, l.End)}
	if b.Plan.W > 0 {
		b.Done = span{b.Plan.X, b.Plan.W * l.DoneBP / schedule.Whole}
		b.Share, b.ShareX = schedule.Percent(l.DoneBP/10*10), b.Plan.X+b.Plan.W+5
	}
	if !l.FinishedOn.IsZero() {
		b.FinishX = s.x(l.FinishedOn.Add(1))
		b.ShareX = max(b.ShareX, b.FinishX+7)
	}
	if f := l.Forecast; f.Kind == schedule.Expected {
		end := f.Latest
		if b.Open = end.IsZero(); b.Open {
			end = s.from.Add(s.days)
		}
		b.ForecastX, b.Range = s.x(f.On), s.over(f.Earliest, end)
		b.ShareX = max(b.ShareX, b.Range.X+b.Range.W+5, b.ForecastX+8)
	}
	b.ShareX = min(b.ShareX, ganttWidth-tailWidth+5)
	return b
}

// cut shortens a name to the room before the bars; the table under the drawing has it whole.
func cut(name string) string {
	r := []rune(name)
	if len(r) <= nameRunes {
		return name
	}
	return string(r[:nameRunes-1]) + "…"
}
