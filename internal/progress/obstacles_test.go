package progress_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/invariant"
	"matbang/internal/listing"
	"matbang/internal/progress"
)

// landOf opens cases of a work, each of a holder of its own, and gives their codes.
func (o *office) landOf(work string, n int) []string {
	o.t.Helper()
	o.exec(`INSERT INTO ward (code, name, kind, valid_from) VALUES ('00001', 'Phường', 'ward', '2020-01-01') ON CONFLICT DO NOTHING`)
	o.exec(`INSERT INTO rule_set (code, name, valid_from, basis) VALUES ('S', 'S', '2013-01-01', 'x') ON CONFLICT DO NOTHING`)
	codes := make([]string, 0, n)
	for i := range n {
		code := fmt.Sprintf("%s-%04d", work, i+1)
		o.exec(`WITH h AS (INSERT INTO holder (code, kind, name, ward_id, changed_by) SELECT 'H' || $1, 'household', 'Hộ ' || $1, min(id), 1 FROM ward RETURNING id)
			INSERT INTO land_case (code, project_id, holder_id, ward_id, rule_set, opened_on, changed_by)
			SELECT $1, p.id, h.id, (SELECT min(id) FROM ward), 'S', '2023-01-01', 1 FROM h, project p WHERE p.code = $2`, code, work)
		codes = append(codes, code)
	}
	return codes
}

func (o *office) handOver(code string) {
	o.t.Helper()
	o.exec(`INSERT INTO case_step (case_id, kind, done_on, effective_on, recorded_by) SELECT id, 'handover', '2023-12-20', '2023-12-20', 1 FROM land_case WHERE code = $1`, code)
}

func obstacleOf(work string) progress.ObstacleInput {
	return progress.ObstacleInput{Project: work, Kind: "land", Level: "province", Body: "Sở Tài nguyên và Môi trường", Content: "Chờ bàn giao mặt bằng",
		OpenedOn: day.Must("01/11/2023"), DueOn: day.Must("30/11/2023")}
}

func (o *office) holds() {
	o.t.Helper()
	results, err := invariant.RunAll(o.t.Context(), o.db, progress.Invariants())
	o.must(err)
	for _, r := range results {
		if len(r.Faults) > 0 {
			o.t.Errorf("%s: %v", r.Name, r.Faults)
		}
	}
}

func TestAnObstacleIsOpenedAnsweredAndResolved(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	code, err := o.room.AddObstacle(ctx, o.lan, obstacleOf(o.workA), o.today)
	o.must(err)
	if _, err := o.room.AddObstacle(ctx, o.lan, obstacleOf(o.workOther), o.today); told(err)[0] != "project project.missing" {
		t.Errorf("obstacle of another unit: %v", err)
	}
	late, err := o.room.Obstacles(ctx, o.head, progress.ObstacleFilter{State: "late"}, listing.Query{Page: 1, Text: "ban giao"}, o.today)
	if err != nil || late.Total != 1 || late.Items[0].Code != code || !late.Items[0].Late(o.today) {
		t.Errorf("late: %+v %v", late, err)
	}
	if _, err := o.room.Obstacle(ctx, o.other, code); !errors.Is(err, progress.ErrObstacleMissing) {
		t.Errorf("another unit reads it: %v", err)
	}
	answers := []progress.AnswerInput{{On: day.Must("15/11/2023"), By: "Sở", DocumentNo: "12/STC", Text: "Hẹn", PromisedOn: day.Must("15/12/2023")}, {On: day.Must("16/12/2023"), By: "Sở", Text: "Hẹn lại"}}
	for i, a := range answers {
		o.must(o.room.AnswerObstacle(ctx, o.lan, code, i+1, a, o.today))
	}
	if err := o.room.AnswerObstacle(ctx, o.hoa, code, 1, answers[0], o.today); fault.KindOf(err) != fault.Changed {
		t.Errorf("answered meanwhile: %v", err)
	}
	out := progress.Outcome{Text: "Đã bàn giao", On: day.Must("20/12/2023")}
	o.must(o.room.ResolveObstacle(ctx, o.lan, code, 3, out, o.today))
	if err := o.room.ResolveObstacle(ctx, o.lan, code, 4, out, o.today); !errors.Is(err, progress.ErrResolved) {
		t.Errorf("resolved twice: %v", err)
	}
	if err := o.room.AnswerObstacle(ctx, o.lan, code, 4, answers[0], o.today); !errors.Is(err, progress.ErrResolved) {
		t.Errorf("answering a resolved obstacle: %v", err)
	}
	got, err := o.room.Obstacle(ctx, o.lan, code)
	o.must(err)
	list, err := o.room.ObstacleAnswers(ctx, o.lan, got)
	if err != nil || len(list) != 2 || list[0].Text != "Hẹn lại" || list[1].PromisedOn != answers[0].PromisedOn || got.Outcome != out.Text || got.Answers != 2 || got.Open() {
		t.Errorf("%+v %+v %v", got, list, err)
	}
	if _, err := o.db.Pool().ExecContext(ctx, `UPDATE obstacle_answer SET content = 'x'`); err == nil {
		t.Error("an answer can be changed")
	}
	o.holds()
}

