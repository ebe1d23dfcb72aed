package scheduleweb

import (
	"slices"
	"strconv"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/schedule"
	"matbang/internal/webkit"
)

// emptyRows are offered under a plan for what is added; mostRows is what one form takes.
const (
	emptyRows = 3
	mostRows  = 80
)

type planPage struct {
	Project struct{ Code string }
	Plan    schedule.Plan
	Rows    []planRow
	Sum     int // of the weights that can be read
	Fixed   bool
	Version int
}

// planRow is a milestone as it was typed: shown again, unchanged, when something is wrong. Place is its place in the form.
type planRow struct {
	Was                            int
	Order, Name, Weight, Start, To string
	Drop                           bool
	Kept                           bool // may not be taken out
}

func (r planRow) empty() bool {
	return r.Was == 0 && r.Name == "" && r.Weight == "" && r.Start == "" && r.To == ""
}

func (w Web) planPage(c *webkit.Ctx) (planPage, error) {
	var p planPage
	var err error
	if p.Plan, err = w.Schedules.Plan(c.Context(), c.Actor(), c.Param("code")); err != nil {
		return p, err
	}
	crumbs(c, p.Plan)
	p.Project.Code, p.Version, p.Fixed = p.Plan.Code, p.Plan.Version, len(p.Plan.Baselines) > 0
	return p, nil
}

func (w Web) planForm(c *webkit.Ctx) error {
	page, err := w.planPage(c)
	if err != nil {
		return err
	}
	for _, m := range page.Plan.Milestones {
		page.Rows = append(page.Rows, planRow{Was: m.Rank, Order: strconv.Itoa(m.Rank), Name: m.Name, Weight: schedule.PercentText(m.WeightBP),
			Start: m.Start.VN(), To: m.End.VN()})
	}
	page.finish(emptyRows)
	return c.Show("schedule/plan", page)
}

// finish marks what may not be taken out, adds empty rows and the sum of the weights.
func (p *planPage) finish(empty int) {
	kept := map[int]bool{}
	for _, m := range p.Plan.Milestones {
		kept[m.Rank] = p.Plan.Kept(m.ID)
	}
	for i, r := range p.Rows {
		p.Rows[i].Kept = kept[r.Was]
		if !r.Drop && r.Weight != "" {
			p.Sum += webkit.Percent(&fault.Wrong{}, "", r.Weight)
		}
	}
	for len(p.Rows) == 0 || empty > 0 {
		p.Rows = append(p.Rows, planRow{Order: strconv.Itoa(len(p.Rows) + 1)})
		empty--
	}
}

