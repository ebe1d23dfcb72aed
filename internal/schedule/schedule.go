// Package schedule is the milestones of a work, planned and real, with their weights, the baseline and the forecast.
package schedule

import (
	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/invariant"
	"matbang/internal/tx"
)

// Permissions of this room.
const (
	Read     actor.Permission = "schedule:read"
	Edit     actor.Permission = "schedule:edit"
	Baseline actor.Permission = "schedule:baseline"
)

// Schedules is the room.
type Schedules struct {
	DB  tx.DB
	Log audit.Log
}

// Invariants of this room.
func Invariants() []invariant.Check { return nil }
