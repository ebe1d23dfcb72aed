package app

import (
	"context"
	"fmt"
	"slices"

	"matbang/internal/day"
	"matbang/internal/progress"
	"matbang/internal/vnd"
)

func (s *sampleCity) progressEvents() ([]event, error) {
	type row struct {
		month day.Month
		on    day.Date // the due day of the month, or the day it was entered late
		progress.Row
	}
	var rows []row
	if err := each(s.files, "progress.csv", func(r record) error {
		month, on := r.month("month"), r.day("entered_on")
		if on.IsZero() {
			on = progress.Limits{DueDay: entryDueDay}.Due(month)
		}
		rows = append(rows, row{month, on, progress.Row{Code: r.text("project"), NoChange: r.flag("no_change"), Reason: r.text("reason"), Note: r.text("note"),
			Figures: progress.Figures{Executed: r.money("executed"), Estimate: r.money("estimate_month_end"), Disbursed: r.money("disbursed"),
				Treasury: r.money("disbursed_treasury"), PhysicalBP: r.int("physical_bp")}}})
		return nil
	}); err != nil {
		return nil, err
	}
	corrections, err := s.correctionEvents()
	if err != nil {
		return nil, err
	}
	return append(corrections, byDay(rows, func(r row) day.Date { return r.on }, rankProgress, func(ctx context.Context, rows []row, today day.Date) error {
		month := today.Month()
		entries, codes := make([]progress.Row, 0, len(rows)), make([]string, 0, len(rows))
		for _, r := range rows {
			entries, codes = append(entries, r.Row), append(codes, r.Code)
		}
		if err := s.Rooms.Progress.Save(ctx, s.as("planner"), month, entries, today); err != nil {
			return err
		}
		if err := s.explain(ctx, month, entries, today); err != nil {
			return err
		}
		if err := s.Rooms.Progress.Submit(ctx, s.as("planner"), month, progress.Picks(codes...), today); err != nil {
			return err
		}
		return s.Rooms.Progress.Accept(ctx, s.as("planning-head"), month, progress.Picks(codes...))
	})...), nil
}

// correctionEvents are the prior-period adjustments: the entries of their months, being cumulative, contain them.
func (s *sampleCity) correctionEvents() ([]event, error) {
	var events []event
	err := each(s.files, "adjustments.csv", func(r record) error {
		project, c := r.text("project"), progress.Correction{InMonth: r.month("in_month"), ForMonth: r.month("for_month"), Figure: progress.Figure(r.text("figure")),
			Change: r.money("change"), Reason: r.text("reason")}
		events = append(events, event{r.day("entered_on"), rankProgress, func(ctx context.Context, today day.Date) error {
			_, err := s.Rooms.Progress.Adjust(ctx, s.as("planner"), project, c, today)
			return err
		}})
		return nil
	})
	return events, err
}

// entryDueDay is when the sample city's planner enters: the house's due day.
const entryDueDay = 25

// explain gives a reason where the entered figures differ from the vouchers gathered so far: the sample's vouchers are only some of what the
// published figures stand for.
func (s *sampleCity) explain(ctx context.Context, month day.Month, entries []progress.Row, today day.Date) error {
	codes := make([]string, 0, len(entries))
	for _, e := range entries {
		codes = append(codes, e.Code)
	}
	works, err := s.Rooms.Progress.Works(ctx, s.as("planner"), month, codes)
	if err != nil {
		return err
	}
	var mended []progress.Row
	for _, e := range entries {
		differs := slices.ContainsFunc(works[e.Code].Needs, func(n progress.Need) bool {
			return n.Code == "progress.need.vouchers" || n.Code == "progress.need.agreement"
		})
		if differs && e.Reason == "" {
			e.Reason, e.Version = "Chứng từ của tháng chưa về đủ, số liệu theo sổ theo dõi của chủ đầu tư (mẫu)", works[e.Code].Version
			mended = append(mended, e)
		}
	}
	return s.Rooms.Progress.Save(ctx, s.as("planner"), month, mended, today)
}

func (s *sampleCity) reportEvents() ([]event, error) {
	var events []event
	err := each(s.files, "reports.csv", func(r record) error {
		month, number := r.month("month"), r.text("number")
		events = append(events, event{r.day("issued_on"), rankReport, func(ctx context.Context, today day.Date) error {
			_, err := s.Rooms.Reports.Issue(ctx, s.as("leader"), month, number, today)
			return err
		}})
		return nil
	})
	return events, err
}

// compare holds what came out against what the files say: every payment under its code with its amount, to the đồng.
func (s *sampleCity) compare(ctx context.Context) error {
	var found []struct {
		Code   string     `db:"code"`
		Amount vnd.Amount `db:"amount"`
	}
	if err := s.DB.Read(ctx).SelectContext(ctx, &found, `SELECT code, amount FROM payment`); err != nil {
		return err
	}
	amounts := map[string]vnd.Amount{}
	for _, p := range found {
		amounts[p.Code] = p.Amount
	}
	return each(s.files, "payments.csv", func(r record) error {
		if want := r.money("amount"); amounts[r.text("code")] != want {
			return fmt.Errorf("%w: payment %s is %s, the file says %s", errSampleDiffers, r.text("code"), amounts[r.text("code")], want)
		}
		return nil
	})
}
