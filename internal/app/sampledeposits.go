package app

import (
	"context"
	"strings"

	"matbang/internal/day"
	"matbang/internal/listing"
	"matbang/internal/payout"
)

// detailsUntil is the last day whose deposits are complete in the sample; later ones wait for an officer.
const detailsUntil = "2023-10-31"

// hold records deposits, and hands over those whose persons asked for their money: asked for by the accountant, approved by the director.
func (s *sampleCity) hold(ctx context.Context, rows []payout.Result, today day.Date) error {
	var held, over []payout.Result
	for _, r := range rows {
		if r.Kind == payout.ResultDeposited {
			held = append(held, r)
		} else {
			over = append(over, r)
		}
	}
	if len(held) > 0 {
		if err := s.recordAs("director")(ctx, held, today); err != nil {
			return err
		}
	}
	for _, r := range held {
		if err := s.completeDeposit(ctx, r, today); err != nil {
			return err
		}
	}
	for _, r := range over {
		if err := s.releaseDeposit(ctx, r, today); err != nil {
			return err
		}
	}
	return nil
}

func (s *sampleCity) depositOf(ctx context.Context, payment string, today day.Date) (payout.DepositEntry, error) {
	list, _, err := s.Rooms.Payouts.Deposits(ctx, s.as("accountant"), payout.DepositFilter{Payment: payment, Today: today}, listing.Query{})
	if err != nil || len(list.Items) == 0 {
		return payout.DepositEntry{}, err
	}
	return list.Items[0], nil
}

func (s *sampleCity) completeDeposit(ctx context.Context, r payout.Result, today day.Date) error {
	if r.Day.After(day.Must(detailsUntil)) {
		return nil
	}
	d, err := s.depositOf(ctx, r.PaymentCode, today)
	if err != nil {
		return err
	}
	ground := payout.GroundRefused
	switch {
	case strings.Contains(r.Reason, "tranh chấp"):
		ground = payout.GroundDisputed
	case strings.Contains(strings.ToLower(r.Reason), "vắng mặt"):
		ground = payout.GroundAbsent
	}
	return s.Rooms.Payouts.CompleteDeposit(ctx, s.as("accountant"), d.Code, d.Version, payout.DepositDetails{Ground: ground, GroundNote: r.Reason,
		Bank: "Kho bạc Nhà nước Bắc Kạn", AccountName: "Tiền gửi tạm giữ bồi thường", AccountNo: "3941.0.1054632", MinutesNo: r.EvidenceRef, MinutesDay: r.Day})
}

func (s *sampleCity) releaseDeposit(ctx context.Context, r payout.Result, today day.Date) error {
	d, err := s.depositOf(ctx, r.PaymentCode, today)
	if err != nil {
		return err
	}
	p := s.Rooms.Payouts
	asked := payout.Application{Amount: d.Left(), Applicant: d.Payee, PaperNo: "ĐN-" + d.PaymentCode, PaperDay: r.Day, Condition: d.Ground.Condition()}
	if err := p.AskRelease(ctx, s.as("accountant"), d.Code, d.Version, asked, key("deposit-ask", d.PaymentCode), today); err != nil {
		return err
	}
	if err := p.DecideRelease(ctx, s.as("director"), d.Code, d.Version+1, true, "", key("deposit-approve", d.PaymentCode)); err != nil {
		return err
	}
	return p.HandOver(ctx, s.as("accountant"), d.Code, d.Version+2, r, key("deposit-over", d.PaymentCode), today)
}
