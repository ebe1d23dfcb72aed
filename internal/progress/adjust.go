package progress

import (
	"context"
	"strings"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// Figure is one of the cumulative figures that an adjustment may correct.
type Figure string

// The figures that may be corrected. The change of FigurePhysical is in basis points, of the others in đồng.
const (
	FigureExecuted  Figure = "executed"
	FigureDisbursed Figure = "disbursed"
	FigureTreasury  Figure = "disbursed_treasury"
	FigurePhysical  Figure = "physical"
)

// AdjustedFigures lists the figures that may be corrected.
func AdjustedFigures() []Figure {
	return []Figure{FigureExecuted, FigureDisbursed, FigureTreasury, FigurePhysical}
}

// Correction is a prior-period adjustment as a person enters it: what an issued month said wrong by Change, entered in the open month.
type Correction struct {
	InMonth  day.Month  `json:"in_month"`
	ForMonth day.Month  `json:"for_month"`
	Figure   Figure     `json:"figure"`
	Change   vnd.Amount `json:"change"` // signed: đồng, or basis points of FigurePhysical
	Reason   string     `json:"reason"`
}

// Adjustment is a correction as it is kept. State is that of the work's entry of InMonth (empty: none yet): the adjustment is accepted with it.
// Reverses names the adjustment that this one takes back; Reversed tells that it was itself taken back.
type Adjustment struct {
	Project    string     `db:"project" json:"project"`
	Code       string     `db:"code" json:"code"`
	InMonth    day.Month  `db:"in_month" json:"in_month"`
	ForMonth   day.Month  `db:"for_month" json:"for_month"`
	Figure     Figure     `db:"figure" json:"figure"`
	Change     vnd.Amount `db:"change" json:"change"`
	Reason     string     `db:"reason" json:"reason"`
	Reverses   string     `db:"reverses" json:"reverses,omitempty"`
	Reversed   bool       `db:"reversed" json:"reversed"`
	State      State      `db:"state" json:"state"`
	Issued     bool       `db:"issued" json:"issued"`
	EnteredBy  string     `db:"entered_by" json:"entered_by"`
	RecordedAt time.Time  `db:"recorded_at" json:"recorded_at"`
}

// Live tells whether the adjustment still changes a figure.
func (a Adjustment) Live() bool { return !a.Reversed && a.Reverses == "" }

// Withdrawable tells whether the adjustment may still be taken back: its month is open and its entry not accepted.
func (a Adjustment) Withdrawable() bool { return a.Live() && !a.Issued && a.State != Accepted }

// corrected is an accepted month as its figures stand with all adjustments made of it since, and what its year allowed to draw.
type corrected struct {
	Month      day.Month  `db:"month"`
	Executed   vnd.Amount `db:"executed"`
	Disbursed  vnd.Amount `db:"disbursed"`
	Treasury   vnd.Amount `db:"disbursed_treasury"`
	PhysicalBP int        `db:"physical_bp"`
	Drawable   vnd.Amount `db:"drawable"`
}

// check judges a correction against every accepted month that it changes: figures are cumulative, so it changes the later months too, amounts
// until their year ends.
func (c Correction) check(months []corrected) error {
	for _, m := range months {
		if m.Month.Before(c.ForMonth) || c.Figure != FigurePhysical && m.Month.Year() != c.ForMonth.Year() {
			continue
		}
		if err := c.checkMonth(m); err != nil {
			return err
		}
	}
	return nil
}

func (c Correction) checkMonth(m corrected) error {
	wrong := func(code string, args ...any) error { return fault.InvalidField("change", code, args...) }
	var is vnd.Amount
	switch c.Figure {
	case FigureExecuted:
		is = m.Executed
	case FigureDisbursed:
		is = m.Disbursed
	case FigureTreasury:
		is = m.Treasury
	case FigurePhysical:
		physical := vnd.Amount(m.PhysicalBP) + c.Change
		if physical < 0 || physical > 10_000 {
			return wrong("progress.adjust_physical", Percent(int(physical)), m.Month)
		}
		return nil
	}
	to := is + c.Change
	switch {
	case to < 0:
		return wrong("progress.adjust_negative", is, m.Month, to)
	case c.Figure == FigureDisbursed && c.Change > 0 && to > m.Drawable:
		return wrong("progress.adjust_over_drawn", to, m.Month, m.Drawable)
	case c.Figure == FigureDisbursed && to < m.Treasury:
		return wrong("progress.adjust_under_treasury", to, m.Month, m.Treasury)
	case c.Figure == FigureTreasury && to > m.Disbursed:
		return wrong("progress.adjust_treasury_over", to, m.Month, m.Disbursed)
	default:
		return nil
	}
}

// input judges what needs no database.
func (c Correction) input(today day.Date) error {
	var wrong fault.Wrong
	wrong.Check(!c.InMonth.IsZero(), "in_month", "progress.month_form")
	wrong.Check(!c.ForMonth.IsZero(), "for_month", "progress.month_form")
	wrong.Check(c.InMonth.IsZero() || !today.Month().Before(c.InMonth), "in_month", "progress.month_future", c.InMonth)
	wrong.Check(c.InMonth.IsZero() || c.ForMonth.IsZero() || c.ForMonth.Before(c.InMonth), "for_month", "progress.adjust_order")
	known := false
	for _, f := range AdjustedFigures() {
		known = known || f == c.Figure
	}
	wrong.Check(known, "figure", "required")
	wrong.Check(c.Change != 0, "change", "progress.adjust_zero")
	wrong.Check(c.Change >= -vnd.Max && c.Change <= vnd.Max, "change", "money_range", c.Change)
	wrong.Check(c.Reason != "", "reason", "required")
	return wrong.Err()
}

// Adjust enters a correction of an issued month of a work into an open month, and gives its code. The work's entry of the open month, when it
// is already handed in, is a draft again. Refuses: a month not issued (for) or issued (in), an entry of the open month already accepted, a
// month without an accepted entry to correct, a figure that the correction takes below zero or above what may be drawn.
func (p Progress) Adjust(ctx context.Context, who actor.Actor, code string, c Correction, today day.Date) (string, error) {
	scope, err := who.Require(Enter)
	if err != nil {
		return "", err
	}
	c.Reason = strings.TrimSpace(c.Reason)
	if err := c.input(today); err != nil {
		return "", err
	}
	var made string
	err = p.DB.Run(ctx, func(ctx context.Context) error {
		w, err := p.lockOne(ctx, scope, c.InMonth, code)
		if err != nil {
			return err
		}
		if err := w.mayAdjust(); err != nil {
			return err
		}
		s := store{p.DB.Write(ctx)}
		months, err := s.corrected(ctx, w.Project, c.InMonth)
		if err != nil {
			return err
		}
		if err := c.check(months); err != nil {
			return err
		}
		if made, err = s.adjust(ctx, w.Project, c, "", who.ID); err != nil {
			return refuse(err)
		}
		return p.logAdjustment(ctx, who, "progress.adjust", code, made, c)
	})
	return made, err
}

// Withdraw takes an adjustment back by one that does the opposite. Refuses: an adjustment of an issued month or an accepted entry, one that was
// taken back already, figures that would fall below zero without it.
func (p Progress) Withdraw(ctx context.Context, who actor.Actor, code, adjustment, reason string) error {
	scope, err := who.Require(Enter)
	if err != nil {
		return err
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return fault.InvalidField("reason", "required")
	}
	return p.DB.Run(ctx, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		if err := s.lock(ctx, scope, []string{code}); err != nil {
			return err
		}
		a, err := s.adjustment(ctx, scope, code, adjustment)
		if err != nil {
			return err
		}
		if !a.Withdrawable() {
			return ErrFixed
		}
		w, err := p.lockOne(ctx, scope, a.InMonth, code)
		if err != nil {
			return err
		}
		back := Correction{InMonth: a.InMonth, ForMonth: a.ForMonth, Figure: a.Figure, Change: -a.Change, Reason: reason}
		months, err := s.corrected(ctx, w.Project, a.InMonth)
		if err != nil {
			return err
		}
		if err := back.check(months); err != nil {
			return err
		}
		made, err := s.adjust(ctx, w.Project, back, adjustment, who.ID)
		if err != nil {
			return refuse(err)
		}
		return p.logAdjustment(ctx, who, "progress.withdraw", code, made, back)
	})
}