// readRows reads the form in the order its people gave, what is dropped last; empty rows are left out.
func readRows(c *webkit.Ctx) []planRow {
	var rows []planRow
	for i := 1; i <= mostRows && c.FormMap().Has(schedule.FieldOf(i, "name")); i++ {
		form := func(field string) string { return c.Form(schedule.FieldOf(i, field)) }
		was, _ := strconv.Atoi(form("was"))
		r := planRow{Was: was, Order: form("order"), Name: form("name"), Weight: form("weight"), Start: form("start"), To: form("end"), Drop: form("drop") != ""}
		if !r.empty() {
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(a, b planRow) int {
		if a.Drop != b.Drop {
			return map[bool]int{false: -1, true: 1}[a.Drop]
		}
		return order(a) - order(b)
	})
	return rows
}

// order is the place a person gave; what is no number goes to the end.
func order(r planRow) int {
	n, err := strconv.Atoi(r.Order)
	if err != nil || n < 0 || n > 1000 {
		return 1001
	}
	return n
}

// input reads the typed texts; what cannot be read is refused at its cell.
func input(rows []planRow) ([]schedule.Row, error) {
	var wrong fault.Wrong
	var in []schedule.Row
	for i, r := range rows {
		if r.Drop {
			continue
		}
		name := func(field string) string { return schedule.FieldOf(i+1, field) }
		row := schedule.Row{Was: r.Was, Name: r.Name, Start: webkit.OptionalDay(&wrong, name("start"), r.Start), End: webkit.OptionalDay(&wrong, name("end"), r.To)}
		if r.Weight == "" {
			wrong.Add(name("weight"), "required")
		} else {
			row.WeightBP = webkit.Percent(&wrong, name("weight"), r.Weight)
		}
		in = append(in, row)
	}
	return in, wrong.Err()
}

func (w Web) savePlan(c *webkit.Ctx) error {
	page, err := w.planPage(c)
	if err != nil {
		return err
	}
	page.Rows = readRows(c)
	if c.Form("act") == "more" {
		page.Version = c.Version()
		page.finish(emptyRows + 3)
		return c.Show("schedule/plan", page)
	}
	rows, err := input(page.Rows)
	if err == nil {
		err = w.Schedules.Save(c.Context(), c.Actor(), page.Plan.Code, c.Version(), rows)
	}
	if err != nil {
		page.Version = webkit.VersionAfter(err, c.Version(), page.Version)
		page.finish(emptyRows)
		return c.Refuse(err, "schedule/plan", page)
	}
	sum := 0
	for _, r := range rows {
		sum += r.WeightBP
	}
	if sum != schedule.Whole {
		return c.Done("/projects/"+page.Plan.Code+"/schedule/plan", "schedule.saved_unfinished", schedule.Percent(sum))
	}
	return c.Done("/projects/"+page.Plan.Code+"/schedule", "schedule.saved")
}

type progressPage struct {
	Project struct{ Code string }
	Plan    schedule.Plan
	On      string // the day of every row without one of its own
	Rows    []progressRow
	Version int
}

// progressRow is what is recorded of one milestone, as it was typed.
type progressRow struct {
	schedule.Milestone
	Weight               int
	LastOn               day.Date // the newest day recorded
	Done, Day, From, Say string
}

func (r progressRow) empty() bool { return r.Done == "" && r.Day == "" && r.From == "" && r.Say == "" }

func (w Web) progressPage(c *webkit.Ctx) (progressPage, error) {
	var p progressPage
	var err error
	if p.Plan, err = w.Schedules.Plan(c.Context(), c.Actor(), c.Param("code")); err != nil {
		return p, err
	}
	crumbs(c, p.Plan)
	p.Project.Code, p.Version, p.On = p.Plan.Code, p.Plan.Version, c.Today().VN()
	weights := p.Plan.Weights()
	for _, m := range p.Plan.Milestones {
		row := progressRow{Milestone: m, Weight: weights[m.ID]}
		for _, h := range p.Plan.History {
			if h.Milestone == m.ID {
				row.LastOn = h.On
			}
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

func (w Web) progressForm(c *webkit.Ctx) error {
	page, err := w.progressPage(c)
	if err != nil {
		return err
	}
	return c.Show("schedule/progress", page)
}

// read puts what was typed into the page and gives the entries; a row with nothing in it says nothing.
func (p *progressPage) read(c *webkit.Ctx) ([]schedule.Entry, error) {
	var wrong fault.Wrong
	var entries []schedule.Entry
	p.On = c.Form("on")
	common := webkit.Day(&wrong, "on", p.On)
	for i := range p.Rows {
		r := &p.Rows[i]
		name := func(field string) string { return schedule.FieldOf(r.Rank, field) }
		r.Done, r.Day, r.From, r.Say = c.Form(name("done")), c.Form(name("on")), c.Form(name("started")), c.Form(name("note"))
		if r.empty() {
			continue
		}
		e := schedule.Entry{Rank: r.Rank, On: common, StartedOn: webkit.OptionalDay(&wrong, name("started"), r.From), Note: r.Say}
		if r.Day != "" {
			e.On = webkit.OptionalDay(&wrong, name("on"), r.Day)
		}
		if r.Done == "" {
			wrong.Add(name("done"), "required")
		} else {
			e.DoneBP = webkit.Percent(&wrong, name("done"), r.Done)
		}
		entries = append(entries, e)
	}
	return entries, wrong.Err()
}

func (w Web) saveProgress(c *webkit.Ctx) error {
	page, err := w.progressPage(c)
	if err != nil {
		return err
	}
	entries, err := page.read(c)
	if err == nil {
		works := []schedule.WorkEntries{{Code: page.Plan.Code, Version: c.Version(), Entries: entries}}
		err = w.Schedules.Record(c.Context(), c.Actor(), works, c.Today())
	}
	if err != nil {
		page.Version = webkit.VersionAfter(err, c.Version(), page.Version)
		return c.Refuse(err, "schedule/progress", page)
	}
	return c.Done("/projects/"+page.Plan.Code+"/schedule", "schedule.recorded", len(entries))
}
