// Package peopleweb is the pages of accounts: signing in and out, the own account, and keeping users.
package peopleweb

import (
	"net/http"

	"matbang/internal/people"
	"matbang/internal/webkit"
)

// Web answers for accounts.
type Web struct{ People *people.People }

// Routes adds the addresses of this room.
func (w Web) Routes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/login", webkit.Public, w.loginForm)
	k.Page(http.MethodPost, "/login", webkit.Public, w.login)
	k.Page(http.MethodPost, "/logout", webkit.Public, w.logout) // public: a session that has just ended may sign out as well
	k.Page(http.MethodGet, "/account", webkit.SignedIn, w.account)
	k.Page(http.MethodPost, "/account/password", webkit.SignedIn, w.changePassword)
	k.Page(http.MethodPost, "/account/tokens", webkit.SignedIn, w.issueToken)
	k.Page(http.MethodPost, "/account/tokens/:id/revoke", webkit.SignedIn, w.revokeToken)

	k.Page(http.MethodGet, "/users", people.Manage, w.list)
	k.Page(http.MethodGet, "/users/new", people.Manage, w.newForm)
	k.Page(http.MethodPost, "/users", people.Manage, w.create)
	k.Page(http.MethodGet, "/users/:username", people.Manage, w.show)
	k.Page(http.MethodPost, "/users/:username", people.Manage, w.update)
	k.Page(http.MethodPost, "/users/:username/roles", people.Manage, w.setRoles)
	k.Page(http.MethodPost, "/users/:username/password", people.Manage, w.setPassword)
	k.Page(http.MethodPost, "/users/:username/disable", people.Manage, w.disable)
	k.Page(http.MethodPost, "/users/:username/enable", people.Manage, w.enable)
}
