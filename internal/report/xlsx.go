package report

import (
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"matbang/internal/area"
	"matbang/internal/vnd"
)

// sheetWriter writes one sheet row by row; text goes in as text, so a name that begins with "=" stays a name.
type sheetWriter struct {
	stream                            *excelize.StreamWriter
	row                               int
	head, money, areaStyle, pct, bold int
	err                               error
}

// WriteXLSX writes the report as a workbook. say translates keys into the reader's language.
func WriteXLSX(w io.Writer, m Monthly, say func(key string, args ...any) string) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	sheets := []struct {
		name   string
		widths []float64
		fill   func(*sheetWriter, Monthly, func(string, ...any) string)
	}{
		{say("report.sheet.summary"), []float64{52, 24, 14}, summarySheet},
		{say("report.sheet.projects"), []float64{10, 52, 8, 28, 18, 18, 10, 18, 18, 10, 8, 14, 18, 18, 16}, projectsSheet},
		{say("report.sheet.obstacles"), []float64{10, 16, 16, 70, 14, 14, 10}, obstaclesSheet},
		{say("report.sheet.not_reported"), []float64{10, 60, 20}, notReportedSheet},
		{say("report.sheet.year"), []float64{48, 16, 16, 20, 12, 16, 12, 60}, yearSheet},
		{say("report.sheet.sources"), []float64{36, 20, 20, 20, 20, 20, 10}, sourcesSheet},
		{say("report.sheet.adjustments"), []float64{10, 10, 12, 28, 20, 60}, adjustmentsSheet},
		{say("report.sheet.changes"), []float64{12, 30, 20, 20}, changesSheet},
	}
	for i, s := range sheets {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", s.name); err != nil {
				return err
			}
		} else if _, err := f.NewSheet(s.name); err != nil {
			return err
		}
		if err := writeSheet(f, s.name, s.widths, func(sw *sheetWriter) { s.fill(sw, m, say) }); err != nil {
			return fmt.Errorf("sheet %s: %w", s.name, err)
		}
	}
	return f.Write(w)
}

func writeSheet(f *excelize.File, name string, widths []float64, fill func(*sheetWriter)) error {
	stream, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	sw := &sheetWriter{stream: stream}
	if err := sw.styles(f); err != nil {
		return err
	}
	for i, width := range widths {
		if err := stream.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	fill(sw)
	if sw.err != nil {
		return sw.err
	}
	return stream.Flush()
}

func (s *sheetWriter) styles(f *excelize.File) error {
	formats := []struct {
		into  *int
		style excelize.Style
	}{
		{&s.head, excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"},
			Border: []excelize.Border{{Type: "bottom", Style: 1, Color: "808080"}}}},
		{&s.bold, excelize.Style{Font: &excelize.Font{Bold: true, Size: 13}}},
		{&s.money, excelize.Style{CustomNumFmt: pointer(`#,##0`)}},
		{&s.areaStyle, excelize.Style{CustomNumFmt: pointer(`#,##0.00`)}},
		{&s.pct, excelize.Style{CustomNumFmt: pointer(`0.0%`)}},
	}
	for _, format := range formats {
		id, err := f.NewStyle(&format.style)
		if err != nil {
			return err
		}
		*format.into = id
	}
	return nil
}

func pointer(s string) *string { return &s }

func (s *sheetWriter) write(values ...any) {
	if s.err != nil {
		return
	}
	s.row++
	cells := make([]any, len(values))
	for i, v := range values {
		cells[i] = s.cell(v)
	}
	name, err := excelize.CoordinatesToCellName(1, s.row)
	if err == nil {
		err = s.stream.SetRow(name, cells)
	}
	s.err = err
}

func (s *sheetWriter) cell(v any) any {
	switch v := v.(type) {
	case vnd.Amount:
		return excelize.Cell{StyleID: s.money, Value: int64(v)}
	case area.Area:
		return excelize.Cell{StyleID: s.areaStyle, Value: number(v.Decimal())}
	case share:
		return excelize.Cell{StyleID: s.pct, Value: number(fmt.Sprintf("%d.%04d", int64(v)/10000, int64(v)%10000))}
	case heading:
		return excelize.Cell{StyleID: s.head, Value: string(v)}
	case title:
		return excelize.Cell{StyleID: s.bold, Value: string(v)}
	default:
		return v
	}
}