// lockOne locks a work and reads it with its entry of the month. A work outside the scope is not found.
func (p Progress) lockOne(ctx context.Context, scope actor.Scope, month day.Month, code string) (Work, error) {
	works, err := p.lockWorks(ctx, scope, month, []string{code})
	if err != nil {
		return Work{}, err
	}
	w, found := works[code]
	if !found {
		return Work{}, ErrMissing
	}
	return w, nil
}

func (w Work) mayAdjust() error {
	switch {
	case w.Issued:
		return fault.InvalidField("in_month", "progress.month_issued")
	case w.State == Accepted:
		return fault.InvalidField("in_month", "progress.adjust_accepted")
	default:
		return nil
	}
}

func (p Progress) logAdjustment(ctx context.Context, who actor.Actor, act, project, made string, c Correction) error {
	return p.Log.Write(ctx, audit.Event{Actor: who, Act: act, ObjectKind: "project", ObjectCode: project,
		After: map[string]any{"adjustment": made, "in_month": c.InMonth, "for_month": c.ForMonth, "figure": c.Figure, "change": c.Change}, Reason: c.Reason})
}

// Adjustments lists the adjustments of a work, newest first; empty outside the scope.
func (p Progress) Adjustments(ctx context.Context, who actor.Actor, code string) ([]Adjustment, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return nil, err
	}
	return store{p.DB.Read(ctx)}.adjustments(ctx, scope, day.Month{}, code)
}

