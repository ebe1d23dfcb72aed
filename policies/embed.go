// Package policies carries the casbin model and rules inside the binary.
package policies

import _ "embed"

// Model is the casbin model.
//
//go:embed model.conf
var Model string

// Rules lists which role may do what, and how far.
//
//go:embed policy.csv
var Rules string
