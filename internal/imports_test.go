// Package internal holds no code, only the checks of the house: who may import whom, and what every file keeps to.
// internal/README.md says the same in words; a new package belongs into the lists below.
package internal

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// words are what every package may speak: the standard library and each other, nothing else.
const words = "actor area day fault id invariant listing tx vnd"

// tools know technology and no business.
const tools = "authz config figures figures/cmd/bench postgres postgres/embedded postgres/embedded/cmd/testdb paper postgres/pgtest recon/corpus sheet webkit webkit/webtest"

// rooms are the parts of the business, each with the other rooms it may know. Besides, every room may know audit and legal.
// Add a line for a new room, and an arrow only downward: the room that decides later knows the one that decided before.
var rooms = map[string]string{
	"audit":        "", // the log of what was done
	"legal":        "", // the law as dated data
	"people":       "", // accounts and units
	"region":       "", // wards and communes
	"ledger":       "", // our book of compensation money
	"bank":         "", // the bank's word; it never learns what we think
	"project":      "region",
	"contract":     "project",
	"capital":      "project",
	"disbursement": "capital contract project",
	"schedule":     "project",
	"progress":     "disbursement project schedule",
	"indicator":    "",
	"violation":    "project region",
	"land":         "project region",
	"compensation": "land ledger", // an approved plan is posted
	"payout":       "compensation ledger legal",
	"debt":         "ledger",                                                                                                                                    // what holders still owe the state for land
	"late":         "compensation ledger legal payout",                                                                                                          // what is due and unpaid, and what that costs
	"recon":        "bank ledger payout",                                                                                                                        // the only one above both the bank's word and ours
	"report":       "bank capital compensation contract disbursement indicator land late ledger payout people progress project recon region schedule violation", // reads, never acts
}

// embeds are the folders whose files go into the binary; each has an embed.go and nothing else.
const embeds = "migrations policies seeds web"

// outside lists, for a kind of package, what it must not touch beyond this module. A name forbids what lies under it too.
var outside = map[string]string{
	"word":  "net/http html/template",
	"room":  "net/http html/template github.com/gin-gonic github.com/danielgtaylor/huma github.com/alexedwards/scs github.com/casbin github.com/jmoiron/sqlx github.com/golang-migrate",
	"web":   "database/sql github.com/jmoiron/sqlx github.com/lib/pq github.com/golang-migrate github.com/casbin",
	"sheet": "database/sql github.com/jmoiron/sqlx github.com/lib/pq github.com/golang-migrate github.com/casbin net/http html/template github.com/gin-gonic",
}

// imports are the packages of this module by their path in it ("internal/land"), each with what its files import, tests left out:
// a test may use whatever helps it.
type imports map[string][]string

const module = "matbang/"

func TestImportsGoOneWay(t *testing.T) {
	found := imports{}
	for file, content := range goFiles(t) {
		if !strings.HasSuffix(file, "_test.go") {
			found.add(t, file, content)
		}
	}
	if len(found) < 20 {
		t.Fatalf("only %d packages found: the test looks in the wrong place", len(found))
	}
	for _, wrong := range found.faults() {
		t.Error(wrong)
	}
}

// Each of these must be refused, or the check above says nothing.
func TestWrongImportsAreFound(t *testing.T) {
	for _, c := range []struct{ file, imported string }{
		{"internal/vnd/vnd.go", "github.com/lib/pq"},
		{"internal/vnd/vnd.go", "matbang/internal/land"},
		{"internal/day/day.go", "net/http"},
		{"internal/land/acts.go", "net/http"},
		{"internal/land/acts.go", "html/template"},
		{"internal/land/acts.go", "github.com/gin-gonic/gin"},
		{"internal/land/acts.go", "github.com/danielgtaylor/huma/v2"},
		{"internal/land/acts.go", "matbang/internal/webkit"},
		{"internal/land/acts.go", "matbang/internal/postgres"},
		{"internal/land/acts.go", "matbang/internal/land/landweb"},
		{"internal/land/acts.go", "matbang/internal/payout"},
		{"internal/land/acts.go", "matbang/internal/app"},
		{"internal/bank/acts.go", "matbang/internal/ledger"},
		{"internal/ledger/ledger.go", "matbang/internal/bank"},
		{"internal/land/landweb/pages.go", "github.com/jmoiron/sqlx"},
		{"internal/land/landweb/pages.go", "github.com/lib/pq"},
		{"internal/land/landweb/pages.go", "matbang/internal/postgres"},
		{"internal/land/landweb/pages.go", "matbang/internal/payout/payoutweb"},
		{"internal/land/landsheet/landsheet.go", "matbang/internal/webkit"},
		{"internal/webkit/kit.go", "matbang/internal/people"},
		{"internal/postgres/pgtest/pgtest.go", "matbang/internal/people"},
		{"internal/postgres/db.go", "matbang/internal/app"},
		{"internal/land/acts.go", "matbang/internal/postgres/pgtest"},
		{"internal/app/app.go", "matbang/internal/app/apptest"},
		{"internal/webkit/kit.go", "matbang/cmd/matbang"},
		{"internal/utils/utils.go", "strings"},
		{"internal/land/helpers/helpers.go", "strings"},
		{"web/embed.go", "matbang/internal/land"},
	} {
		one := imports{}
		one.add(t, c.file, []byte("package p\nimport _ "+strconv.Quote(c.imported)+"\n"))
		if len(one.faults()) == 0 {
			t.Errorf("%s importing %s is not found", c.file, c.imported)
		}
	}
}

