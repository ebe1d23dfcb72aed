// Package scheduleweb is the pages and API of the room schedule: the Gantt of one work, entering plan and progress, and the portfolio.
package scheduleweb

import (
	"net/http"

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
func (w Web) Routes(k *webkit.Kit) {
	const page = "/projects/:code/schedule"
	k.Page(http.MethodGet, "/schedules", schedule.Read, w.portfolio)
	k.Page(http.MethodGet, page, schedule.Read, w.show)
	k.Page(http.MethodGet, page+"/plan", schedule.Edit, w.planForm)
	k.Page(http.MethodPost, page+"/plan", schedule.Edit, w.savePlan)
	k.Page(http.MethodGet, page+"/progress", schedule.Edit, w.progressForm)
	k.Page(http.MethodPost, page+"/progress", schedule.Edit, w.saveProgress)
	k.Page(http.MethodPost, page+"/baseline", schedule.Baseline, w.fix)

	const path = "/projects/{code}/schedule"
	webkit.Op(k, webkit.Operation{ID: "get-schedule", Method: http.MethodGet, Path: path, Permission: schedule.Read,
		Summary: "Milestones of a work, its baselines, where it stands and its forecast end"}, w.apiGet)
	webkit.Op(k, webkit.Operation{ID: "save-milestones", Method: http.MethodPut, Path: path, Permission: schedule.Edit,
		Summary: "Enter the whole plan of a work; If-Match carries its version, left out while there is none"}, w.apiSave)
	webkit.Op(k, webkit.Operation{ID: "record-milestone-progress", Method: http.MethodPost, Path: path + "/progress", Permission: schedule.Edit,
		Summary: "Record what was done of milestones as of a day; If-Match carries the version of the schedule"}, w.apiRecord)
	webkit.Op(k, webkit.Operation{ID: "fix-baseline", Method: http.MethodPost, Path: path + "/baselines", Permission: schedule.Baseline, Status: http.StatusCreated,
		Summary: "Fix the plan as it stands as a baseline; never by the person who entered it last"}, w.apiFix)
}
