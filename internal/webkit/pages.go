package webkit

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"reflect"
	"strings"
	"time"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/vnd"
)

// pageSet is each page with its layout and all partials, as its own template set.
type pageSet map[string]*template.Template

// parsePages makes one set per language, so that the language's functions are bound once and never shared between two users' pages.
func parsePages(files fs.FS, words *Words, assets map[string]string) (map[string]pageSet, error) {
	names, err := fs.Glob(files, "templates/*/*.html")
	if err != nil {
		return nil, err
	}
	sets := map[string]pageSet{}
	for _, lang := range languages {
		base, err := template.New("").Funcs(functions(lang, words, assets)).ParseFS(files, "templates/partials/*.html")
		if err != nil {
			return nil, fmt.Errorf("templates: %w", err)
		}
		sets[lang] = pageSet{}
		for _, name := range names {
			if err := addPage(sets[lang], base, files, name); err != nil {
				return nil, err
			}
		}
	}
	return sets, nil
}

func addPage(set pageSet, base *template.Template, files fs.FS, name string) error {
	short := strings.TrimSuffix(strings.TrimPrefix(name, "templates/"), ".html")
	if strings.HasPrefix(short, "layout/") || strings.HasPrefix(short, "partials/") {
		return nil
	}
	page, err := base.Clone()
	if err != nil {
		return err
	}
	if page, err = page.ParseFS(files, "templates/layout/base.html", "templates/layout/plain.html", name); err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	set[short] = page
	return nil
}

// layoutOf is the frame with menu for work, the plain one for signing in and for faults.
func layoutOf(page string) string {
	if page == "people/login" || page == "api/docs" || strings.HasPrefix(page, "errors/") {
		return "plain"
	}
	return "base"
}

func functions(lang string, words *Words, assets map[string]string) template.FuncMap {
	return template.FuncMap{
		"t":          func(key string, args ...any) string { return words.Say(lang, key, args...) },
		"money":      money,
		"moneyPlain": func(v any) string { return vnd.Amount(whole(v)).String() },
		"day":        func(d day.Date) string { return d.VN() },
		"month":      monthText,
		"moment":     moment,
		"area":       func(a area.Area) string { return a.String() },
		"bp":         percent,
		"int":        func(v any) string { return vnd.Amount(whole(v)).String() },
		"query":      func(f Frame, pairs ...string) string { return f.Query(pairs...) },
		"asset":      func(name string) (string, error) { return asset(assets, name) },
		"dict":       dict,
		"list":       func(items ...any) []any { return items },
		"json":       toJSON,
		"mask":       Mask,
		"add":        func(a, b int) int { return a + b },
		"sub":        func(a, b int) int { return a - b },
		"lang":       func() string { return lang },
	}
}

// money shows grouped digits; the exact amount and its words are there for the unit switch and the tooltip.
func money(v any) template.HTML {
	a := vnd.Amount(whole(v))
	return template.HTML(fmt.Sprintf(`<data class="money" value="%d" title="%s">%s</data>`, int64(a), a.Words(), a)) //nolint:gosec // digits and fixed words only
}

var vietnam = time.FixedZone("UTC+7", 7*3600)

func moment(t any) string {
	switch v := t.(type) {
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.In(vietnam).Format("02/01/2006 15:04")
	case *time.Time:
		if v == nil {
			return ""
		}
		return moment(*v)
	default:
		return ""
	}
}

// whole takes any of the program's integer types; a template may hold any of them.
func whole(v any) int64 {
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Pointer && !r.IsNil() {
		r = r.Elem()
	}
	if r.CanInt() {
		return r.Int()
	}
	return 0
}

func monthText(v any) string {
	m, err := day.ParseMonth(fmt.Sprint(v))
	if err != nil {
		return ""
	}
	return m.VN()
}

// percent writes basis points with one decimal and a comma: 10050 → "100,5 %".
func percent(n any) string {
	share, sign := whole(n), ""
	if share < 0 {
		share, sign = -share, "-"
	}
	tenths := (share + 5) / 10
	return fmt.Sprintf("%s%d,%d %%", sign, tenths/10, tenths%10)
}

// Mask leaves the last three signs of an identity or account number.
func Mask(s string) string {
	if s == "" {
		return ""
	}
	r := []rune(s)
	if len(r) <= 3 {
		return "•••"
	}
	return "••••••" + string(r[len(r)-3:])
}

func asset(assets map[string]string, name string) (string, error) {
	file, ok := assets[name]
	if !ok {
		return "", fmt.Errorf("no asset %q: run 'make assets'", name)
	}
	return "/static/" + file, nil
}

func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, errors.New("dict wants pairs")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict key %v is no text", pairs[i])
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}

// toJSON is for application/json blocks that scripts read; json.Marshal escapes <, > and & so that it cannot end the block.
func toJSON(v any) (template.JS, error) {
	data, err := json.Marshal(v)
	return template.JS(data), err //nolint:gosec // escaped by json.Marshal
}

func loadAssets(dist fs.FS) (map[string]string, error) {
	data, err := fs.ReadFile(dist, "dist/manifest.json")
	if err != nil {
		return nil, errors.New("this binary was built without its pages' assets: run 'make build'")
	}
	assets := map[string]string{}
	if err := json.Unmarshal(data, &assets); err != nil {
		return nil, fmt.Errorf("assets: %w", err)
	}
	return assets, nil
}
