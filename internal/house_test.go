package internal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Measures of the house; internal/README.md says why.
const (
	fileLines     = 500
	functionLines = 80
)

// mayFloat are the only files that name a float: a spreadsheet's column width and number cell and a length on paper have
// no other type. No money goes through them.
const mayFloat = "internal/sheet/write.go internal/report/xlsx.go internal/paper/pdf.go"

// source is one parsed Go file.
type source struct {
	name  string
	lines int
	fset  *token.FileSet
	tree  *ast.File
}

func (s source) isTest() bool { return strings.HasSuffix(s.name, "_test.go") }

func (s source) at(n ast.Node) string {
	return s.name + ":" + strconv.Itoa(s.fset.Position(n.Pos()).Line)
}

func TestHouse(t *testing.T) {
	sources := parseAll(t)
	say := sentences(t, "vi")
	for name, faults := range map[string][]string{
		"file length":         longFiles(sources),
		"function length":     longFunctions(sources),
		"no floats":           floats(sources),
		"no skipped tests":    skips(sources),
		"package comments":    unexplained(sources),
		"refusals have words": untold(sources, faultCodes, "fault.", say),
		"acts have words":     untold(sources, actNames, "act.", say),
		"codes of rooms":      untold(onlyRooms(sources), looseCodes, "", withoutKinds(say)),
		"keys in Go":          untold(sources, spokenKeys, "", say),
		"keys in templates":   untoldInTemplates(filesUnder(t, "web/templates", ".html"), say),
		"searches are sealed": openSearches(filesUnder(t, "web/templates", ".html")),
	} {
		t.Run(name, func(t *testing.T) {
			for _, f := range faults {
				t.Error(f)
			}
		})
	}
}

// Every check must see what it is there for.
func TestHouseSeesWhatIsWrong(t *testing.T) {
	none := map[string]bool{}
	wrong := func(body string) []source { return []source{parse(t, "internal/x/x.go", []byte(body))} }
	for name, faults := range map[string][]string{
		"file length":      longFiles(wrong("package x\n" + strings.Repeat("// long\n", fileLines))),
		"function length":  longFunctions(wrong("package x\nfunc f() {\n" + strings.Repeat("\n", functionLines) + "}\n")),
		"float":            floats(wrong("package x\nvar f float64\n")),
		"parsed float":     floats(wrong("package x\nvar f, _ = strconv.ParseFloat(\"1\", 64)\n")),
		"skipped test":     skips(wrong("package x\nfunc TestX(t *testing.T) { t.Skip() }\n")),
		"package comment":  unexplained(wrong("package x\n")),
		"fault.Missing":    untold(wrong("package x\nvar e = fault.Missing(\"x.gone\")\n"), faultCodes, "fault.", none),
		"fault.New":        untold(wrong("package x\nvar e = fault.New(fault.Conflict, \"x.gone\")\n"), faultCodes, "fault.", none),
		"fault.Wrong":      untold(wrong("package x\nfunc f(w *fault.Wrong) { w.Check(true, \"name\", \"x.gone\") }\n"), faultCodes, "fault.", none),
		"fault.Field":      untold(wrong("package x\nvar e = fault.Field{Name: \"name\", Code: \"x.gone\"}\n"), faultCodes, "fault.", none),
		"act":              untold(wrong("package x\nvar e = audit.Event{Act: \"x.do\"}\n"), actNames, "act.", none),
		"act by a prefix":  untold(wrong("package x\nvar e = audit.Event{Act: \"x.\" + verb}\n"), actNames, "act.", none),
		"code by a helper": untold(wrong("package x\nfunc f() { g(\"payout.gone\") }\n"), looseCodes, "", none),
		"spoken key":       untold(wrong("package x\nfunc f() { c.Done(\"/x\", \"x.done\") }\n"), spokenKeys, "", none),
		"template":         untoldInTemplates(map[string][]byte{"x.html": []byte(`{{t "x.title"}}`)}, none),
		"template, nested": untoldInTemplates(map[string][]byte{"x.html": []byte(`{{template "y" (dict "Label" (t "x.title" 3))}}`)}, none),
		"open search":      openSearches(map[string][]byte{"x.html": []byte("<form method=\"get\">\n<input name=\"q\"></form>")}),
		"open address":     openSearches(map[string][]byte{"x.html": []byte(`<a href="/x.xlsx?q={{.P.List.Text}}">`)}),
		"template, prefix": untoldInTemplates(map[string][]byte{"x.html": []byte(`{{t (print "x.state." .State)}}`)}, none),
	} {
		if len(faults) != 1 {
			t.Errorf("%s: found %q, want one fault", name, faults)
		}
	}
}

func longFiles(sources []source) []string {
	var found []string
	for _, s := range sources {
		if !s.isTest() && s.lines > fileLines {
			found = append(found, fmt.Sprintf("%s has %d lines; at most %d", s.name, s.lines, fileLines))
		}
	}
	return found
}