// AdjustmentsIn lists the live adjustments entered in a month over all works of the scope, by work.
func (p Progress) AdjustmentsIn(ctx context.Context, who actor.Actor, month day.Month) (map[string][]Adjustment, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return nil, err
	}
	rows, err := store{p.DB.Read(ctx)}.adjustments(ctx, scope, month, "")
	byWork := map[string][]Adjustment{}
	for _, a := range rows {
		if a.Live() {
			byWork[a.Project] = append(byWork[a.Project], a)
		}
	}
	return byWork, err
}

// AdjustmentsOf are the live adjustments entered in a month and accepted with it, by work, for whoever reports on all works: read by the given
// querier, so that they stand in the same snapshot as the rest. known limits them to entries accepted by then; zero does not.
func AdjustmentsOf(ctx context.Context, q tx.Querier, month day.Month, known time.Time) ([]Adjustment, error) {
	rows := []Adjustment{}
	var limit any
	if !known.IsZero() {
		limit = known
	}
	err := q.SelectContext(ctx, &rows, adjustmentSelect+` WHERE a.in_month = $1::date AND e.state = 'accepted' AND ($2::timestamptz IS NULL OR e.accepted_at <= $2)
		AND a.reverses IS NULL AND v.id IS NULL ORDER BY p.code, a.id LIMIT 50000`, month, limit)
	return rows, err
}

// OpenMonths are the months that may be entered or corrected into: after the newest issued one, up to today's, newest first.
func (p Progress) OpenMonths(ctx context.Context, today day.Date) ([]day.Month, error) {
	issued, err := store{p.DB.Read(ctx)}.newestIssued(ctx)
	if err != nil {
		return nil, err
	}
	months := []day.Month{}
	for m := today.Month(); issued.Before(m) && len(months) < 12; m = m.Add(-1) {
		months = append(months, m)
	}
	return months, nil
}

// adjusters are the users who entered adjustments in a month, by work.
type adjusters map[string][]id.User
