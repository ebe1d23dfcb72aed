package peopleweb

import (
	"slices"

	"matbang/internal/audit"
	"matbang/internal/people"
	"matbang/internal/webkit"
)

type listPage struct {
	List          people.Users
	Filter        people.Filter
	Units         []webkit.Choice
	Roles, States []webkit.Choice
}

func (w Web) list(c *webkit.Ctx) error {
	page := listPage{Filter: people.Filter{Role: c.Query("role"), Unit: c.Query("unit"), State: c.Query("state")},
		Roles: c.Choices("role.", w.People.KnownRoles...), States: c.Choices("people.state.", "active", "disabled")}
	var err error
	if page.List, err = w.People.List(c.Context(), c.Actor(), page.Filter, c.List()); err != nil {
		return err
	}
	if page.Units, err = w.unitChoices(c); err != nil {
		return err
	}
	return c.Show("people/users", page)
}

func (w Web) unitChoices(c *webkit.Ctx) ([]webkit.Choice, error) {
	units, err := w.People.Units(c.Context())
	choices := make([]webkit.Choice, 0, len(units))
	for _, u := range units {
		choices = append(choices, webkit.Choice{Value: u.Code, Text: u.Name})
	}
	return choices, err
}

func (w Web) wardChoices(c *webkit.Ctx) ([]webkit.Choice, error) {
	wards, err := w.People.Wards(c.Context())
	choices := make([]webkit.Choice, 0, len(wards))
	for _, ward := range wards {
		choices = append(choices, webkit.Choice{Value: ward.Code, Text: ward.Name})
	}
	return choices, err
}

// roleTick is one role to tick, with what it allows in a few words.
type roleTick struct {
	webkit.Choice
	Hint   string
	Ticked bool
}

func (w Web) roleTicks(c *webkit.Ctx, held []string) []roleTick {
	ticks := make([]roleTick, 0, len(w.People.KnownRoles))
	for _, choice := range c.Choices("role.", w.People.KnownRoles...) {
		ticks = append(ticks, roleTick{choice, c.T("role." + choice.Value + ".may"), slices.Contains(held, choice.Value)})
	}
	return ticks
}

// choices are what both forms about a user offer.
type choices struct {
	Units, Wards []webkit.Choice
	Roles        []roleTick
}

func (w Web) choices(c *webkit.Ctx, held []string) (choices, error) {
	offered := choices{Roles: w.roleTicks(c, held)}
	var err error
	if offered.Units, err = w.unitChoices(c); err != nil {
		return offered, err
	}
	offered.Wards, err = w.wardChoices(c)
	return offered, err
}

type newPage struct {
	choices
	Username string
	Details  people.Details
}

func details(c *webkit.Ctx) people.Details {
	return people.Details{FullName: c.Form("full_name"), Unit: c.Form("unit"), Ward: c.Form("ward")}
}

func (w Web) newPage(c *webkit.Ctx, u people.NewUser) (newPage, error) {
	c.Crumb(c.T("menu.users"), "/users")
	c.Crumb(c.T("people.new"), "")
	offered, err := w.choices(c, u.Roles)
	return newPage{choices: offered, Username: u.Username, Details: u.Details}, err
}

func (w Web) newForm(c *webkit.Ctx) error {
	page, err := w.newPage(c, people.NewUser{})
	if err != nil {
		return err
	}
	return c.Show("people/new", page)
}

func (w Web) create(c *webkit.Ctx) error {
	u := people.NewUser{Details: details(c), Username: c.Form("username"), Password: c.Form("password"), Roles: c.FormAll("roles")}
	_, err := w.People.AddUser(c.Context(), c.Actor(), u)
	if err == nil {
		return c.Done("/users/"+u.Username, "people.added", u.Username)
	}
	page, pageErr := w.newPage(c, u)
	if pageErr != nil {
		return pageErr
	}
	return c.Refuse(err, "people/new", page)
}

type showPage struct {
	choices
	User    people.User
	Details people.Details
	Self    bool
	History []audit.Row
}

func (w Web) showPage(c *webkit.Ctx) (showPage, error) {
	var page showPage
	var err error
	if page.User, err = w.People.Get(c.Context(), c.Actor(), c.Param("username")); err != nil {
		return page, err
	}
	u := page.User
	c.Crumb(c.T("menu.users"), "/users")
	c.Crumb(u.Username, "")
	page.Self = u.ID == c.Actor().ID
	page.Details = people.Details{FullName: u.FullName, Unit: u.UnitCode, Ward: u.WardCode}
	if page.History, err = w.People.Log.History(c.Context(), people.ObjectKind, u.Username, 20); err != nil {
		return page, err
	}
	page.choices, err = w.choices(c, u.Roles())
	return page, err
}

func (w Web) show(c *webkit.Ctx) error {
	page, err := w.showPage(c)
	if err != nil {
		return err
	}
	return c.Show("people/show", page)
}

// answer goes back to the user's page with what was done, or shows it again with the refusal and what was typed.
func (w Web) answer(c *webkit.Ctx, err error, done string, typed func(*showPage)) error {
	username := c.Param("username")
	if err == nil {
		return c.Done("/users/"+username, done, username)
	}
	page, pageErr := w.showPage(c)
	if pageErr != nil {
		return pageErr
	}
	typed(&page)
	return c.Refuse(err, "people/show", page)
}

func asStored(*showPage) {}

func (w Web) update(c *webkit.Ctx) error {
	d := details(c)
	err := w.People.Update(c.Context(), c.Actor(), c.Param("username"), d, c.Version())
	return w.answer(c, err, "people.saved", func(page *showPage) { page.Details = d })
}

func (w Web) setRoles(c *webkit.Ctx) error {
	roles := c.FormAll("roles")
	err := w.People.SetRoles(c.Context(), c.Actor(), c.Param("username"), roles, c.Version())
	return w.answer(c, err, "people.roles.saved", func(page *showPage) { page.Roles = w.roleTicks(c, roles) })
}

func (w Web) setPassword(c *webkit.Ctx) error {
	password := c.Form("password")
	err := matching(password, c.Form("again"))
	if err == nil {
		err = w.People.SetPassword(c.Context(), c.Actor(), c.Param("username"), password)
	}
	return w.answer(c, err, "people.password.set", asStored)
}

func (w Web) disable(c *webkit.Ctx) error {
	err := w.People.Disable(c.Context(), c.Actor(), c.Param("username"), c.Version())
	return w.answer(c, err, "people.disabled", asStored)
}

func (w Web) enable(c *webkit.Ctx) error {
	err := w.People.Enable(c.Context(), c.Actor(), c.Param("username"), c.Version())
	return w.answer(c, err, "people.enabled", asStored)
}