type (
	share   int64 // basis points
	heading string
	title   string
)

// number gives a decimal text to a workbook, whose numbers know no other form; the file keeps exactly these digits.
func number(decimal string) any {
	n, err := strconv.ParseFloat(decimal, 64)
	if err != nil {
		return decimal
	}
	return n
}

func headings(say func(string, ...any) string, keys ...string) []any {
	cells := make([]any, len(keys))
	for i, key := range keys {
		cells[i] = heading(say(key))
	}
	return cells
}

func summarySheet(s *sheetWriter, m Monthly, say func(string, ...any) string) {
	s.write(title(say("report.title", m.Month)))
	if m.Sample {
		s.write(say("frame.sample"))
	}
	s.write(say("report.state."+m.Status), m.Number)
	s.write()
	s.write(headings(say, "report.figure", "report.value")...)
	c, l, p := m.Capital, m.Land, m.Compensation
	for _, line := range []struct {
		key   string
		value any
	}{
		{"report.works", c.Works}, {"report.plan", c.Plan}, {"report.executed", c.Executed}, {"report.executed_share", share(c.ExecutedBP)},
		{"report.disbursed", c.Disbursed}, {"report.disbursed_treasury", c.DisbursedTreasury}, {"report.estimate", c.EstimateMonthEnd},
		{"report.land_projects", l.Projects}, {"report.holders", l.Holders}, {"report.cases", l.Cases}, {"report.area", l.Area},
		{"report.handed_over", l.HandedOver}, {"report.approved_projects", p.ProjectsApproved}, {"report.approved", p.Approved},
		{"report.paying_projects", p.InPayment.Projects}, {"report.paying_approved", p.InPayment.Approved},
		{"report.paying_paid", p.InPayment.Paid}, {"report.paying_deposited", p.InPayment.Deposited},
	} {
		s.write(say(line.key), line.value)
	}
	bridgeRows(s, m, say)
	lateRows(s, m, say)
}

func bridgeRows(s *sheetWriter, m Monthly, say func(string, ...any) string) {
	b := m.Compensation.Bridge
	s.write()
	s.write(headings(say, "report.bridge", "report.value")...)
	s.write(say("report.bridge.approved"), b.Approved)
	s.write(say("report.bridge.deducted"), b.Deducted)
	s.write(say("report.bridge.not_ordered"), b.NotOrdered)
	s.write(say("report.bridge.ordered"), b.Ordered)
	s.write(say("report.bridge.returned"), b.Returned)
	s.write(say("report.bridge.deposited"), b.Deposited)
	s.write(say("report.bridge.paid"), b.Paid)
	s.write(say("report.bridge.difference"), b.Difference)
}

func lateRows(s *sheetWriter, m Monthly, say func(string, ...any) string) {
	s.write()
	s.write(headings(say, "report.late", "report.value", "report.cases")...)
	for _, c := range m.LatePayments.ByCause {
		s.write(say("report.late."+c.Cause), c.Amount, c.Cases)
	}
	s.write(say("report.late.total"), m.LatePayments.Amount, m.LatePayments.Cases)
	s.write(say("report.late.surcharge"), m.LatePayments.Surcharge)
}

func projectsSheet(s *sheetWriter, m Monthly, say func(string, ...any) string) {
	s.write(headings(say, "project.code", "project.name", "project.group", "project.wards", "report.plan", "report.executed", "report.executed_share",
		"report.disbursed", "report.disbursed_treasury", "report.physical", "report.cases", "report.area", "report.approved", "report.paid", "report.entry")...)
	for _, p := range m.Projects {
		s.write(p.Code, p.Name, p.Group, p.Wards, p.Plan, p.Executed, share(p.ExecutedBP), p.Disbursed, p.DisbursedTreasury, share(p.PhysicalBP),
			p.Cases, p.Area, p.Approved, p.Paid, say("progress.state."+orNone(p.Reported)))
	}
	c := m.Capital
	s.write("", heading(say("report.total")), "", "", c.Plan, c.Executed, share(c.ExecutedBP), c.Disbursed, c.DisbursedTreasury, "",
		m.Land.Cases, m.Land.Area, m.Compensation.Approved, m.Compensation.InPayment.Paid, "")
}