func longFunctions(sources []source) []string {
	return inspect(sources, false, func(s source, n ast.Node) string {
		f, ok := n.(*ast.FuncDecl)
		if !ok {
			return ""
		}
		lines := s.fset.Position(f.End()).Line - s.fset.Position(f.Pos()).Line + 1
		return choose(lines > functionLines, fmt.Sprintf("%s has %d lines; at most %d", f.Name.Name, lines, functionLines))
	})
}

func floats(sources []source) []string {
	sources = slices.DeleteFunc(slices.Clone(sources), func(s source) bool { return has(mayFloat, s.name) })
	return inspect(sources, false, func(_ source, n ast.Node) string {
		name, ok := n.(*ast.Ident)
		return choose(ok && has("float32 float64 ParseFloat", name.Name), "a float: money, areas and shares are whole numbers")
	})
}

func skips(sources []source) []string {
	return inspect(sources, true, func(_ source, n ast.Node) string {
		call, ok := n.(*ast.SelectorExpr)
		if !ok {
			return ""
		}
		on, ok := call.X.(*ast.Ident)
		return choose(ok && has("t b f tb testing", on.Name) && has("Skip Skipf SkipNow Short", call.Sel.Name), "a test that may skip is no test")
	})
}

func unexplained(sources []source) []string {
	explained := map[string]bool{}
	for _, s := range sources {
		dir := path.Dir(s.name)
		doc := s.tree.Doc.Text()
		explained[dir] = explained[dir] || strings.HasPrefix(doc, "Package ") || strings.HasPrefix(doc, "Command ")
	}
	var found []string
	for dir, ok := range explained {
		if !ok {
			found = append(found, dir+" does not say what it is: no package comment")
		}
	}
	slices.Sort(found)
	return found
}

// inspect asks a question of every node and lists the answers with their places.
func inspect(sources []source, tests bool, ask func(source, ast.Node) string) []string {
	var found []string
	for _, s := range sources {
		if s.isTest() && !tests {
			continue
		}
		ast.Inspect(s.tree, func(n ast.Node) bool {
			if n == nil {
				return false
			}
			if answer := ask(s, n); answer != "" {
				found = append(found, s.at(n)+": "+answer)
			}
			return true
		})
	}
	return found
}

// untold lists the keys that a question finds in the program and that the locale does not have. A key that ends on a dot is the
// beginning of one; some key must begin so.
func untold(sources []source, keysOf func(ast.Node) []string, prefix string, say map[string]bool) []string {
	return inspect(sources, false, func(_ source, n ast.Node) string {
		var missing []string
		for _, key := range keysOf(n) {
			if !told(prefix+key, say) {
				missing = append(missing, strconv.Quote(prefix+key))
			}
		}
		return choose(len(missing) > 0, "no sentence "+strings.Join(missing, ", ")+" in web/locale")
	})
}

func told(key string, say map[string]bool) bool {
	if !strings.HasSuffix(key, ".") {
		return say[key]
	}
	for known := range say {
		if strings.HasPrefix(known, key) {
			return true
		}
	}
	return false
}

// codePlace is the argument of a refusing function that is its code.
var codePlace = map[string]int{"Missing": 0, "Conflicting": 0, "New": 1, "InvalidField": 1}

