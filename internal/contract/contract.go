// Package contract is the tender packages and contracts of a work: who builds what for how much, until when, secured by which guarantee, accepted and billed.
package contract

import (
	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/invariant"
	"matbang/internal/tx"
)

// Permissions of this room.
const (
	Read actor.Permission = "contract:read"
	Edit actor.Permission = "contract:edit"
)

// Contracts is the room.
type Contracts struct {
	DB  tx.DB
	Log audit.Log
}

// Invariants of this room.
func Invariants() []invariant.Check { return nil }
