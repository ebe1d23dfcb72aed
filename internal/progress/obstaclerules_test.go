package progress

import (
	"errors"
	"slices"
	"testing"

	"matbang/internal/day"
	"matbang/internal/fault"
)

func codesOfFields(err error) []string {
	var f *fault.Fault
	var out []string
	if errors.As(err, &f) {
		for _, field := range f.Fields {
			out = append(out, field.Name+" "+field.Code)
		}
	}
	return out
}

func TestAnObstacleIsOfOneBucketOfAgeing(t *testing.T) {
	today := day.Must("31/12/2023")
	for days, want := range map[int]string{0: "30", 30: "30", 31: "60", 60: "60", 61: "90", 90: "90", 91: "over", 4000: "over"} {
		if got := ageOf(days); got != want {
			t.Errorf("%d days: bucket %s, want %s", days, got, want)
		}
	}
	for days := range 200 {
		opened, in := today.Add(-days), 0
		for _, age := range ObstacleAges() {
			from, to := openedBetween(age, today)
			inside := (from.IsZero() || !opened.Before(from)) && (to.IsZero() || !opened.After(to))
			if inside {
				in++
			}
			if inside != (ageOf(days) == age) {
				t.Errorf("%d days: filter %s says %v, the bucket is %s", days, age, inside, ageOf(days))
			}
		}
		if in != 1 {
			t.Errorf("%d days stand in %d buckets", days, in)
		}
	}
}

func TestHouseholdsLeftAreCappedByWhatIsOpen(t *testing.T) {
	for _, c := range []struct {
		name       string
		households int
		held       Held
		left       int
		closable   bool
	}{
		{"nobody's land", 0, Held{}, 0, false},
		{"none handed over", 9, Held{Linked: 9, LinkedOpen: 9, Open: 40}, 9, false},
		{"five of nine handed over", 9, Held{Linked: 9, LinkedOpen: 4, Open: 24}, 4, false},
		{"all named handed over", 9, Held{Linked: 9, LinkedOpen: 0, Open: 24}, 0, true},
		{"more told than named, all named handed over", 9, Held{Linked: 6, LinkedOpen: 0, Open: 24}, 3, true},
		{"nobody named, capped by the work", 32, Held{Open: 7}, 7, false},
		{"nobody named, all of the work handed over", 32, Held{}, 0, true},
	} {
		o := Obstacle{Households: c.households, Held: c.held}
		if o.Left() != c.left || o.Closable() != c.closable {
			t.Errorf("%s: left %d closable %v", c.name, o.Left(), o.Closable())
		}
		if o.ResolvedOn = day.Must("01/12/2023"); o.Left() != 0 || o.Closable() {
			t.Errorf("%s: resolved, but left %d closable %v", c.name, o.Left(), o.Closable())
		}
	}
}

func TestHouseholdsOnEntry(t *testing.T) {
	for _, c := range []struct {
		typed, linked, open, want int
		refused                   []string
	}{
		{0, 0, 40, 0, nil},
		{0, 9, 40, 9, nil},
		{12, 9, 40, 12, nil},
		{40, 0, 40, 40, nil},
		{41, 0, 40, 0, []string{"households obstacle.households_over"}},
		{8, 9, 40, 0, []string{"households obstacle.households_under"}},
		{1, 0, 0, 0, []string{"households obstacle.households_over"}},
	} {
		got, err := ObstacleInput{Households: c.typed}.capHouseholds(c.linked, c.open)
		if !slices.Equal(codesOfFields(err), c.refused) || err == nil && got != c.want {
			t.Errorf("%+v: %d %v", c, got, err)
		}
	}
}

func TestWhenAnObstacleIsLate(t *testing.T) {
	today := day.Must("31/12/2023")
	for _, c := range []struct {
		due, resolved string
		want          bool
	}{{"30/12/2023", "", true}, {"31/12/2023", "", false}, {"", "", false}, {"01/11/2023", "02/12/2023", false}} {
		o := Obstacle{OpenedOn: day.Must("01/10/2023")}
		if c.due != "" {
			o.DueOn = day.Must(c.due)
		}
		if c.resolved != "" {
			o.ResolvedOn = day.Must(c.resolved)
		}
		if o.Late(today) != c.want {
			t.Errorf("%+v", c)
		}
	}
	o := Obstacle{OpenedOn: day.Must("01/12/2023"), ResolvedOn: day.Must("11/12/2023")}
	if o.Days(today) != 10 {
		t.Errorf("a resolved obstacle goes on ageing: %d days", o.Days(today))
	}
}

