// Package disbursementweb is the pages and API of the room disbursement.
package disbursementweb

import (
	"matbang/internal/day"
	"matbang/internal/disbursement"
	"matbang/internal/webkit"
)

// Web answers for the room.
type Web struct {
	Disbursements disbursement.Disbursements
	Today         func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(*webkit.Kit) {}
