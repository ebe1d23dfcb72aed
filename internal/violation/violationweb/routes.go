// Package violationweb is the pages and API of the room violation.
package violationweb

import (
	"matbang/internal/day"
	"matbang/internal/violation"
	"matbang/internal/webkit"
)

// Web answers for the room.
type Web struct {
	Violations violation.Violations
	Today      func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(*webkit.Kit) {}
