package auditweb

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"matbang/internal/audit"
	"matbang/internal/listing"
	"matbang/internal/webkit"
)

type listPage struct {
	Filter audit.Filter
	Kinds  []webkit.Choice
	Events []line
	Older  int64 // id to go on from; 0 at the end
	Newest bool  // this is the first page
}

// line is an event as people read it.
type line struct {
	audit.Row
	What, Kind    string
	Before, After []pair
}

// pair is one value of what stood before or after.
type pair struct{ Name, Value string }

// kinds of objects that the log can be narrowed to.
func kinds() []string {
	return []string{"user", "unit", "project", "capital", "progress", "obstacle", "case", "plan", "order", "payment", "statement", "match", "run", "report", "grievance"}
}

func (w Web) list(c *webkit.Ctx) error {
	before, _ := strconv.ParseInt(c.Query("before"), 10, 64) // what is no id means from the newest
	f := audit.Filter{ObjectKind: c.Query("object_kind"), ObjectCode: c.Query("object_code"), Actor: c.Query("actor"), Act: c.Query("act"),
		Before: max(before, 0), Limit: listing.PageSize + 1} // one more tells whether the log goes on
	rows, err := w.Log.List(c.Context(), c.Actor(), f)
	if err != nil {
		return err
	}
	page := listPage{Filter: f, Kinds: c.Choices("audit.kind.", kinds()...), Newest: f.Before == 0}
	if len(rows) > listing.PageSize {
		rows = rows[:listing.PageSize]
		page.Older = rows[len(rows)-1].ID
	}
	for _, r := range rows {
		page.Events = append(page.Events, lineOf(c, r))
	}
	return c.Show("audit/list", page)
}

func lineOf(c *webkit.Ctx, r audit.Row) line {
	return line{Row: r, What: word(c, "act.", r.Act), Kind: word(c, "audit.kind.", r.ObjectKind), Before: pairs(c, r.Before), After: pairs(c, r.After)}
}

// word is the sentence of a key, or the bare code where a room has not named it.
func word(c *webkit.Ctx, prefix, code string) string {
	if text := c.T(prefix + code); text != prefix+code {
		return text
	}
	return code
}

// pairs lists the values of an event in the order of their names; a value that is no object stands alone.
func pairs(c *webkit.Ctx, text *string) []pair {
	if text == nil {
		return nil
	}
	var values map[string]json.RawMessage
	if json.Unmarshal([]byte(*text), &values) != nil {
		return []pair{{"", *text}}
	}
	list := make([]pair, 0, len(values))
	for name, v := range values {
		list = append(list, pair{word(c, "audit.field.", name), plain(v)})
	}
	slices.SortFunc(list, func(a, b pair) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// plain writes a value without JSON's quotes where it is one text or a list of texts.
func plain(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var texts []string
	if json.Unmarshal(raw, &texts) == nil {
		return strings.Join(texts, ", ")
	}
	return string(raw)
}
