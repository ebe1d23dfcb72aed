// Package indicator is the figures of the year that leadership reads beside the works: plan, result, ratio, last year.
package indicator

import (
	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/invariant"
	"matbang/internal/tx"
)

// Permissions of this room.
const (
	Read   actor.Permission = "indicator:read"
	Enter  actor.Permission = "indicator:enter"
	Define actor.Permission = "indicator:define"
)

// Indicators is the room.
type Indicators struct {
	DB  tx.DB
	Log audit.Log
}

// Invariants of this room.
func Invariants() []invariant.Check { return nil }
