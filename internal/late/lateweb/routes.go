// Package lateweb is the pages and API of the room late.
package lateweb

import (
	"matbang/internal/day"
	"matbang/internal/late"
	"matbang/internal/webkit"
)

// Web answers for the room.
type Web struct {
	Late  late.Late
	Today func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(_ *webkit.Kit) {}