func obstaclesSheet(s *sheetWriter, m Monthly, say func(string, ...any) string) {
	s.write(headings(say, "project.code", "obstacle.kind", "obstacle.level", "obstacle.content", "obstacle.opened_on", "obstacle.due_on", "report.days_open")...)
	for _, o := range m.Obstacles {
		s.write(o.Project, say("obstacle.kind."+o.Kind), say("obstacle.level."+o.Level), o.Content, o.OpenedOn.VN(), o.DueOn.VN(), o.Days)
	}
}

func notReportedSheet(s *sheetWriter, m Monthly, say func(string, ...any) string) {
	s.write(headings(say, "project.code", "project.name", "report.entry")...)
	for _, n := range m.NotReported {
		s.write(n.Project, n.Name, say("progress.state."+n.State))
	}
}

func sourcesSheet(s *sheetWriter, m Monthly, say func(string, ...any) string) {
	s.write(headings(say, "capital.source", "report.plan", "capital.kind.carried_over", "capital.kind.advanced", "report.drawn_before", "report.drawn", "report.share")...)
	var sum Source
	for _, x := range m.Sources {
		s.write(x.Name, x.Plan, x.CarriedOver, x.Advanced, x.DrawnBefore, x.Drawn, share(vnd.Ratio(x.Drawn, x.Drawable())))
		sum.Plan += x.Plan
		sum.CarriedOver += x.CarriedOver
		sum.Advanced += x.Advanced
		sum.DrawnBefore += x.DrawnBefore
		sum.Drawn += x.Drawn
	}
	s.write(heading(say("report.total")), sum.Plan, sum.CarriedOver, sum.Advanced, sum.DrawnBefore, sum.Drawn, share(vnd.Ratio(sum.Drawn, sum.Drawable())))
}

func adjustmentsSheet(s *sheetWriter, m Monthly, say func(string, ...any) string) {
	s.write(headings(say, "project.code", "report.adjustment.code", "report.adjustment.for", "report.figure", "report.adjustment.change", "report.adjustment.reason")...)
	for _, a := range m.Adjustments {
		var change any = a.Change
		if a.Figure == "physical" {
			change = share(a.Change)
		}
		s.write(a.Project, a.Code, a.ForMonth.VN(), say("report.adjustment."+string(a.Figure)), change, a.Reason)
	}
	if m.Book == nil {
		return
	}
	for _, a := range m.Book.Adjustments {
		s.write(a.Project, a.Reference, a.OccurredOn.Month().VN(), say("period.kind."+string(a.Kind)), a.Amount, a.OccurredOn.VN())
	}
}

func changesSheet(s *sheetWriter, m Monthly, say func(string, ...any) string) {
	s.write(headings(say, "report.month", "report.figure", "report.as_issued", "report.now")...)
	for _, c := range m.Changes {
		s.write(c.Month.VN(), say("report.figure."+c.Figure), c.Issued, c.Now)
	}
}

// yearSheet holds the figures of the year beside the works, and under them the register of violations.
func yearSheet(s *sheetWriter, m Monthly, say func(string, ...any) string) {
	s.write(headings(say, "indicator.name", "indicator.measure", "indicator.plan", "indicator.result", "indicator.ratio", "indicator.last_year", "indicator.growth", "note")...)
	for _, i := range m.Indicators {
		result := i.Shown(i.Result)
		if result != "" && i.Mark != "exact" {
			result = say("indicator.marked."+string(i.Mark), result)
		}
		s.write(i.Name, i.Measure, i.Shown(i.Plan), result, optionalShare(i.RatioBP), i.Shown(i.LastYear), optionalShare(i.GrowthBP), i.Note)
	}
	s.write()
	s.write(headings(say, "report.violations", "report.violations.found", "report.violations.handled", "report.violations.open", "report.violations.late", "report.violations.area")...)
	for _, k := range m.Violations.Kinds {
		s.write(say("violation.kind."+k.Kind), k.Found, k.Handled, k.Open, k.Late, k.Area)
	}
}

func optionalShare(bp *int) any {
	if bp == nil {
		return ""
	}
	return share(*bp)
}
