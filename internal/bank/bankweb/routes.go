// Package bankweb is the pages and API of the room bank.
package bankweb

import (
	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/webkit"
)

// Web answers for the room.
type Web struct {
	Bank  bank.Bank
	Today func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(_ *webkit.Kit) {}
