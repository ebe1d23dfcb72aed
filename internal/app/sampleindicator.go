package app

import (
	"context"
	"slices"

	"matbang/internal/day"
	"matbang/internal/indicator"
)

// indicatorValue is one row of the file: what was entered, by whom, and who accepted it.
type indicatorValue struct {
	year         int
	on           day.Date
	enter, taken string
	indicator.Input
}

// indicatorEvents: what the city published about its year, entered by the departments and accepted by another hand.
func (s *sampleCity) indicatorEvents() ([]event, error) {
	decimals, err := s.indicatorDecimals()
	if err != nil {
		return nil, err
	}
	var values []indicatorValue
	if err := each(s.files, "indicator_values.csv", func(r record) error {
		figure := func(column string) *indicator.Figure { return r.figure(column, decimals[r.text("indicator")]) }
		values = append(values, indicatorValue{r.int("year"), r.day("entered_on"), r.text("entered_by"), r.text("accepted_by"),
			indicator.Input{Code: r.text("indicator"), Value: indicator.Value{Plan: figure("plan"), Result: figure("result"), Mark: indicator.Mark(r.text("mark")),
				RatioBP: r.optionalInt("ratio_bp"), LastYear: figure("last_year"), GrowthBP: r.optionalInt("growth_bp"), Note: r.text("note")}}})
		return nil
	}); err != nil {
		return nil, err
	}
	return byDay(values, func(v indicatorValue) day.Date { return v.on }, rankIndicator, s.enterIndicators), nil
}

func (s *sampleCity) indicatorDecimals() (map[string]int, error) {
	decimals := map[string]int{}
	err := each(s.files, "indicators.csv", func(r record) error {
		decimals[r.text("code")] = r.int("decimals")
		return nil
	})
	return decimals, err
}

// defineIndicators says what is measured before anything of it is entered.
func (s *sampleCity) defineIndicators(ctx context.Context) error {
	return each(s.files, "indicators.csv", func(r record) error {
		return s.Rooms.Indicators.Define(ctx, s.as("planning-head"), indicator.Indicator{Code: r.text("code"), Name: r.text("name"), NameEN: r.text("name_en"),
			Measure: r.text("measure"), Decimals: r.int("decimals"), Direction: r.text("direction"), Unit: r.text("unit"), Rank: r.int("rank"),
			FromYear: r.int("from_year")})
	})
}

// enterIndicators enters the values of a day, one act for each hand and year, and accepts them.
func (s *sampleCity) enterIndicators(ctx context.Context, values []indicatorValue, today day.Date) error {
	for _, v := range values {
		if err := s.Rooms.Indicators.Save(ctx, s.as(v.enter), v.year, []indicator.Input{v.Input}, today); err != nil {
			return err
		}
	}
	for _, v := range slices.DeleteFunc(slices.Clone(values), func(v indicatorValue) bool { return v.taken == "" }) {
		if err := s.Rooms.Indicators.Accept(ctx, s.as(v.taken), v.year, []indicator.Pick{{Code: v.Code}}); err != nil {
			return err
		}
	}
	return nil
}