func TestHouseholdsAreCappedByWhatHasNotHandedOver(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	cases, further := o.landOf(o.workA, 5), o.landOf(o.workB, 3)
	o.handOver(cases[4])
	in := obstacleOf(o.workA)
	in.Households = 5
	var f *fault.Fault
	if _, err := o.room.AddObstacle(ctx, o.lan, in, o.today); !errors.As(err, &f) || f.Fields[0].Code != "obstacle.households_over" || fmt.Sprint(f.Fields[0].Args...) != "5 4" {
		t.Fatalf("both figures are told: %v", err)
	}
	in.Cases = cases[3:]
	if _, err := o.room.AddObstacle(ctx, o.lan, in, o.today); told(err)[0] != "cases obstacle.case_not_open" {
		t.Errorf("a case handed over: %v", err)
	}
	in.Households, in.Cases = 0, append(slices.Clone(cases[:2]), further[0])
	if _, err := o.room.AddObstacle(ctx, o.lan, in, o.today); told(err)[0] != "cases obstacle.case_not_open" {
		t.Errorf("a case of a work that is not held up: %v", err)
	}
	in.Works = []string{o.workB, o.workB, o.workA}
	code, err := o.room.AddObstacle(ctx, o.lan, in, o.today)
	o.must(err)
	got, err := o.room.Obstacle(ctx, o.lan, code)
	if err != nil || got.Households != 3 || got.Left() != 3 || !slices.Equal(got.Works, []string{o.workB}) {
		t.Errorf("%+v %v", got, err)
	}
	o.handOver(cases[0])
	if got, _ = o.room.Obstacle(ctx, o.lan, code); got.Left() != 2 || got.Closable() {
		t.Errorf("one handed over meanwhile: left %d", got.Left())
	}
	o.handOver(cases[1])
	o.handOver(further[0])
	closable, err := o.room.Obstacles(ctx, o.lan, progress.ObstacleFilter{State: "closable"}, listing.Query{Page: 1}, o.today)
	if err != nil || closable.Total != 1 || !closable.Items[0].Closable() {
		t.Errorf("proposed for closing: %+v %v", closable, err)
	}
	of, err := o.room.Obstacles(ctx, o.lan, progress.ObstacleFilter{Project: o.workB}, listing.Query{Page: 1}, o.today)
	if err != nil || of.Total != 1 {
		t.Errorf("found by a further work: %d %v", of.Total, err)
	}
	list, err := o.room.ObstacleCases(ctx, o.lan, got)
	if err != nil || len(list) != 3 || list[0].Holder != "" || list[0].HandedOver.IsZero() {
		t.Errorf("cases: %+v %v", list, err)
	}
	in.Works = []string{o.workOther}
	if _, err := o.room.AddObstacle(ctx, o.lan, in, o.today); told(err)[0] != "works obstacle.work_missing" {
		t.Errorf("a further work of another unit: %v", err)
	}
	o.holds()
}

