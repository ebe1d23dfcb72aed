//go:build !linux

package embedded

import (
	"context"
	"errors"
)

// errElsewhere is the one sentence for systems that the launcher was not written for.
var errElsewhere = errors.New("the embedded PostgreSQL runs on Linux only: start a PostgreSQL 14 or newer and name it in DATABASE_URL")

// child stands for a server that cannot exist here.
type child struct{}

func (*child) stop() error { return nil }

func (*child) crash() {}

// Start refuses: see errElsewhere.
func Start(context.Context, Options) (*Server, error) { return nil, errElsewhere }

// StartShared refuses: see errElsewhere.
func StartShared(context.Context, Options) (*Server, error) { return nil, errElsewhere }