// wrongPlace is the same for the methods of fault.Wrong, by whatever name the variable has.
var wrongPlace = map[string]int{"Add": 1, "Check": 2}

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$`)

// faultCodes are the codes of refusals that a node makes.
func faultCodes(n ast.Node) []string {
	switch n := n.(type) {
	case *ast.CallExpr:
		on, ok := n.Fun.(*ast.SelectorExpr)
		if !ok {
			return nil
		}
		if x, isName := on.X.(*ast.Ident); isName && x.Name == "fault" {
			return argument(n, codePlace, on.Sel.Name)
		}
		return slices.DeleteFunc(argument(n, wrongPlace, on.Sel.Name), func(code string) bool { return !codeForm.MatchString(code) })
	case *ast.CompositeLit:
		if !has("fault.Field fault.Fault sheet.Fault Field Fault", typeName(n.Type)) {
			return nil
		}
		return field(n, "Code")
	}
	return nil
}

// actNames are the acts that a node writes into the log.
func actNames(n ast.Node) []string {
	literal, ok := n.(*ast.CompositeLit)
	if !ok || !has("audit.Event Event", typeName(literal.Type)) {
		return nil
	}
	return field(literal, "Act")
}

var looseForm = regexp.MustCompile(`^[a-z]{4,}\.[a-z_]+$`)

// looseCodes are texts of a room that look like a code or an act and reach their place through a helper: "payout.lines_needed".
func looseCodes(n ast.Node) []string {
	literal, ok := n.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return nil
	}
	return slices.DeleteFunc(text(literal), func(s string) bool { return !looseForm.MatchString(s) })
}

// withoutKinds are the keys, and those of refusals and acts also by their code alone.
func withoutKinds(say map[string]bool) map[string]bool {
	all := maps.Clone(say)
	for key := range say {
		_, code, _ := strings.Cut(key, ".")
		if strings.HasPrefix(key, "fault.") || strings.HasPrefix(key, "act.") {
			all[code] = true
		}
	}
	return all
}

// onlyRooms are the sources of rooms, without their web and sheet folders.
func onlyRooms(sources []source) []source {
	return slices.DeleteFunc(slices.Clone(sources), func(s source) bool { return kindOf(path.Dir(s.name)) != "room" })
}

// keyPlace is the argument of a speaking function that is a key.
var keyPlace = map[string]int{"T": 0, "Done": 1, "Say": 1}

// spokenKeys are the keys of sentences that a node shows.
func spokenKeys(n ast.Node) []string {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return nil
	}
	on, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	keys := argument(call, keyPlace, on.Sel.Name)
	if on.Sel.Name == "T" && len(keys) == 0 { // the kit's own T takes the language first
		keys = argument(call, map[string]int{"T": 1}, "T")
	}
	return slices.DeleteFunc(keys, func(key string) bool { return !strings.Contains(key, ".") })
}

func argument(call *ast.CallExpr, places map[string]int, name string) []string {
	at, known := places[name]
	if !known || at >= len(call.Args) {
		return nil
	}
	return text(call.Args[at])
}

func field(literal *ast.CompositeLit, name string) []string {
	for _, element := range literal.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if key, isName := pair.Key.(*ast.Ident); isName && key.Name == name {
			return text(pair.Value)
		}
	}
	return nil
}

// text is what a literal says, or how a sum of texts begins when that is a whole part ("plan.").
func text(e ast.Expr) []string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if s, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING && s != "" {
			return []string{s}
		}
	case *ast.BinaryExpr:
		first := text(e.X)
		return slices.DeleteFunc(first, func(s string) bool { return !strings.HasSuffix(s, ".") })
	}
	return nil
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return typeName(e.X) + "." + e.Sel.Name
	}
	return ""
}

// What a template says: t "key", or t (print "beginning." …).
var (
	templateKey    = regexp.MustCompile(`[{(\s]t "([^"]+)"`)
	templatePrefix = regexp.MustCompile(`[{(\s]t \(print "([^"]+\.)"`)
	getForm        = regexp.MustCompile(`(?s)<form[^>]*method="get".*?</form>`)
	openAddress    = regexp.MustCompile(`[?;&](q|find)=\{\{[^}]*\.(Text|Search|Q)\}\}`)
	searchField    = regexp.MustCompile(`type="search"|name="(q|find)"|"Name" "(q|find)"`)
)

func untoldInTemplates(files map[string][]byte, say map[string]bool) []string {
	var found []string
	for name, content := range files {
		for i, line := range bytes.Split(content, []byte("\n")) {
			for _, form := range []*regexp.Regexp{templateKey, templatePrefix} {
				for _, match := range form.FindAllSubmatch(line, -1) {
					if key := string(match[1]); !told(key, say) {
						found = append(found, fmt.Sprintf("%s:%d: no sentence %q in web/locale", name, i+1, key))
					}
				}
			}
		}
	}
	slices.Sort(found)
	return found
}

// openSearches are forms that would write what somebody typed to search into an address: names and numbers of accounts are searched for.
func openSearches(files map[string][]byte) []string {
	var found []string
	for name, content := range files {
		for _, form := range getForm.FindAll(content, -1) {
			if searchField.Match(form) {
				found = append(found, name+": a search form posts to /find")
			}
		}
		for _, address := range openAddress.FindAll(content, -1) {
			found = append(found, fmt.Sprintf("%s: %s in an address: .F.Sought is sealed", name, address))
		}
	}
	slices.Sort(found)
	return found
}

// sentences are all keys of a language.
func sentences(t *testing.T, lang string) map[string]bool {
	t.Helper()
	say := map[string]bool{}
	for name, content := range filesUnder(t, "web/locale/"+lang, ".json") {
		var entries map[string]string
		if err := json.Unmarshal(content, &entries); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for key := range entries {
			say[key] = true
		}
	}
	return say
}

func parseAll(t *testing.T) []source {
	t.Helper()
	var sources []source
	for name, content := range goFiles(t) {
		sources = append(sources, parse(t, name, content))
	}
	slices.SortFunc(sources, func(a, b source) int { return strings.Compare(a.name, b.name) })
	return sources
}

func parse(t *testing.T, name string, content []byte) source {
	t.Helper()
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, name, content, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return source{name, bytes.Count(content, []byte("\n")), fset, tree}
}

// testRoot is the module's folder: the test runs one below it.
func testRoot(t *testing.T) fs.FS {
	t.Helper()
	if _, err := os.Stat("../go.mod"); err != nil {
		t.Fatal(err)
	}
	return os.DirFS("..")
}
