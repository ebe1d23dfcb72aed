// Package disbursement is the money drawn from the treasury for a work: advances, payments for completed volume, recovery of advances, and what the treasury confirmed.
package disbursement

import (
	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/invariant"
	"matbang/internal/tx"
)

// Permissions of this room.
const (
	Read    actor.Permission = "disbursement:read"
	Record  actor.Permission = "disbursement:record"
	Confirm actor.Permission = "disbursement:confirm"
)

// Disbursements is the room.
type Disbursements struct {
	DB  tx.DB
	Log audit.Log
}

// Invariants of this room.
func Invariants() []invariant.Check { return nil }
