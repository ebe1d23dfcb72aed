package app

import (
	"context"
	"fmt"

	"matbang/internal/day"
	"matbang/internal/debt"
)

// debtEvents are what holders owe beyond their compensation, and what they paid of it to the treasury.
func (s *sampleCity) debtEvents() ([]event, error) {
	type owed struct {
		code    string
		version int
	}
	debts := map[string]*owed{}
	var events []event
	err := each(s.files, "debts.csv", func(r record) error {
		name, made := r.text("key"), &owed{}
		debts[name] = made
		in := debt.New{Case: r.text("case"), Kind: debt.Kind(r.text("kind")), Amount: r.money("amount"), PaperNo: r.text("paper_no"), PaperDay: r.day("paper_day"), Note: r.text("note")}
		events = append(events, event{r.day("recorded_on"), rankDebt, func(ctx context.Context, today day.Date) (err error) {
			made.version = 1
			made.code, err = s.Rooms.Debts.Record(ctx, s.as("accountant"), in, key("debt", name), today)
			return err
		}})
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = each(s.files, "debt_repayments.csv", func(r record) error {
		of, known := debts[r.text("debt")]
		if !known {
			return fmt.Errorf("no debt %s", r.text("debt"))
		}
		in := debt.Repayment{Day: r.day("day"), Amount: r.money("amount"), Receipt: r.text("receipt")}
		events = append(events, event{in.Day, rankDebt, func(ctx context.Context, today day.Date) error {
			of.version++
			return s.Rooms.Debts.Repay(ctx, s.as("accountant"), of.code, of.version-1, in, key("debt-repay", in.Receipt), today)
		}})
		return nil
	})
	return events, err
}
