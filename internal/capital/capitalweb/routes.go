// Package capitalweb is the pages and API of the capital of a work.
package capitalweb

import (
	"matbang/internal/capital"
	"matbang/internal/day"
	"matbang/internal/project"
	"matbang/internal/webkit"
)

// Web answers for the room.
type Web struct {
	Capital  capital.Capital
	Projects project.Projects
	Today    func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(*webkit.Kit) {}
