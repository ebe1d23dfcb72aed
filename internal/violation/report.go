package violation

import (
	"context"
	"time"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/tx"
)

// KindSummary is what the violations of one kind come to.
type KindSummary struct {
	Kind    string    `db:"kind" json:"kind"`
	Found   int       `db:"found" json:"found"`
	Handled int       `db:"handled" json:"handled"`
	Open    int       `db:"open" json:"open"` // the late ones among them
	Late    int       `db:"late" json:"late"`
	Area    area.Area `db:"area" json:"area_m2"` // cleared
	Earlier int       `db:"earlier" json:"earlier"`
}

// YearSummary is what a report says of the violations found in a year: all of them, and by kind in the order of Kinds.
// Earlier counts those found in years before and still open on the day; they are in no other figure.
type YearSummary struct {
	KindSummary
	Kinds []KindSummary `json:"kinds"`
}

// known is the newest version of each violation among those recorded by a moment ($3; NULL: now) and found by a day ($2). $1 is the year.
const known = `(SELECT DISTINCT ON (n.violation_id) n.* FROM violation_version n
	WHERE $3::timestamptz IS NULL OR n.recorded_at <= $3::timestamptz ORDER BY n.violation_id, n.version DESC) v`

const (
	inYear    = ` v.found_on >= make_date($1::int, 1, 1) AND v.found_on <= make_date($1::int, 12, 31)`
	openOn    = ` (v.handled_on IS NULL OR v.handled_on > $2::date)`
	lateOn    = openOn + ` AND v.due_on < $2::date`
	handledOn = ` v.handled_on <= $2::date`
)

// Summary tells a report how many violations were found in a year up to a day, how many of them were handled by that day, how many are open
// and late, and the area cleared, as it was known at a moment (zero: now). It asks for no permission: whoever builds the report has been asked.
func Summary(ctx context.Context, q tx.Querier, year int, asOf day.Date, at time.Time) (YearSummary, error) {
	var rows []KindSummary
	if err := q.SelectContext(ctx, &rows,
		`SELECT v.kind, count(*) FILTER (WHERE`+inYear+`) AS found, count(*) FILTER (WHERE`+inYear+` AND`+handledOn+`) AS handled,
		   count(*) FILTER (WHERE`+inYear+` AND`+openOn+`) AS open, count(*) FILTER (WHERE`+inYear+` AND`+lateOn+`) AS late,
		   COALESCE(sum(v.area) FILTER (WHERE`+inYear+` AND`+handledOn+`), 0) AS area,
		   count(*) FILTER (WHERE v.found_on < make_date($1::int, 1, 1) AND`+openOn+`) AS earlier
		 FROM `+known+` WHERE v.found_on <= $2::date GROUP BY v.kind`, year, asOf, moment(at)); err != nil {
		return YearSummary{}, err
	}
	sum := YearSummary{Kinds: make([]KindSummary, 0, len(Kinds()))}
	for _, kind := range Kinds() {
		row := KindSummary{Kind: kind}
		for _, r := range rows {
			if r.Kind == kind {
				row = r
			}
		}
		sum.Kinds = append(sum.Kinds, row)
		sum.add(row)
	}
	return sum, nil
}

func (k *KindSummary) add(other KindSummary) {
	k.Found, k.Handled, k.Open, k.Late = k.Found+other.Found, k.Handled+other.Handled, k.Open+other.Open, k.Late+other.Late
	k.Area, k.Earlier = k.Area+other.Area, k.Earlier+other.Earlier
}

// ReportedRow is an open violation as an annex shows it.
type ReportedRow struct {
	Code      string   `db:"code" json:"code"`
	Kind      string   `db:"kind" json:"kind"`
	What      string   `db:"what" json:"what"`
	Place     string   `db:"place" json:"place"`
	WardName  string   `db:"ward_name" json:"ward_name"`
	FoundOn   day.Date `db:"found_on" json:"found_on"`
	DecidedOn day.Date `db:"decided_on" json:"decided_on"`
	DueOn     day.Date `db:"due_on" json:"due_on"`
	Late      bool     `db:"late" json:"late"`
}

// ReportedMost is how many rows an annex gets.
const ReportedMost = 100

// Reported gives the annex of Summary: the violations found in the year or before that are open on the day, the longest late first. As Summary,
// it knows what was recorded by a moment (zero: now) and asks for no permission.
func Reported(ctx context.Context, q tx.Querier, year int, asOf day.Date, at time.Time) ([]ReportedRow, error) {
	rows := []ReportedRow{}
	err := q.SelectContext(ctx, &rows,
		`SELECT r.code, v.kind, v.what, v.place, w.name AS ward_name, v.found_on, CASE WHEN v.decided_on <= $2::date THEN v.decided_on END AS decided_on, v.due_on,
		   COALESCE(v.due_on < $2::date, false) AS late
		 FROM `+known+` JOIN violation r ON r.id = v.violation_id JOIN ward w ON w.id = v.ward_id
		 WHERE v.found_on <= LEAST($2::date, make_date($1::int, 12, 31)) AND`+openOn+` ORDER BY v.due_on, v.found_on, r.code LIMIT $4`, year, asOf, moment(at), ReportedMost)
	return rows, err
}

func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}
