package report

import (
	"context"
	"encoding/json"
	"fmt"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/invariant"
	"matbang/internal/ledger"
	"matbang/internal/tx"
)

// MonthRow is a month in the list of reports.
type MonthRow struct {
	Month    day.Month `db:"month"`
	Number   string    `db:"number"`
	IssuedOn day.Date  `db:"issued_on"`
	IssuedBy string    `db:"issued_by_name"`
	SHA256   string    `db:"sha256"`
}

// IssuedMonths lists the issued reports, newest first.
func (r Reports) IssuedMonths(ctx context.Context, who actor.Actor) ([]MonthRow, error) {
	if _, err := who.Require(Read); err != nil {
		return nil, err
	}
	rows := []MonthRow{}
	err := r.DB.Read(ctx).SelectContext(ctx, &rows,
		`SELECT r.month, r.number, r.issued_on, u.full_name AS issued_by_name, r.sha256 FROM report_issue r JOIN app_user u ON u.id = r.issued_by
		 WHERE r.kind = 'monthly' ORDER BY r.month DESC LIMIT 120`)
	return rows, err
}

// Issued tells whether the report of a month is issued.
func (r Reports) Issued(ctx context.Context, who actor.Actor, month day.Month) (bool, error) {
	if _, err := who.Require(Read); err != nil {
		return false, err
	}
	_, found, err := store{r.DB.Read(ctx)}.issue(ctx, month)
	return found, err
}

// Invariants of issued reports: the text has its hash, and the book, as it was known then, still says the same.
func (r Reports) Invariants() []invariant.Check {
	return []invariant.Check{{Number: 6, Name: "issued_report_rebuilds", Title: "Báo cáo đã phát hành dựng lại đúng như khi phát hành", Run: r.verifyIssued},
		{Number: 10, Name: "month_has_every_work", Title: "Tháng đã phát hành: mỗi công trình có bản nhập được chấp nhận hoặc đứng trong danh sách chưa báo cáo",
			SQL: `SELECT 'report ' || to_char(r.month, 'YYYY-MM') || ' project ' || (x.project ->> 'code')
				FROM report_issue r CROSS JOIN LATERAL jsonb_array_elements(r.document::jsonb -> 'projects') AS x(project)
				WHERE r.kind = 'monthly'
				  AND NOT EXISTS (SELECT 1 FROM progress_entry e JOIN project p ON p.id = e.project_id
				    WHERE p.code = x.project ->> 'code' AND e.month = r.month AND e.state = 'accepted')
				  AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements(r.document::jsonb -> 'not_reported') AS n WHERE n ->> 'project' = x.project ->> 'code')
				UNION ALL SELECT 'project ' || p.code || ' month ' || to_char(e.month, 'YYYY-MM') || ': ' || count(*) || ' entries'
				FROM progress_entry e JOIN project p ON p.id = e.project_id GROUP BY p.code, e.month HAVING count(*) > 1`}}
}

// notAsLogged are reports that are not, under their number and hash, what the log says was issued: taken out, or written anew with a new hash.
const notAsLogged = `SELECT 'report ' || COALESCE(e.object_code, r.month) || ': not as the log says it was issued'
	FROM (SELECT object_code, after FROM audit_event WHERE act = 'report.issue') e
	FULL JOIN (SELECT to_char(month, 'YYYY-MM') AS month, number, sha256 FROM report_issue WHERE kind = 'monthly') r
	  ON r.month = e.object_code AND r.sha256 = e.after ->> 'sha256' AND r.number = e.after ->> 'number'
	WHERE e.object_code IS NULL OR r.month IS NULL ORDER BY 1`

func (r Reports) verifyIssued(ctx context.Context, q tx.Querier) ([]string, error) {
	var issues []issueRow
	if err := q.SelectContext(ctx, &issues, issueSelect+` ORDER BY r.month`); err != nil {
		return nil, err
	}
	faults := []string{}
	if err := q.SelectContext(ctx, &faults, notAsLogged); err != nil {
		return nil, err
	}
	for _, issue := range issues {
		if hashOf(issue.Document) != issue.SHA256 {
			faults = append(faults, fmt.Sprintf("report %s: hash differs", issue.Month))
			continue
		}
		rebuilt, err := r.rebuild(ctx, q, issue)
		if err != nil {
			return nil, err
		}
		faults = append(faults, rebuilt...)
	}
	return faults, nil
}

func (r Reports) rebuild(ctx context.Context, q tx.Querier, issue issueRow) ([]string, error) {
	then, err := issue.document()
	if err != nil {
		return nil, err
	}
	b := &builder{q: q, book: ledger.Ledger{DB: r.DB}, rules: r.Rules, month: issue.Month, known: issue.Cutoff, schedules: r.Schedules, control: r.control, owed: r.Late.StillOwed}
	now, err := b.build(ctx)
	if err != nil {
		return nil, err
	}
	faults := []string{}
	if now.Compensation.Bridge != then.Compensation.Bridge || now.Compensation.InPayment != then.Compensation.InPayment {
		faults = append(faults, fmt.Sprintf("report %s: compensation differs", issue.Month))
	}
	if now.Capital != then.Capital {
		faults = append(faults, fmt.Sprintf("report %s: capital differs", issue.Month))
	}
	return append(faults, laterBlocks(issue.Month, then, now)...), nil
}

// laterBlocks compares what reports say since works have contracts, vouchers and schedules; a report issued before says nothing of it.
func laterBlocks(month day.Month, then, now Monthly) []string {
	faults := []string{}
	for _, block := range []struct {
		name      string
		then, now any
		told      bool
	}{
		{"by_source", then.Sources, now.Sources, then.Sources != nil}, {"prior_period_adjustments", then.Adjustments, now.Adjustments, then.Adjustments != nil},
		{"book", then.Book, now.Book, then.Book != nil}, {"indicators", then.Indicators, now.Indicators, then.Indicators != nil}, {"violations", then.Violations, now.Violations, then.Indicators != nil},
	} {
		if block.told && asJSON(block.then) != asJSON(block.now) {
			faults = append(faults, fmt.Sprintf("report %s: %s differs", month, block.name))
		}
	}
	return faults
}

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
