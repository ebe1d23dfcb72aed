package project

import "matbang/internal/invariant"

// Invariants of this room.
func Invariants() []invariant.Check { return nil }
