// Package web carries the page templates, the sentences in both languages and the built assets inside the binary.
package web

import (
	"embed"
	"io/fs"
)

// Templates holds layout, partials and one folder of pages for each room, under "templates".
//
//go:embed templates
var Templates embed.FS

//go:embed locale
var locale embed.FS

// Locale holds the sentences as flat JSON, one folder for each language: "vi/frame.json", "en/frame.json".
var Locale = under(locale, "locale")

// Dist holds what `npm run build` made, under "dist". Without a build it holds no manifest.json, only a note.
//
//go:embed dist
var Dist embed.FS

func under(files fs.FS, folder string) fs.FS {
	sub, err := fs.Sub(files, folder)
	if err != nil {
		panic(err) // only for a folder name that is not valid, and the name is fixed above
	}
	return sub
}