func TestEveryFaultOfAnObstacleIsTold(t *testing.T) {
	today := day.Must("31/12/2023")
	err := ObstacleInput{OpenedOn: day.Must("01/01/2024"), DueOn: day.Must("01/12/2023"), Households: -1, Length: maxNumber + 1}.check(today)
	want := []string{"project required", "kind choose", "level choose", "body required", "content required", "opened_on day_future", "due_on obstacle.due_order",
		"households obstacle.number_range", "length obstacle.number_range"}
	if got := codesOfFields(err); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	o := Obstacle{OpenedOn: day.Must("01/11/2023"), ResolvedOn: day.Must("20/12/2023")}
	if got := codesOfFields(AnswerInput{On: day.Must("31/10/2023"), PromisedOn: day.Must("30/10/2023")}.check(o, today)); !slices.Equal(got,
		[]string{"answered_on obstacle.answered_order", "answered_by required", "answer required", "promised_on obstacle.promise_order"}) {
		t.Errorf("answer: %v", got)
	}
	if got := codesOfFields(Outcome{On: day.Must("31/10/2023")}.check(o, today)); !slices.Equal(got, []string{"outcome required", "resolved_on obstacle.resolved_order"}) {
		t.Errorf("outcome: %v", got)
	}
	if got := codesOfFields(Reopening{OpenedOn: day.Must("19/12/2023"), DueOn: day.Must("18/12/2023")}.check(o, today)); !slices.Equal(got,
		[]string{"content required", "opened_on obstacle.reopened_order", "due_on obstacle.due_order"}) {
		t.Errorf("reopening: %v", got)
	}
}

// The rhythm of reminders over the days of one month, as one server sees them that runs on some of these days.
func TestTheRhythmOfReminders(t *testing.T) {
	r := rhythm{due: day.Must("25/12/2023"), before: 3, every: 2}
	for _, c := range []struct {
		name string
		runs []string
		want []string
	}{
		{"every day", []string{"20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31"}, []string{"22 before", "25 due", "27 late", "29 late", "31 late"}},
		{"hours of one day", []string{"25", "25", "25"}, []string{"25 due"}},
		{"away before the due day", []string{"21", "24", "25"}, []string{"24 before", "25 due"}},
		{"away on the due day", []string{"22", "26", "27", "28"}, []string{"22 before", "26 late", "28 late"}},
		{"away for long", []string{"22", "31"}, []string{"22 before", "31 late"}},
		{"first seen late", []string{"30", "31"}, []string{"30 late"}},
	} {
		var last day.Date
		var got []string
		for _, run := range c.runs {
			today := day.Must(run + "/12/2023")
			if kind, now := r.now(today, last); now {
				got, last = append(got, run+" "+string(kind)), today
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if _, now := (rhythm{}).now(day.Must("25/12/2023"), day.Date{}); now {
		t.Error("a house without a due day reminds")
	}
}

func TestWhoIsReminded(t *testing.T) {
	r := rhythm{due: day.Must("25/12/2023"), before: 3, every: 2}
	people := []Person{{User: 1, Unit: 1}, {User: 2, Unit: 2}, {User: 3, Unit: 3}, {User: 4, Accepts: true}}
	missing := []unitMissing{{Unit: 1, ToEnter: 3, Works: 5}, {Unit: 2, ToEnter: 0, Works: 2}}
	if got := r.notes(people, missing, nil, day.Must("25/12/2023")); len(got) != 1 || got[0].User != 1 || got[0].Works != 3 || got[0].Kind != RemindDue {
		t.Errorf("on the due day: %+v", got)
	}
	late := r.notes(people, missing, nil, day.Must("27/12/2023"))
	if len(late) != 2 || late[1].User != 4 || late[1].Works != 7 || late[1].Unit != 0 {
		t.Errorf("late, the head is told of all: %+v", late)
	}
}
