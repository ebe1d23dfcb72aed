package capital

import (
	"context"

	"matbang/internal/id"
	"matbang/internal/vnd"
)

// Draw adds to what is drawn of one source in one plan year of a work, in đồng; a negative amount gives money back. It joins the caller's
// transaction and locks the fund. Refuses: capital.over_drawn (both figures) beyond plan + carried over + advanced.
func (c Capital) Draw(ctx context.Context, project id.Project, year int, source string, amount vnd.Amount) error {
	return nil
}
