// Package contractweb is the pages and API of the room contract.
package contractweb

import (
	"matbang/internal/contract"
	"matbang/internal/day"
	"matbang/internal/webkit"
)

// Web answers for the room.
type Web struct {
	Contracts contract.Contracts
	Today     func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(*webkit.Kit) {}