// A resolved obstacle keeps the day it was resolved on; the one that takes it up carries what is still open.
func TestAResolvedObstacleIsTakenUpByANewOne(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	cases := o.landOf(o.workA, 3)
	in := obstacleOf(o.workA)
	in.Cases = cases
	code, err := o.room.AddObstacle(ctx, o.lan, in, o.today)
	o.must(err)
	again := progress.Reopening{Content: "Hai hộ rào lại", OpenedOn: day.Must("22/12/2023"), DueOn: day.Must("31/01/2024")}
	if _, err := o.room.ReopenObstacle(ctx, o.lan, code, 1, again, o.today); !errors.Is(err, progress.ErrNotResolved) {
		t.Errorf("reopening an open one: %v", err)
	}
	o.must(o.room.ResolveObstacle(ctx, o.lan, code, 1, progress.Outcome{Text: "Xong", On: day.Must("20/12/2023")}, o.today))
	o.handOver(cases[0])
	made, err := o.room.ReopenObstacle(ctx, o.lan, code, 2, again, o.today)
	o.must(err)
	old, err := o.room.Obstacle(ctx, o.lan, code)
	o.must(err)
	fresh, err := o.room.Obstacle(ctx, o.lan, made)
	o.must(err)
	if old.ResolvedOn != day.Must("20/12/2023") || old.ReopenedBy != made || fresh.Reopens != code || fresh.Households != 2 || fresh.Body != in.Body || !fresh.Open() {
		t.Errorf("old %+v, new %+v", old, fresh)
	}
	if _, err := o.room.ReopenObstacle(ctx, o.lan, code, 2, again, o.today); fault.KindOf(err) != fault.Conflict {
		t.Errorf("reopened twice: %v", err)
	}
	o.holds()
}

func TestTwoPeopleAnswerAtOnce(t *testing.T) {
	o := newOffice(t)
	code, err := o.room.AddObstacle(t.Context(), o.lan, obstacleOf(o.workA), o.today)
	o.must(err)
	errs := make([]error, 8)
	var wait sync.WaitGroup
	for i := range errs {
		wait.Go(func() {
			who := []actor.Actor{o.lan, o.hoa}[i%2]
			errs[i] = o.room.AnswerObstacle(t.Context(), who, code, 1, progress.AnswerInput{On: day.Must("15/11/2023"), By: "Sở", Text: "Hẹn"}, o.today)
		})
	}
	wait.Wait()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
		} else if fault.KindOf(err) != fault.Changed {
			t.Errorf("refused as %v", err)
		}
	}
	if done != 1 {
		t.Errorf("%d answers went through", done)
	}
	o.holds()
}

func TestAgeingCountsWhatTheListShows(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	for i, days := range []int{0, 30, 31, 60, 61, 90, 91, 300} {
		in := obstacleOf([]string{o.workA, o.workB}[i%2])
		in.OpenedOn, in.DueOn = o.today.Add(-days), day.Date{}
		in.Level, in.Kind = progress.ObstacleLevels()[i%3], progress.ObstacleKinds()[i%4]
		_, err := o.room.AddObstacle(ctx, o.lan, in, o.today)
		o.must(err)
	}
	ageing, err := o.room.ObstacleAgeing(ctx, o.head, "", o.today)
	o.must(err)
	total := 0
	for _, row := range ageing.Levels {
		for i, age := range progress.ObstacleAges() {
			list, err := o.room.Obstacles(ctx, o.head, progress.ObstacleFilter{Level: row.Name, Age: age, State: "open"}, listing.Query{Page: 1}, o.today)
			if err != nil || list.Total != row.Count[i] {
				t.Errorf("%s %s: the table says %d, the list %d, %v", row.Name, age, row.Count[i], list.Total, err)
			}
			total += row.Count[i]
		}
	}
	kinds := 0
	for _, row := range ageing.Kinds {
		kinds += row.Total
	}
	if total != 8 || kinds != 8 {
		t.Errorf("by level %d, by kind %d", total, kinds)
	}
	foreign, err := o.room.ObstacleAgeing(ctx, o.other, "", o.today)
	if err != nil || len(foreign.Levels) != 0 {
		t.Errorf("another unit sees %+v %v", foreign, err)
	}
}

func TestLateObstaclesByLevel(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	for due, level := range map[string]string{"01/12/2023": "city", "20/12/2023": "city", "27/12/2023": "province", "28/12/2023": "city", "04/01/2024": "city", "05/01/2024": "city"} {
		in := obstacleOf(o.workA)
		in.DueOn, in.Level = day.Must(due), level
		_, err := o.room.AddObstacle(ctx, o.lan, in, o.today)
		o.must(err)
	}
	late, soon, err := o.room.LateByLevel(ctx, o.head, o.today)
	if err != nil || soon != 2 || !slices.Equal(late, []progress.LateObstacles{{Level: "city", Count: 2, Days: 27}, {Level: "province", Count: 1, Days: 1}}) {
		t.Errorf("%+v soon %d %v", late, soon, err)
	}
}
