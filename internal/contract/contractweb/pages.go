package contractweb

import (
	"matbang/internal/contract"
	"matbang/internal/listing"
	"matbang/internal/project"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

// packageRow is a package with its contracts.
type packageRow struct {
	contract.Package
	Of []contract.Contract
}

type workPage struct {
	Project  project.Project
	Rows     []packageRow
	Findings []string
	Totals   struct{ Estimate, Value, Accepted, Paid vnd.Amount }
	Paid     bool // what was drawn is known
}

// work is the tab of one work: its packages with their contracts.
func (w Web) work(c *webkit.Ctx) error {
	page := workPage{}
	var err error
	if page.Project, err = w.Projects.Get(c.Context(), c.Actor(), c.Param("code")); err != nil {
		return err
	}
	packages, err := w.Contracts.Packages(c.Context(), c.Actor(), page.Project.Code)
	if err != nil {
		return err
	}
	list, err := w.Contracts.List(c.Context(), c.Actor(), contract.Filter{Project: page.Project.Code}, listing.Query{Per: listing.MaxLimit}, c.Today())
	if err != nil {
		return err
	}
	page.fill(packages, list.Items)
	page.Findings = said(c, contract.FindingsOf(page.Project, packages))
	crumbs(c, page.Project.Code, page.Project.Name)
	c.Crumb(c.T("menu.contracts"), "")
	return c.Show("contract/work", page)
}

// fill puts the contracts under their packages and sums both.
func (p *workPage) fill(packages []contract.Package, contracts []contract.Contract) {
	of := map[string][]contract.Contract{}
	for _, c := range contracts {
		of[c.Package] = append(of[c.Package], c)
		p.Totals.Value += c.Value
		p.Totals.Accepted += c.Accepted
		if c.Paid != nil {
			p.Paid = true
			p.Totals.Paid += *c.Paid
		}
	}
	for _, pack := range packages {
		p.Rows = append(p.Rows, packageRow{pack, of[pack.Code]})
		p.Totals.Estimate += pack.Estimate
	}
}

func said(c *webkit.Ctx, findings []contract.Finding) []string {
	lines := make([]string, 0, len(findings))
	for _, f := range findings {
		lines = append(lines, c.T("contract.finding."+f.Code, f.Args...))
	}
	return lines
}

func crumbs(c *webkit.Ctx, code, name string) {
	c.Crumb(c.T("menu.projects"), "/projects")
	c.Crumb(code+" "+name, "/projects/"+code)
}

type packagePage struct {
	Project         project.Project
	Form            typed
	New             bool
	Version         int
	Fields, Methods []webkit.Choice
}

func (w Web) packagePage(c *webkit.Ctx, code string, form typed, isNew bool) (packagePage, error) {
	page := packagePage{Form: form, New: isNew, Fields: c.Choices("contract.field.", contract.Fields()...), Methods: c.Choices("contract.method.", contract.Methods()...)}
	var err error
	page.Project, err = w.Projects.Get(c.Context(), c.Actor(), code)
	crumbs(c, code, page.Project.Name)
	c.Crumb(c.T("menu.contracts"), "/projects/"+code+"/contracts")
	return page, err
}

func (w Web) newPackage(c *webkit.Ctx) error {
	page, err := w.packagePage(c, c.Query("project"), typed{}, true)
	if err != nil {
		return err
	}
	page.Form["authority"] = page.Project.Investor
	return c.Show("contract/package_form", page)
}

func (w Web) addPackage(c *webkit.Ctx) error {
	form, code := readTyped(c), c.Param("code")
	in, err := form.pack(code, form["code"])
	if err == nil {
		err = w.Contracts.AddPackage(c.Context(), c.Actor(), in, c.Today())
	}
	if err == nil {
		return c.Done("/projects/"+code+"/contracts", "contract.package_added", in.Code)
	}
	page, pageErr := w.packagePage(c, code, form, true)
	if pageErr != nil {
		return pageErr
	}
	return c.Refuse(err, "contract/package_form", page)
}

func (w Web) editPackage(c *webkit.Ctx) error {
	code := c.Param("code")
	p, err := w.Contracts.Package(c.Context(), c.Actor(), code, c.Param("package"))
	if err != nil {
		return err
	}
	page, err := w.packagePage(c, code, packTyped(p), false)
	if err != nil {
		return err
	}
	page.Version = p.Version
	return c.Show("contract/package_form", page)
}

func (w Web) updatePackage(c *webkit.Ctx) error {
	form, code := readTyped(c), c.Param("code")
	form["code"] = c.Param("package")
	in, err := form.pack(code, form["code"])
	if err == nil {
		err = w.Contracts.UpdatePackage(c.Context(), c.Actor(), c.Version(), in, c.Today())
	}
	if err == nil {
		return c.Done("/projects/"+code+"/contracts", "contract.package_saved", in.Code)
	}
	now, readErr := w.Contracts.Package(c.Context(), c.Actor(), code, form["code"])
	if readErr != nil {
		return readErr
	}
	page, pageErr := w.packagePage(c, code, form, false)
	if pageErr != nil {
		return pageErr
	}
	page.Version = webkit.VersionAfter(err, c.Version(), now.Version)
	return c.Refuse(err, "contract/package_form", page)
}

type listPage struct {
	List                     listing.Answer[contract.Contract]
	Filter                   contract.Filter
	Alerts                   []contract.Alert
	States, Fields, Warnings []webkit.Choice
}

// list is all contracts of the person's scope; what guarantees need somebody stands first.
func (w Web) list(c *webkit.Ctx) error {
	page := listPage{Filter: contract.Filter{Project: c.Query("project"), State: c.Query("state"), Field: c.Query("field"), Warn: c.Query("warn")},
		States: c.Choices("contract.state.", contract.States()...), Fields: c.Choices("contract.field.", contract.Fields()...),
		Warnings: c.Choices("contract.warn.", contract.Warnings()...)}
	var err error
	if page.List, err = w.Contracts.List(c.Context(), c.Actor(), page.Filter, c.List(), c.Today()); err != nil {
		return err
	}
	if page.Alerts, err = w.Contracts.Alerts(c.Context(), c.Actor(), c.Today()); err != nil {
		return err
	}
	return c.Show("contract/list", page)
}

type signPage struct {
	Project         project.Project
	Form            typed
	Packages, Kinds []webkit.Choice
	Contractors     []webkit.Choice
}

func (w Web) signPage(c *webkit.Ctx, form typed) (signPage, error) {
	page := signPage{Form: form, Kinds: c.Choices("contract.kind.", contract.Kinds()...)}
	var err error
	if page.Project, err = w.Projects.Get(c.Context(), c.Actor(), form["project"]); err != nil {
		return page, err
	}
	packages, err := w.Contracts.Packages(c.Context(), c.Actor(), form["project"])
	if err != nil {
		return page, err
	}
	for _, p := range packages {
		page.Packages = append(page.Packages, webkit.Choice{Value: p.Code, Text: p.Name + " · " + p.Estimate.String() + " đ"})
	}
	firms, err := w.Contracts.Contractors(c.Context(), c.Actor())
	for _, f := range firms {
		page.Contractors = append(page.Contractors, webkit.Choice{Value: f.TaxCode, Text: f.Name + " · " + f.TaxCode})
	}
	crumbs(c, page.Project.Code, page.Project.Name)
	c.Crumb(c.T("menu.contracts"), "/projects/"+page.Project.Code+"/contracts")
	return page, err
}

func (w Web) newContract(c *webkit.Ctx) error {
	page, err := w.signPage(c, typed{"project": c.Query("project"), "package": c.Query("package")})
	if err != nil {
		return err
	}
	return c.Show("contract/form", page)
}

func (w Web) sign(c *webkit.Ctx) error {
	form := readTyped(c)
	in, err := form.contract()
	code := ""
	if err == nil {
		code, err = w.Contracts.Sign(c.Context(), c.Actor(), in, c.Today())
	}
	if err == nil {
		return c.Done("/contracts/"+code, "contract.signed", code)
	}
	page, pageErr := w.signPage(c, form)
	if pageErr != nil {
		return pageErr
	}
	return c.Refuse(err, "contract/form", page)
}

// step is the mark of a person on a bill, as the partial "timeline" wants it.
type step struct{ Name, State, Word, Tone, Done, By, Due, Note, Doc, DocHref, Href string }
