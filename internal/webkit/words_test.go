package webkit

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"matbang/internal/day"
	"matbang/internal/vnd"
)

func locale(files map[string]string) fstest.MapFS {
	fs := fstest.MapFS{}
	for name, text := range files {
		fs[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fs
}

func TestWordsAreCompleteOrRefused(t *testing.T) {
	for _, c := range []struct {
		why   string
		files map[string]string
		want  string
	}{
		{"complete, over two files", map[string]string{"vi/a.json": `{"a":"x"}`, "vi/b.json": `{"b":"y"}`, "en/c.json": `{"a":"x","b":"y"}`}, ""},
		{"missing in English", map[string]string{"vi/a.json": `{"a":"x","b":"y"}`, "en/a.json": `{"a":"x"}`}, "not translated: en/b"},
		{"missing in Vietnamese", map[string]string{"vi/a.json": `{"a":"x"}`, "en/a.json": `{"a":"x","c":"z"}`}, "not translated: vi/c"},
		{"twice in two files", map[string]string{"vi/a.json": `{"a":"x"}`, "vi/b.json": `{"a":"y"}`, "en/a.json": `{"a":"x"}`}, `"a" stands in two files`},
		{"no text", map[string]string{"vi/a.json": `{"a":1}`, "en/a.json": `{"a":"x"}`}, "vi/a.json"},
		{"not readable", map[string]string{"vi/a.json": `{`, "en/a.json": `{}`}, "vi/a.json"},
	} {
		_, err := LoadWords(locale(c.files))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

func TestArgumentsAreWrittenAsPeopleReadThem(t *testing.T) {
	w, err := LoadWords(locale(map[string]string{
		"vi/a.json": `{"two":"{0} và {1}","twice":"{0}, {0}","state.draft":"dự thảo"}`, "en/a.json": `{"two":"{0} and {1}","twice":"{0}, {0}","state.draft":"draft"}`}))
	if err != nil {
		t.Fatal(err)
	}
	moment := time.Date(2023, 12, 31, 20, 30, 0, 0, time.UTC) // the next day in Vietnam
	for _, c := range []struct {
		lang, key string
		args      []any
		want      string
	}{
		{"vi", "two", []any{vnd.Amount(1234567), day.Must("2023-12-31")}, "1.234.567 đ và 31/12/2023"},
		{"vi", "two", []any{day.MustMonth("2023-12"), moment}, "12/2023 và 01/01/2024 03:30"},
		{"vi", "two", []any{"@state.draft", 7}, "dự thảo và 7"},
		{"en", "two", []any{"@state.draft", "@state.gone"}, "draft and state.gone"},
		{"en", "twice", []any{"x"}, "x, x"},
		{"vi", "two", []any{"tên {1}", "khác"}, "tên {1} và khác"}, // what a person typed is no place to fill
		{"vi", "two", []any{"một"}, "một và {1}"},
		{"xx", "state.draft", nil, "dự thảo"},
		{"vi", "nowhere", []any{"x"}, "nowhere"},
	} {
		if got := w.Say(c.lang, c.key, c.args...); got != c.want {
			t.Errorf("%s %s %v: %q, want %q", c.lang, c.key, c.args, got, c.want)
		}
	}
}
