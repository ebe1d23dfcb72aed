// Package actor is the person who acts, with what this person may do and on which rows.
package actor

import (
	"matbang/internal/fault"
	"matbang/internal/id"
)

// Permission names one kind of act on one kind of thing, "thing:act", as policies/policy.csv lists them.
type Permission string

// Reach is how far a permission goes.
type Reach int

// From nothing to everything; the wider of two roles' reaches counts.
const (
	None Reach = iota
	Own        // projects the person is a member of
	Ward       // the person's ward
	Unit       // works of the person's unit
	All
)

// Actor is the signed-in person. It is an argument of every act and read.
type Actor struct {
	ID       id.User
	Username string
	Name     string
	Roles    []string
	Unit     id.Unit
	Ward     id.Ward
	Grants   map[Permission]Reach
	Stamp    string // changes with the password: a session that bears another one has ended
}

// Scope is the reach in the form SQL takes: a zero member does not limit.
// Every query over scoped rows carries its three conditions, so what lies outside is not found.
type Scope struct {
	Unit   id.Unit
	Ward   id.Ward
	Member id.User
}

// Can tells whether the person has the permission at all.
func (a Actor) Can(p Permission) bool { return a.Grants[p] != None }

// Require gives the scope in which the person has the permission, or refuses (Forbidden).
func (a Actor) Require(p Permission) (Scope, error) {
	var scope Scope
	switch a.Grants[p] {
	case All:
		return scope, nil
	case Unit:
		scope.Unit = a.Unit
	case Ward:
		scope.Ward = a.Ward
	case Own:
		scope.Member = a.ID
	}
	if scope == (Scope{}) { // in a Scope 0 means "not limited": whoever lacks what limits the permission has nothing
		return scope, fault.New(fault.Forbidden, "forbidden", string(p))
	}
	return scope, nil
}
