package app

import (
	"context"

	"matbang/internal/day"
	"matbang/internal/disbursement"
)

// sampleVoucher is a row of the file; its bill is told by the contract and the bill's number, its advance by that row's ref.
type sampleVoucher struct {
	disbursement.Entry
	bill string // contract/number
}

// disbursementEvents is what the files say of this room: the planner records a month's vouchers together at its end, the accountant then agrees the
// figures with the treasury.
func (s *sampleCity) disbursementEvents() ([]event, error) {
	var vouchers []sampleVoucher
	if err := each(s.files, "disbursements.csv", func(r record) error {
		v := sampleVoucher{Entry: disbursement.Entry{Project: r.text("project"), Year: r.int("plan_year"), Source: r.text("source"), Kind: disbursement.Kind(r.text("kind")),
			Purpose: disbursement.Purpose(r.text("purpose")), Contract: r.text("contract"), Amount: r.money("amount"), Number: r.text("number"), PaidOn: r.day("paid_on"),
			Note: r.text("note"), Key: key("voucher", r.text("ref"))}}
		if advance := r.text("advance"); advance != "" {
			v.Advance = key("voucher", advance)
		}
		if r.text("recover") != "" {
			v.Recover = r.money("recover")
		}
		if bill := r.text("bill"); bill != "" {
			v.bill = v.Contract + "/" + bill
		}
		vouchers = append(vouchers, v)
		return nil
	}); err != nil {
		return nil, err
	}
	events := byDay(vouchers, endOfMonth(func(v sampleVoucher) day.Date { return v.PaidOn }), rankDisbursement, s.recordVouchers)
	agreed, err := s.agreementEvents()
	return append(events, agreed...), err
}

func (s *sampleCity) recordVouchers(ctx context.Context, vouchers []sampleVoucher, today day.Date) error {
	var bills []struct {
		Place string `db:"place"`
		Code  string `db:"code"`
	}
	if err := s.DB.Read(ctx).SelectContext(ctx, &bills, `SELECT c.code || '/' || b.number AS place, b.code FROM bill b JOIN contract c ON c.id = b.contract_id`); err != nil {
		return err
	}
	codes := make(map[string]string, len(bills))
	for _, b := range bills {
		codes[b.Place] = b.Code
	}
	entries := make([]disbursement.Entry, 0, len(vouchers))
	for _, v := range vouchers {
		v.Bill = codes[v.bill]
		entries = append(entries, v.Entry)
	}
	_, err := s.Rooms.Disbursements.RecordMany(ctx, s.as("planner"), entries, today)
	return err
}

func (s *sampleCity) agreementEvents() ([]event, error) {
	var rows []disbursement.Agreement
	if err := each(s.files, "treasury.csv", func(r record) error {
		rows = append(rows, disbursement.Agreement{Project: r.text("project"), Year: r.int("plan_year"), Source: r.text("source"), Through: r.day("through"),
			Amount: r.money("amount"), AgreedOn: r.day("agreed_on"), Number: r.text("number"),
			Key: key("treasury", r.text("project"), r.text("source"), r.text("through"))})
		return nil
	}); err != nil {
		return nil, err
	}
	return byDay(rows, func(a disbursement.Agreement) day.Date { return a.AgreedOn }, rankDisbursement, func(ctx context.Context, rows []disbursement.Agreement, today day.Date) error {
		return s.Rooms.Disbursements.ConfirmMany(ctx, s.as("accountant"), rows, today)
	}), nil
}
