// Package indicatorweb is the pages and API of the room indicator.
package indicatorweb

import (
	"matbang/internal/day"
	"matbang/internal/indicator"
	"matbang/internal/webkit"
)

// Web answers for the room.
type Web struct {
	Indicators indicator.Indicators
	Today      func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(*webkit.Kit) {}
