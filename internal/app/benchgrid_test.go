package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"matbang/internal/app"
	"matbang/internal/app/apptest"
)

// gridWorks is how many works a unit's grid of the benchmark holds.
const gridWorks = 200

// fillGrid adds works to the sample city's management unit until it has gridWorks, each with capital of two years and 23 accepted months.
const fillGrid = `
INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, changed_by)
SELECT (7000000 + n)::text, 'Công trình thử tải số ' || n, 'C', 'transport', p.unit_id, p.investor, 2022, 2024, 30000000000, 'building', p.changed_by
FROM generate_series(1, $1::int - (SELECT count(*)::int FROM project)) n, (SELECT * FROM project ORDER BY id LIMIT 1) p;`

const fillCapital = `
INSERT INTO capital_line (project_id, year, source, kind, amount, decision_number, decided_on, authority, recorded_by)
SELECT p.id, y, 'city', 'assigned', 10000000000, 'QĐ ' || y, make_date(y, 1, 1), 'UBND', p.changed_by FROM project p, generate_series(2022, 2023) y WHERE p.code LIKE '7000%'`

const fillEntries = `
INSERT INTO progress_entry (project_id, month, state, executed, estimate_month_end, disbursed, disbursed_treasury, physical_bp, entered_by, changed_by, submitted_by, accepted_by, accepted_at)
SELECT p.id, m, 'accepted', n * 400000000, n * 410000000, n * 390000000, n * 380000000, 100 * n, e.id, e.id, e.id, a.id, now()
FROM project p, generate_series('2022-01-01'::date, '2023-11-01', interval '1 month') m, LATERAL (SELECT extract(month FROM m)::bigint AS n) x,
  (SELECT id FROM app_user WHERE username = 'planner') e, (SELECT id FROM app_user WHERE username = 'planning-head') a
WHERE p.code LIKE '7000%'`

// BenchmarkGrid200 opens the month's grid of 200 works with 24 months of entries behind them, and saves 200 changed rows in one act: each one
// whole HTTP request through the program. The aim of opening is 300 ms.
func BenchmarkGrid200(b *testing.B) {
	a := apptest.SampleCity(b)
	err := a.DB.Run(b.Context(), func(ctx context.Context) error {
		for _, q := range []struct {
			sql  string
			args []any
		}{{`SET LOCAL session_replication_role = replica`, nil}, {fillGrid, []any{gridWorks}}, {fillCapital, nil}, {fillEntries, nil}} {
			if _, err := a.DB.Write(ctx).ExecContext(ctx, q.sql, q.args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := a.DB.Pool().ExecContext(b.Context(), `ANALYZE`); err != nil {
		b.Fatal(err)
	}
	token := tokenOf(b, a, "planner")
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			page := askGrid(b, a, token, http.MethodGet, nil, http.StatusOK)
			if n := strings.Count(page, `.shown"`); n < gridWorks-31 {
				b.Fatalf("the grid shows %d works to enter", n)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/op")
	})
	b.Run("save200", func(b *testing.B) {
		for round := 0; b.Loop(); round++ {
			b.StopTimer()
			form := formOf(askGrid(b, a, token, http.MethodGet, nil, http.StatusOK), round)
			b.StartTimer()
			askGrid(b, a, token, http.MethodPost, form, http.StatusSeeOther)
		}
		b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/op")
	})
}

var hiddenField = regexp.MustCompile(`name="(\d{7})\.(version|was)" value="([^"]*)"`)

// formOf fills every row of a grid anew, in another way each round.
func formOf(page string, round int) url.Values {
	form := url.Values{"act": {"save"}}
	for _, m := range hiddenField.FindAllStringSubmatch(page, -1) {
		code := m[1]
		form.Set(code+"."+m[2], m[3])
		amount := fmt.Sprint(4_500_000_000 + round*1_000_000)
		for _, field := range []string{"executed", "estimate_month_end", "disbursed", "disbursed_treasury"} {
			form.Set(code+"."+field, amount)
		}
		form.Set(code+".physical", "15")
		form.Set(code+".shown", "1")
	}
	return form
}

func askGrid(b *testing.B, a *app.App, token, method string, form url.Values, want int) string {
	b.Helper()
	request := httptest.NewRequestWithContext(b.Context(), method, "/progress?month=2023-12", strings.NewReader(form.Encode()))
	request.Header.Set("Authorization", "Bearer "+token)
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer := httptest.NewRecorder()
	a.Kit.Handler().ServeHTTP(answer, request)
	if answer.Code != want {
		b.Fatalf("%s: %d\n%.2000s", method, answer.Code, answer.Body.String())
	}
	return answer.Body.String()
}