func TestRightImportsPass(t *testing.T) {
	right := imports{}
	for file, imported := range map[string]string{
		"internal/actor/actor.go":              "matbang/internal/fault",
		"internal/land/acts.go":                "matbang/internal/project",
		"internal/land/store.go":               "github.com/lib/pq",
		"internal/recon/acts.go":               "matbang/internal/payout",
		"internal/land/landweb/pages.go":       "matbang/internal/webkit",
		"internal/land/landsheet/landsheet.go": "matbang/internal/sheet",
		"internal/app/app.go":                  "matbang/internal/land/landweb",
		"cmd/matbang/main.go":                  "matbang/internal/app",
		"internal/postgres/pgtest/pgtest.go":   "matbang/migrations",
	} {
		right.add(t, file, []byte("package p\nimport _ "+strconv.Quote(imported)+"\n"))
	}
	for _, wrong := range right.faults() {
		t.Error(wrong)
	}
}

// add notes what one file imports.
func (i imports) add(t *testing.T, file string, content []byte) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, content, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	pkg := path.Dir(file)
	if i[pkg] == nil {
		i[pkg] = []string{}
	}
	for _, spec := range parsed.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		i[pkg] = append(i[pkg], name)
	}
}

// faults lists every import that goes the wrong way, and every package that stands in no list.
func (i imports) faults() []string {
	var wrong []string
	for _, pkg := range slices.Sorted(maps.Keys(i)) {
		if kindOf(pkg) == "" {
			wrong = append(wrong, pkg+": a new package; say in internal/imports_test.go what it is and whom it may know")
			continue
		}
		for _, imported := range i[pkg] {
			if why := refused(pkg, imported); why != "" {
				wrong = append(wrong, pkg+" must not import "+imported+": "+why)
			}
		}
	}
	slices.Sort(wrong)
	return slices.Compact(wrong)
}

// kindOf is what a package of this module is; empty when no list knows it.
func kindOf(pkg string) string {
	if strings.HasPrefix(pkg, "cmd/") {
		return "cmd"
	}
	name, inside := strings.CutPrefix(pkg, "internal/")
	if !inside {
		return choose(has(embeds, pkg), "embed")
	}
	dir, base := path.Split(name)
	owner := strings.TrimSuffix(dir, "/")
	switch {
	case has(words, name):
		return "word"
	case has(tools, name):
		return "tool"
	case name == "app" || name == "app/apptest":
		return "app"
	case owner == "":
		_, known := rooms[name]
		return choose(known, "room")
	default:
		_, known := rooms[owner]
		return choose(known && base == owner+"web", "web") + choose(known && base == owner+"sheet", "sheet")
	}
}

// refused says why an import is wrong, or nothing.
func refused(pkg, imported string) string {
	kind := kindOf(pkg)
	target, ours := strings.CutPrefix(imported, module)
	if !ours {
		return refusedOutside(kind, imported)
	}
	switch {
	case target == "internal/postgres/pgtest" || target == "internal/app/apptest":
		return choose(pkg != "internal/app/apptest", "it is for tests only")
	case kindOf(target) == "cmd":
		return "nobody imports a command"
	case kind == "cmd" || kind == "app":
		return ""
	case kindOf(target) == "app":
		return "app knows the rooms, not the other way"
	case kindOf(target) == "word":
		return choose(kind == "embed", "a folder of files knows nothing")
	}
	return refusedInside(kind, pkg, target)
}

// refusedInside judges an import of a room, a room's folder, a tool or a folder of files.
func refusedInside(kind, pkg, target string) string {
	other := kindOf(target)
	switch kind {
	case "word":
		return "a word knows the standard library and other words"
	case "tool":
		return choose(other != "tool" && other != "embed", "a tool knows no room")
	case "room":
		if other != "room" {
			return "a room knows rooms and words, not how it is shown or stored"
		}
		me, them := path.Base(pkg), path.Base(target)
		return choose(them != "audit" && them != "legal" && !has(rooms[me], them), "no such arrow between rooms in internal/imports_test.go")
	case "web":
		mySheet := target == path.Dir(pkg)+"/"+path.Base(path.Dir(pkg))+"sheet"
		return choose(other != "room" && target != "internal/webkit" && target != "internal/sheet" && target != "internal/paper" && !mySheet,
			"a web folder knows rooms, webkit, sheet and paper")
	case "sheet":
		return choose(other != "room" && target != "internal/sheet" && target != "internal/paper", "a sheet folder knows rooms, sheet and paper")
	default:
		return "a folder of files knows nothing"
	}
}

func refusedOutside(kind, imported string) string {
	first, _, _ := strings.Cut(imported, "/")
	if (kind == "word" || kind == "embed") && strings.Contains(first, ".") {
		return "the standard library only"
	}
	for _, barred := range strings.Fields(outside[kind]) {
		if imported == barred || strings.HasPrefix(imported, barred+"/") {
			return "not in a " + kind
		}
	}
	return ""
}

func has(list, name string) bool { return slices.Contains(strings.Fields(list), name) }

func choose(ok bool, text string) string {
	if ok {
		return text
	}
	return ""
}

// goFiles reads every Go file of the module by its path in it.
func goFiles(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, root := range []string{"cmd", "internal", "migrations", "policies", "seeds", "web"} {
		for name, content := range filesUnder(t, root, ".go") {
			files[name] = content
		}
	}
	return files
}

// filesUnder reads the files of a folder of the module that end on a suffix. What npm put there is none of ours.
func filesUnder(t *testing.T, root, suffix string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	module := testRoot(t)
	err := fs.WalkDir(module, root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "testdata"):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, suffix):
			return nil
		}
		files[filepath.ToSlash(name)], err = fs.ReadFile(module, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
