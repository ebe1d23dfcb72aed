// Package migrations carries the schema's numbered steps inside the binary.
package migrations

import (
	"embed"
	"io/fs"
	"strconv"
)

// Files holds every NNNN_room.{up,down}.sql of this folder.
//
//go:embed *.sql
var Files embed.FS

// Newest is the version of the last step.
func Newest() uint {
	names, err := fs.Glob(Files, "*.up.sql")
	if err != nil || len(names) == 0 {
		panic("no migrations in the binary")
	}
	n, err := strconv.ParseUint(names[len(names)-1][:4], 10, 32)
	if err != nil {
		panic("migration without a number: " + names[len(names)-1])
	}
	return uint(n)
}
