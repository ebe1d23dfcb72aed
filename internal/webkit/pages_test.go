package webkit

import (
	"bytes"
	"html/template"
	"net/url"
	"strings"
	"testing"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

// render runs a piece of a template with the functions of every page.
func render(text string, data any) (string, error) {
	words := &Words{say: map[string]map[string]string{"vi": {}, "en": {}}}
	tmpl, err := template.New("").Funcs(functions("vi", words, map[string]string{"app.css": "app-1.css"})).Parse(text)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = tmpl.Execute(&out, data)
	return out.String(), err
}

func TestWhatTemplatesShow(t *testing.T) {
	amount := vnd.Amount(5)
	for _, c := range []struct {
		text string
		data any
		want string
	}{
		{`{{money .}}`, vnd.Amount(20_000_000), `<data class="money" value="20000000" title="hai mươi triệu đồng">20.000.000</data>`},
		{`{{money .}}`, vnd.Amount(-1500), `<data class="money" value="-1500" title="` + vnd.Amount(-1500).Words() + `">-1.500</data>`},
		{`{{money .}}`, &amount, `<data class="money" value="5" title="năm đồng">5</data>`},
		{`{{moneyPlain .}}`, int64(1234), `1.234`},
		{`{{area .}}`, area.Area(123456), `1.234,56`},
		{`{{bp .}}`, int64(10050), `100,5 %`},
		{`{{bp .}}`, 9995, `100,0 %`},
		{`{{bp .}}`, 4, `0,0 %`},
		{`{{bp .}}`, -250, `-2,5 %`},
		{`{{bp .}}`, -50, `-0,5 %`},
		{`{{day .}}`, day.Must("2023-12-31"), `31/12/2023`},
		{`{{day .}}`, day.Date{}, ``},
		{`{{month .}}`, day.MustMonth("2023-12"), `12/2023`},
		{`{{mask .}}`, "006086001234", `••••••234`},
		{`{{mask .}}`, "123", `•••`},
		{`{{mask .}}`, "", ``},
		{`{{asset "app.css"}}`, nil, `/static/app-1.css`},
		{`{{t "<b>"}}`, nil, `&lt;b&gt;`},
		{`<script type="application/json">{{json .}}</script>`, map[string]string{"a": "</script><script>alert(1)"},
			`<script type="application/json">{"a":"\u003c/script\u003e\u003cscript\u003ealert(1)"}</script>`},
	} {
		if got, err := render(c.text, c.data); err != nil || got != c.want {
			t.Errorf("%s of %v: %s, %v, want %s", c.text, c.data, got, err, c.want)
		}
	}
	for _, wrong := range []string{`{{asset "gone.css"}}`, `{{dict "a"}}`, `{{dict 1 2}}`} {
		if _, err := render(wrong, nil); err == nil {
			t.Errorf("%s passes", wrong)
		}
	}
}

func TestQueryKeepsWhatStands(t *testing.T) {
	f := Frame{Path: "/projects", query: url.Values{"q": {"phiêng my"}, "page": {"7"}, "group": {"C"}}}
	for _, c := range []struct {
		pairs []string
		want  string
	}{
		{nil, "/projects?group=C&q=phi%C3%AAng+my"},
		{[]string{"page", "2"}, "/projects?group=C&page=2&q=phi%C3%AAng+my"},
		{[]string{"group", ""}, "/projects?q=phi%C3%AAng+my"},
		{[]string{"group", "", "q", ""}, "/projects"},
		{[]string{"sort", "name", "desc", "1"}, "/projects?desc=1&group=C&q=phi%C3%AAng+my&sort=name"},
		{[]string{"q", "a&b=c"}, "/projects?group=C&q=a%26b%3Dc"},
	} {
		if got := f.Query(c.pairs...); got != c.want {
			t.Errorf("%v: %s", c.pairs, got)
		}
	}
	if f.query.Get("page") != "7" || f.query.Get("group") != "C" {
		t.Error("the request's own values were changed")
	}
}

func TestARedirectStaysInside(t *testing.T) {
	for path, want := range map[string]string{
		"/projects?q=a":        "/projects?q=a",
		"":                     "/",
		"projects":             "/",
		"//evil.example":       "/",
		`/\evil.example`:       "/",
		"/\t/evil.example":     "/",
		"/\n/evil.example":     "/",
		"https://evil.example": "/",
		"javascript:alert(1)":  "/",
	} {
		if got := LocalPath(path); got != want {
			t.Errorf("%q: %q", path, got)
		}
	}
}

// Each reader of a typed field notes what it cannot read, so that a form shows all its faults at once.
func TestTypedFields(t *testing.T) {
	var wrong fault.Wrong
	if m := Money(&wrong, "a", "1.234.567"); m != 1234567 {
		t.Errorf("money %d", m)
	}
	if p := Percent(&wrong, "a", "96,5"); p != 9650 {
		t.Errorf("percent %d", p)
	}
	if d := OptionalDay(&wrong, "a", ""); !d.IsZero() {
		t.Errorf("day %s", d)
	}
	if wrong.Err() != nil {
		t.Errorf("right fields are refused: %v", wrong.Err())
	}
	Money(&wrong, "empty", "")
	Money(&wrong, "decimals", "1.000,50")
	Money(&wrong, "range", "99999999999999999999")
	Money(&wrong, "form", "1.00")
	Area(&wrong, "ambiguous", "1.234")
	Area(&wrong, "form", "x")
	Day(&wrong, "empty", "")
	Day(&wrong, "form", "31/02/2023")
	Year(&wrong, "form", "23")
	Percent(&wrong, "over", "100,01")
	Percent(&wrong, "negative", "-1")
	var got []string
	for _, f := range asFault(wrong.Err()).Fields {
		got = append(got, f.Name+" "+f.Code)
	}
	want := "empty required, decimals money_decimals, range money_range, form money_form, ambiguous area_ambiguous, form area_form, empty required, form day_form, form year_form, over percent_form, negative percent_form"
	if strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
}
