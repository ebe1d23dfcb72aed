// Package violation is the register of works that broke construction procedure and of encroachments cleared.
package violation

import (
	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/invariant"
	"matbang/internal/tx"
)

// Permissions of this room.
const (
	Read actor.Permission = "violation:read"
	Edit actor.Permission = "violation:edit"
)

// Violations is the room.
type Violations struct {
	DB  tx.DB
	Log audit.Log
}

// Invariants of this room.
func Invariants() []invariant.Check { return nil }
