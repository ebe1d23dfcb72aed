// Package ledgerweb is the pages and API of the room ledger.
package ledgerweb

import (
	"matbang/internal/day"
	"matbang/internal/ledger"
	"matbang/internal/webkit"
)

// Web answers for the room.
type Web struct {
	Ledger ledger.Ledger
	Today  func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(_ *webkit.Kit) {}
