// Package late is money that the law says is due and that has not been paid: due days, the surcharge for each day, its causes, and the plan by which
// the surcharge is approved and paid as an obligation of its own (Land Law 31/2024/QH15, article 94 clause 3).
package late

import (
	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/invariant"
	"matbang/internal/ledger"
	"matbang/internal/legal"
	"matbang/internal/tx"
)

// Permissions of this room.
const (
	Read    actor.Permission = "late:read"
	Plan    actor.Permission = "late:plan"
	Approve actor.Permission = "late:approve"
)

// Late is the room.
type Late struct {
	DB     tx.DB
	Log    audit.Log
	Ledger ledger.Ledger
	Rules  legal.Rules
}

// Invariants of this room.
func Invariants() []invariant.Check { return nil }
