// Package migrations carries the schema's numbered steps inside the binary.
package migrations

import "embed"

// Files holds every NNNN_room.{up,down}.sql of this folder.
//
//go:embed *.sql
var Files embed.FS
