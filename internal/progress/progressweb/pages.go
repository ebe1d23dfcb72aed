package progressweb

import (
	"matbang/internal/fault"
	"matbang/internal/listing"
	"matbang/internal/progress"
	"matbang/internal/progress/progresssheet"
	"matbang/internal/sheet"
	"matbang/internal/webkit"
)

type importPage struct {
	Result *progresssheet.Result
	Faults []webkit.SheetFault
	Needs  []webkit.SheetFault // what will need a reason before it is handed in
}

func (w Web) importForm(c *webkit.Ctx) error {
	return c.Show("progress/import", importPage{})
}

func (w Web) importFile(c *webkit.Ctx) error {
	name, content, err := c.Upload("file", sheet.MaxFileBytes)
	if err != nil {
		return c.Refuse(err, "progress/import", importPage{})
	}
	result, err := w.importer().Import(c.Context(), c.Actor(), name, content, c.Form("act") != "write", c.Today())
	if err != nil {
		return c.Refuse(err, "progress/import", importPage{})
	}
	if result.Written {
		key := "progress.imported"
		if len(result.Needs) > 0 {
			key = "progress.imported.needs"
		}
		return c.Done("/progress?month="+result.Months[len(result.Months)-1].String(), key, result.Rows, name, len(result.Needs))
	}
	page := importPage{Result: &result, Faults: c.SheetFaults(result.Faults), Needs: c.SheetFaults(result.Needs)}
	if n := len(result.Faults); n > 0 {
		return c.Refuse(fault.New(fault.Invalid, "sheet.faults", n), "progress/import", page)
	}
	return c.Show("progress/import", page)
}

// template is a file to fill in, with the works of the person's scope and the month of work already in it.
func (w Web) template(c *webkit.Ctx) error {
	query := listing.Query{Per: listing.MaxLimit}
	grid, err := w.Progress.Grid(c.Context(), c.Actor(), c.Month(), progress.GridFilter{}, query)
	if err != nil {
		return err
	}
	content, err := progresssheet.Template(c.Month(), grid.Items)
	if err != nil {
		return err
	}
	return c.File("tien-do-"+c.Month().String()+".xlsx", sheet.ContentType, content)
}
