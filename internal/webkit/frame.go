package webkit

import (
	"net/url"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/day"
)

// MenuEntry is one line of the side menu, shown to whoever has its permission.
type MenuEntry struct {
	Key, Href, Icon string
	Permission      actor.Permission
}

// menu is the side menu in the order of the business.
func menu() []MenuEntry {
	return []MenuEntry{
		{"mywork", "/", "home", SignedIn},
		{"projects", "/projects", "building", "project:read"},
		{"contracts", "/contracts", "contract", "contract:read"},
		{"disbursements", "/disbursements", "treasury", "disbursement:read"},
		{"progress", "/progress", "chart", "progress:read"},
		{"schedules", "/schedules", "gantt", "schedule:read"},
		{"obstacles", "/obstacles", "alert", "obstacle:read"},
		{"cases", "/cases", "map", "case:read"},
		{"plans", "/plans", "file", "plan:read"},
		{"payouts", "/payout-orders", "cash", "payout:read"},
		{"deposits", "/deposits", "pig", "deposit:see"},
		{"debts", "/debts", "debt", "debt:read"},
		{"accounts", "/accounts", "check", "account:check"},
		{"recon", "/recon", "scale", "statement:read"},
		{"bridge", "/bridge", "bridge", "bridge:read"},
		{"late", "/late", "clock", "late:read"},
		{"ledger", "/ledger", "book", "ledger:read"},
		{"periods", "/periods", "lock", "period:read"},
		{"indicators", "/indicators", "target", "indicator:read"},
		{"violations", "/violations", "hammer", "violation:read"},
		{"reports", "/reports", "report", "report:read"},
		{"audit", "/audit", "history", "audit:read"},
		{"users", "/users", "users", "user:manage"},
	}
}

// Frame is what the layout shows around every page.
type Frame struct {
	Lang, Title, Path, FullPath, Search string
	Sought                              string // Search as it may stand in an address
	User                                *FrameUser
	Menu                                []MenuItem
	Month                               string
	Months                              []string
	Today                               day.Date
	TodayFixed, Sample                  bool
	Flash                               []Flash
	Crumbs                              []Crumb
	Errors                              map[string]string // field → sentence, after a refusal
	Fault                               string            // the refusal's own sentence
	Version                             string
	who                                 actor.Actor
	query                               url.Values
}

// FrameUser is the signed-in person as the frame shows it.
type FrameUser struct {
	Name, Username string
	Roles          []string
}

// MenuItem is a menu line of this person on this page.
type MenuItem struct {
	Key, Href, Icon string
	Active          bool
	Count           int
}

// Flash is a sentence about what was just done.
type Flash struct{ Kind, Text string }

// Crumb is a step of the way to this page.
type Crumb struct{ Text, Href string }

// Can tells a template whether to show an act: "project:edit".
func (f Frame) Can(permission string) bool { return f.who.Can(actor.Permission(permission)) }

// Query is the address of this page with some query values changed; an empty value drops its name, and a change goes to page 1.
func (f Frame) Query(pairs ...string) string {
	values := url.Values{}
	for name, v := range f.query {
		values[name] = v
	}
	values.Del("page")
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Del(pairs[i])
		if pairs[i+1] != "" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	if len(values) == 0 {
		return f.Path
	}
	return f.Path + "?" + values.Encode()
}

func (k *Kit) frame(c *Ctx) Frame {
	f := Frame{Lang: c.lang, Path: c.g.Request.URL.Path, FullPath: c.g.Request.URL.RequestURI(), Search: c.Query("q"), Sought: c.Seal(c.Query("q")),
		Today: k.Today(), TodayFixed: k.TodayFixed, Sample: k.Sample, Version: k.Version, Crumbs: c.crumbs,
		Errors: map[string]string{}, who: c.who, query: c.g.Request.URL.Query()}
	if c.who.ID == 0 {
		return f
	}
	f.User = &FrameUser{Name: c.who.Name, Username: c.who.Username, Roles: c.who.Roles}
	f.Menu = k.menuFor(c)
	f.Month = c.Month().String()
	for _, m := range k.Months(c.Context()) {
		f.Months = append(f.Months, m.String())
	}
	f.Flash = c.takeFlash()
	return f
}

func (k *Kit) menuFor(c *Ctx) []MenuItem {
	waiting := k.Waiting(c.Context(), c.who)
	var items []MenuItem
	for _, e := range k.menu {
		if k.allowed(c.who, e.Permission) != nil {
			continue
		}
		path := c.g.Request.URL.Path
		active := path == e.Href || e.Href != "/" && strings.HasPrefix(path, e.Href+"/")
		items = append(items, MenuItem{Key: e.Key, Href: e.Href, Icon: e.Icon, Active: active, Count: waiting[e.Key]})
	}
	return items
}
