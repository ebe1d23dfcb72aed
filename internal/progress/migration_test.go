package progress_test

import (
	"testing"

	"matbang/internal/day"
	"matbang/internal/postgres"
	"matbang/migrations"
)

// The one overwritten answer of before becomes the first of the history; of an obstacle still open it is no outcome. Going back loses nothing of it.
func TestAnswersOfBeforeAreKept(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	schema, err := postgres.NewSchema(ctx, o.db, migrations.Files)
	o.must(err)
	const before = 22
	o.must(schema.Down(int(migrations.Newest()) - before))
	o.exec(`INSERT INTO obstacle (project_id, kind, level, content, opened_on, answer, resolved_on, changed_by)
		SELECT p.id, 'land', 'city', x.content, '2023-01-01', x.answer, x.resolved::date, 1
		FROM project p, (VALUES ('a', '', NULL), ('b', 'Hẹn', NULL), ('c', 'Xong', '2023-02-01')) AS x(content, answer, resolved) WHERE p.code = $1 ORDER BY x.content`, o.workA)
	o.must(schema.Up())
	for code, want := range map[string]struct{ text, outcome string }{"VM-1": {}, "VM-2": {"Hẹn", ""}, "VM-3": {"Xong", "Xong"}} {
		got, err := o.room.Obstacle(ctx, o.lan, code)
		o.must(err)
		answers, err := o.room.ObstacleAnswers(ctx, o.lan, got)
		o.must(err)
		text := ""
		if len(answers) > 0 {
			text = answers[0].Text
		}
		if text != want.text || got.Outcome != want.outcome || got.Answers != len(answers) {
			t.Errorf("%s: %+v %+v", code, got, answers)
		}
	}
	if got, err := o.room.Obstacle(ctx, o.lan, "VM-3"); err != nil || got.ResolvedOn != day.Must("01/02/2023") {
		t.Errorf("%+v %v", got, err)
	}
	o.holds()
	o.must(schema.Down(int(migrations.Newest()) - before))
	kept := ""
	o.must(o.db.Read(ctx).GetContext(ctx, &kept, `SELECT string_agg(answer, '|' ORDER BY id) FROM obstacle`))
	if kept != "|Hẹn|Xong" {
		t.Errorf("after going back: %s", kept)
	}
	o.must(schema.Close())
}
