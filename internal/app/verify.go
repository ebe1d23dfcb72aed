package app

import (
	"context"
	"slices"

	"matbang/internal/audit"
	"matbang/internal/bank"
	"matbang/internal/capital"
	"matbang/internal/compensation"
	"matbang/internal/contract"
	"matbang/internal/debt"
	"matbang/internal/disbursement"
	"matbang/internal/indicator"
	"matbang/internal/invariant"
	"matbang/internal/land"
	"matbang/internal/late"
	"matbang/internal/ledger"
	"matbang/internal/payout"
	"matbang/internal/progress"
	"matbang/internal/project"
	"matbang/internal/recon"
	"matbang/internal/schedule"
	"matbang/internal/violation"
)

// Checks lists every invariant of every room, in the order of the contract.
func (a *App) Checks() []invariant.Check {
	checks := slices.Concat(ledger.Invariants(), project.Invariants(), contract.Invariants(), capital.Invariants(), disbursement.Invariants(), schedule.Invariants(),
		progress.Invariants(), indicator.Invariants(), violation.Invariants(), land.Invariants(), compensation.Invariants(), payout.Invariants(), debt.Invariants(), late.Invariants(), bank.Invariants(), recon.Invariants(), a.Rooms.Reports.Invariants(),
		[]invariant.Check{{Number: 1, Name: "audit_chain", Title: "Nhật ký nguyên vẹn: không sửa, không thiếu, không cắt đuôi", Run: audit.VerifyChain},
			{Number: 1, Name: "anchors", Title: "Sổ và nhật ký đúng với các neo giữ ngoài cơ sở dữ liệu", Run: a.verifyAnchors}})
	slices.SortStableFunc(checks, func(x, y invariant.Check) int { return x.Number - y.Number })
	return checks
}

// Verify asks every invariant over the whole database.
func (a *App) Verify(ctx context.Context) ([]invariant.Result, error) {
	return invariant.RunAll(ctx, a.DB, a.Checks())
}
