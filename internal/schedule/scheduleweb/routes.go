// Package scheduleweb is the pages and API of the room schedule.
package scheduleweb

import (
	"matbang/internal/day"
	"matbang/internal/schedule"
	"matbang/internal/webkit"
)

// Web answers for the room.
type Web struct {
	Schedules schedule.Schedules
	Today     func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(*webkit.Kit) {}
