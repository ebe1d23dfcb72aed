// Package people is who works with the program: units (đơn vị), users with their roles, passwords, API tokens, and signing in.
//
// A user belongs to one unit and may hold several roles; what a role may do stands in policies/policy.csv and comes in as a function,
// because a room knows no tools. A user is never deleted, only disabled: the log goes on naming whoever did a thing. Roles are read
// anew at every request, so a role taken away or an account disabled holds at once, in open sessions and for tokens too.
//
// The administrator keeps accounts and nothing else: every change here is in the log with what stood before, an administrator cannot
// take out a token in another person's name, and the last account that can manage users cannot be lost.
package people

import (
	"runtime"
	"strings"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/tx"
)

// Manage is the permission to keep accounts.
const Manage actor.Permission = "user:manage"

// People is the room: reads and acts over units and users. Make it with New.
type People struct {
	DB         tx.DB
	Log        audit.Log
	Grants     func(roles []string) map[actor.Permission]actor.Reach
	KnownRoles []string
	hashing    chan struct{} // one place for each CPU: a hash takes 19 MiB, and more at once than CPUs makes none of them faster
}

// New makes the room. grants gives the permissions of some roles, roles lists every role that a policy names.
func New(db tx.DB, log audit.Log, grants func(roles []string) map[actor.Permission]actor.Reach, roles []string) *People {
	return &People{DB: db, Log: log, Grants: grants, KnownRoles: roles, hashing: make(chan struct{}, runtime.NumCPU())}
}

// Console is whoever runs the program's own commands on its machine, and loads reference data: this person can reach the database
// anyway, may keep accounts and nothing else, and stands in the log as "console".
func Console() actor.Actor {
	return actor.Actor{Username: "console", Name: "console", Grants: map[actor.Permission]actor.Reach{Manage: actor.All}}
}

// Unit is a body people work in: the city, a management board, the compensation unit, a ward's office.
type Unit struct {
	ID       id.Unit `db:"id" json:"-"`
	Code     string  `db:"code" json:"code"`
	Name     string  `db:"name" json:"name"`
	Kind     string  `db:"kind" json:"kind"`           // city | management | clearance | finance | department | ward
	WardCode string  `db:"ward_code" json:"ward_code"` // of a ward's office, else empty
}

// Ward is a ward or commune a user can be bound to.
type Ward struct {
	Code string `db:"code"`
	Name string `db:"name"`
}

// User is an account as lists and pages show it; the password's hash never leaves the store.
type User struct {
	ID         id.User    `db:"id"`
	Username   string     `db:"username"`
	FullName   string     `db:"full_name"`
	UnitCode   string     `db:"unit_code"`
	UnitName   string     `db:"unit_name"`
	WardCode   string     `db:"ward_code"` // the user's own, empty when only the unit is bound to one
	RoleNames  string     `db:"roles"`     // comma separated, sorted
	Sample     bool       `db:"sample"`
	DisabledAt *time.Time `db:"disabled_at"`
	CreatedAt  time.Time  `db:"created_at"`
	Version    int        `db:"version"`
}

// Roles lists the user's roles.
func (u User) Roles() []string { return splitRoles(u.RoleNames) }

func splitRoles(names string) []string {
	return strings.FieldsFunc(names, func(r rune) bool { return r == ',' })
}

// Details are what can be changed of a user besides roles and password. Ward may be empty: the unit's ward, if any, then counts.
type Details struct {
	FullName string `json:"full_name"`
	Unit     string `json:"unit"`
	Ward     string `json:"ward"`
}

// NewUser is an account to be opened. A sample account's password comes from a setting and is not held against the rule: such
// accounts serve on the own machine only.
type NewUser struct {
	Details
	Username string
	Password string
	Roles    []string
	Sample   bool
}

// Token is an API token as its owner sees it; the token itself is shown once, when it is issued, and kept only as a hash.
type Token struct {
	ID        int64      `db:"id"`
	Username  string     `db:"username"`
	Name      string     `db:"name"`
	ExpiresAt time.Time  `db:"expires_at"`
	CreatedAt time.Time  `db:"created_at"`
	RevokedAt *time.Time `db:"revoked_at"`
}

// Live tells whether the token still opens the API at a moment.
func (t Token) Live(now time.Time) bool { return t.RevokedAt == nil && now.Before(t.ExpiresAt) }

// Filter chooses users; zero fields do not limit. State is "", "active" or "disabled".
type Filter struct{ Role, Unit, State string }

// Users is one page of a list of users.
type Users = listing.Answer[User]
