package listing

import "testing"

func TestAnAnswerStaysWithinBounds(t *testing.T) {
	for _, c := range []struct {
		q             Query
		limit, offset int
	}{
		{Query{}, PageSize, 0},
		{Query{Page: -3, Per: -1}, PageSize, 0},
		{Query{Page: 3, Per: 20}, 20, 40},
		{Query{Page: 1, Per: 100000}, MaxLimit, 0},
		{Query{Page: 1 << 40}, PageSize, CountCap},
	} {
		if c.q.Limit() != c.limit || c.q.Offset() != c.offset {
			t.Errorf("%+v: limit %d offset %d", c.q, c.q.Limit(), c.q.Offset())
		}
	}
}

func TestOnlyKnownColumnsSort(t *testing.T) {
	columns := map[string]string{"name": "p.name"}
	for _, c := range []struct {
		q    Query
		want string
	}{
		{Query{}, "p.code"},
		{Query{Sort: "name"}, "p.name, p.code"},
		{Query{Sort: "name", Desc: true}, "p.name DESC, p.code"},
		{Query{Sort: "p.name"}, "p.code"},
		{Query{Sort: "name; DROP TABLE project", Desc: true}, "p.code"},
	} {
		if got := c.q.Order(columns, "p.code"); got != c.want {
			t.Errorf("%q: %s", c.q.Sort, got)
		}
	}
}

func TestPagesAndCap(t *testing.T) {
	for _, c := range []struct {
		total, pages int
		capped       bool
	}{{0, 1, false}, {50, 1, false}, {51, 2, false}, {10000, 200, false}, {10001, 200, true}} {
		a := Answer[int]{Total: c.total}
		if a.Pages() != c.pages || a.Capped() != c.capped {
			t.Errorf("%d: %d pages, capped %v", c.total, a.Pages(), a.Capped())
		}
	}
}
