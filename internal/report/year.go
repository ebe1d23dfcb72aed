package report

import (
	"context"
	"strings"

	"matbang/internal/indicator"
	"matbang/internal/violation"
)

// Indicator is a figure of the year beside the works, as its department entered it and another hand accepted it. Figures are exact numbers of the
// measure; where the city published no exact one, Mark says so and the ratio is the published one.
type Indicator struct {
	Code       string            `json:"code"`
	Name       string            `json:"name"`
	NameEN     string            `json:"name_en"`
	Measure    string            `json:"measure"`
	Decimals   int               `json:"decimals"`
	Unit       string            `json:"unit"`
	Plan       *indicator.Figure `json:"plan"`
	Result     *indicator.Figure `json:"result"`
	Mark       indicator.Mark    `json:"mark"` // exact | over | nearly
	RatioBP    *int              `json:"ratio_bp"`
	RatioGiven bool              `json:"ratio_given"` // published, not computed
	LastYear   *indicator.Figure `json:"last_year"`
	GrowthBP   *int              `json:"growth_bp"`
	Note       string            `json:"note"`
	Reason     string            `json:"reason"` // of a change after the year's last report
}

// Violations is the year's register of works that broke construction procedure and of encroachments cleared.
type Violations = violation.YearSummary

func (b *builder) indicators(ctx context.Context) error {
	rows, err := indicator.Reported(ctx, b.q, b.month.Year(), b.known)
	for _, r := range rows {
		line := Indicator{Code: r.Code, Name: r.Name, NameEN: r.NameEN, Measure: r.Measure, Decimals: r.Decimals, Unit: r.UnitName, Plan: r.Plan, Result: r.Result,
			Mark: r.Mark, LastYear: r.LastYear, Note: r.Note, Reason: r.Reason}
		if bp, given, ok := r.Ratio(); ok {
			line.RatioBP, line.RatioGiven = &bp, given
		}
		if bp, _, ok := r.Growth(); ok {
			line.GrowthBP = &bp
		}
		b.report.Indicators = append(b.report.Indicators, line)
	}
	return err
}

func (b *builder) violations(ctx context.Context) (err error) {
	b.report.Violations, err = violation.Summary(ctx, b.q, b.month.Year(), b.report.AsOf, b.known)
	return err
}

// Shown writes a figure of the line with the decimals of its measure; empty when it is not known.
func (i Indicator) Shown(f *indicator.Figure) string {
	if f == nil {
		return ""
	}
	return f.Text(i.Decimals)
}

// Percent writes a share with the decimals it was published with: "100,14 %", "108 %".
func (i Indicator) Percent(bp *int) string {
	if bp == nil {
		return ""
	}
	sign, n := "", *bp
	if n < 0 {
		sign, n = "-", -n
	}
	return sign + strings.TrimSuffix(indicator.Figure(n).Text(2), ",00") + " %"
}
