package peopleweb

import (
	"strconv"
	"time"

	"matbang/internal/fault"
	"matbang/internal/people"
	"matbang/internal/webkit"
)

type loginPage struct{ Next, Username string }

func (w Web) loginForm(c *webkit.Ctx) error {
	page := loginPage{Next: webkit.LocalPath(c.Query("next"))}
	if c.Actor().ID != 0 {
		return c.Done(page.Next, "")
	}
	return c.Show("people/login", page)
}

func (w Web) login(c *webkit.Ctx) error {
	page := loginPage{Next: webkit.LocalPath(c.Form("next")), Username: c.Form("username")}
	user, err := w.People.SignIn(c.Context(), page.Username, c.Form("password"), c.RemoteAddress())
	if err != nil {
		return c.Refuse(err, "people/login", page)
	}
	if err := c.SignIn(user); err != nil {
		return err
	}
	return c.Done(page.Next, "")
}

func (w Web) logout(c *webkit.Ctx) error {
	if err := c.SignOut(); err != nil {
		return err
	}
	return c.Done("/login", "")
}

type tokenLine struct {
	people.Token
	Live bool
}

type accountPage struct {
	Tokens     []tokenLine
	Name, Days string // of the token form
	NewToken   string // shown once, right after it was issued
}

func (w Web) accountPage(c *webkit.Ctx) (accountPage, error) {
	page := accountPage{Days: "90"}
	tokens, err := w.People.Tokens(c.Context(), c.Actor())
	now := time.Now() // a token's end is a moment, no business day
	for _, t := range tokens {
		page.Tokens = append(page.Tokens, tokenLine{t, t.Live(now)})
	}
	return page, err
}

func (w Web) account(c *webkit.Ctx) error {
	page, err := w.accountPage(c)
	if err != nil {
		return err
	}
	return c.Show("people/account", page)
}

func (w Web) changePassword(c *webkit.Ctx) error {
	next := c.Form("password")
	err := matching(next, c.Form("again"))
	if err == nil {
		err = w.People.ChangePassword(c.Context(), c.Actor(), c.Form("current"), next, c.RemoteAddress())
	}
	if err == nil {
		if err := c.SignIn(c.Actor().ID); err != nil { // every other session of this person has just ended
			return err
		}
		return c.Done("/account", "people.password.changed")
	}
	page, pageErr := w.accountPage(c)
	if pageErr != nil {
		return pageErr
	}
	return c.Refuse(err, "people/account", page)
}

// matching refuses a new password that was not typed twice the same: nobody sees what is typed.
func matching(password, again string) error {
	if password != again {
		return fault.InvalidField("again", "people.password_again")
	}
	return nil
}

// issueToken shows the page at once instead of going on to it: the token must not be kept anywhere, not even for one request.
func (w Web) issueToken(c *webkit.Ctx) error {
	name, typed := c.Form("name"), c.Form("days")
	days, _ := strconv.Atoi(typed) // what is no number is refused as 0 days
	token, err := w.People.IssueToken(c.Context(), c.Actor(), c.Actor().Username, days, name)
	page, pageErr := w.accountPage(c)
	if pageErr != nil {
		return pageErr
	}
	if err != nil {
		page.Name, page.Days = name, typed
		return c.Refuse(err, "people/account", page)
	}
	page.NewToken = token
	return c.Show("people/account", page)
}

func (w Web) revokeToken(c *webkit.Ctx) error {
	token, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return people.ErrTokenMissing
	}
	if err := w.People.RevokeToken(c.Context(), c.Actor(), token); err != nil {
		return c.Warn("/account", err)
	}
	return c.Done("/account", "people.token.revoked")
}
