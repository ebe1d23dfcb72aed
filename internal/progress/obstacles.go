package progress

import (
	"slices"
	"strings"
	"time"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
)

// Obstacle (vướng mắc) is what holds works up, who has to decide, by when, what was answered, and how it ended. What it said when it was entered
// never changes: issued reports quote it. Answers are added one after the other; a resolved obstacle that comes back is taken up by a new one that
// names it (see Reopen).
type Obstacle struct {
	ID          id.Obstacle `db:"id" json:"-"`
	Code        string      `db:"code" json:"code"`
	Project     string      `db:"project" json:"project"`
	ProjectName string      `db:"project_name" json:"project_name"`
	Kind        string      `db:"kind" json:"kind"`
	Level       string      `db:"level" json:"level"` // who has to decide
	Body        string      `db:"body" json:"body"`   // the office or company that was asked
	Content     string      `db:"content" json:"content"`
	OpenedOn    day.Date    `db:"opened_on" json:"opened_on"`
	DueOn       day.Date    `db:"due_on" json:"due_on"`
	Households  int         `db:"households" json:"households"` // held up when it was entered
	Area        area.Area   `db:"held_area" json:"area_m2"`     // of land held up; 0 when it was not measured
	Length      int         `db:"held_length" json:"length_m"`  // of road, pipe or dike held up, in metres; 0 when it was not measured
	Answers     int         `db:"answers" json:"answers"`
	PromisedOn  day.Date    `db:"promised_on" json:"promised_on"` // by the newest answer
	ResolvedOn  day.Date    `db:"resolved_on" json:"resolved_on"`
	Outcome     string      `db:"outcome" json:"outcome"`
	Reopens     string      `db:"reopens" json:"reopens,omitempty"`         // the resolved obstacle that this one takes up again
	ReopenedBy  string      `db:"reopened_by" json:"reopened_by,omitempty"` // the obstacle that took this one up again
	Works       []string    `db:"-" json:"further_works,omitempty"`
	Held        Held        `db:"-" json:"-"`
	ChangedBy   string      `db:"changed_name" json:"changed_by"`
	ChangedAt   time.Time   `db:"changed_at" json:"changed_at"`
	Version     int         `db:"version" json:"version"`
}

// Held is what the land register says, now, of the holders behind an obstacle.
type Held struct {
	Linked     int `db:"linked"`      // holders of the cases that were named
	LinkedOpen int `db:"linked_open"` // of which not handed over
	Open       int `db:"open"`        // holders of the works, named or not, that have not handed over
}

// Open tells whether nobody has resolved it.
func (o Obstacle) Open() bool { return o.ResolvedOn.IsZero() }

// Late tells whether an obstacle is open beyond its day.
func (o Obstacle) Late(today day.Date) bool {
	return o.Open() && !o.DueOn.IsZero() && o.DueOn.Before(today)
}

// Days is how long it has stood, or stood until it was resolved.
func (o Obstacle) Days(today day.Date) int {
	if !o.Open() {
		today = o.ResolvedOn
	}
	return max(0, today.Sub(o.OpenedOn))
}

// Left is how many of its households still hold the works up: never more than have not handed over, whatever was entered.
func (o Obstacle) Left() int {
	if !o.Open() {
		return 0
	}
	return max(0, min(o.Households-(o.Held.Linked-o.Held.LinkedOpen), o.Held.Open))
}

// Closable tells whether an open obstacle should be closed: all the cases it names, or all holders of its works, have handed over.
func (o Obstacle) Closable() bool {
	return o.Open() && o.Households > 0 && (o.Held.Linked > 0 && o.Held.LinkedOpen == 0 || o.Held.Open == 0)
}

// ObstacleKinds and ObstacleLevels are what a form offers.
func ObstacleKinds() []string {
	return []string{"land", "capital", "procedure", "contractor", "weather", "other"}
}

// ObstacleLevels are those who can decide, from the city upward and outward.
func ObstacleLevels() []string {
	return []string{"city", "province", "ministry", "contractor", "investor"}
}

// ObstacleStates are the states a list can be filtered by. "closable" is proposed for closing, see Obstacle.Closable.
func ObstacleStates() []string { return []string{"open", "late", "closable", "resolved"} }

// ObstacleAges are the buckets of ageing: open for at most 30, 60, 90 days, or longer.
func ObstacleAges() []string { return []string{"30", "60", "90", "over"} }

// ageDays are the fewest and the most days of a bucket; most is -1 where there is none.
func ageDays(age string) (fewest, most int) {
	switch age {
	case "30":
		return 0, 30
	case "60":
		return 31, 60
	case "90":
		return 61, 90
	case "over":
		return 91, -1
	default:
		return 0, -1
	}
}

// ageOf is the bucket of an obstacle that has stood so many days.
func ageOf(days int) string {
	for _, age := range ObstacleAges() {
		if _, most := ageDays(age); most < 0 || days <= most {
			return age
		}
	}
	return ""
}

// openedBetween is the days on which the obstacles of a bucket were opened; zero where it does not limit.
func openedBetween(age string, today day.Date) (from, to day.Date) {
	fewest, most := ageDays(age)
	if most >= 0 {
		from = today.Add(-most)
	}
	if fewest > 0 {
		to = today.Add(-fewest)
	}
	return from, to
}

// ObstacleFilter chooses obstacles; empty fields do not limit. Age is one of ObstacleAges and means open ones only.
type ObstacleFilter struct{ Project, Kind, Level, State, Age string }

// ObstacleInput is what a person enters about an obstacle. DueOn may be empty. Households 0 with cases means the holders of those cases.
type ObstacleInput struct {
	Project    string    `json:"project"`
	Works      []string  `json:"further_works,omitempty"` // codes of further works held up
	Kind       string    `json:"kind"`
	Level      string    `json:"level"`
	Body       string    `json:"body"`
	Content    string    `json:"content"`
	OpenedOn   day.Date  `json:"opened_on"`
	DueOn      day.Date  `json:"due_on,omitempty"`
	Households int       `json:"households,omitempty"`
	Cases      []string  `json:"cases,omitempty"` // codes of open cases of the works
	Area       area.Area `json:"area_m2,omitempty"`
	Length     int       `json:"length_m,omitempty"`
}

// maxNumber bounds households and metres: beyond it somebody slipped on the keyboard.
const maxNumber = 1_000_000

func (in ObstacleInput) check(today day.Date) error {
	var w fault.Wrong
	w.Check(in.Project != "", "project", "required")
	w.Check(slices.Contains(ObstacleKinds(), in.Kind), "kind", "choose")
	w.Check(slices.Contains(ObstacleLevels(), in.Level), "level", "choose")
	w.Check(in.Body != "", "body", "required")
	w.Check(in.Content != "", "content", "required")
	w.Check(!in.OpenedOn.IsZero(), "opened_on", "required")
	w.Check(!in.OpenedOn.After(today), "opened_on", "day_future")
	w.Check(in.DueOn.IsZero() || !in.DueOn.Before(in.OpenedOn), "due_on", "obstacle.due_order")
	w.Check(in.Households >= 0 && in.Households <= maxNumber, "households", "obstacle.number_range", maxNumber)
	w.Check(in.Length >= 0 && in.Length <= maxNumber, "length", "obstacle.number_range", maxNumber)
	w.Check(in.Area >= 0, "area", "area_form", in.Area)
	return w.Err()
}

// tidy drops blanks, the work itself from the further works, and what is named twice.
func (in ObstacleInput) tidy() ObstacleInput {
	in.Body, in.Content = strings.TrimSpace(in.Body), strings.TrimSpace(in.Content)
	in.Works, in.Cases = once(in.Works, in.Project), once(in.Cases, "")
	return in
}

func once(codes []string, but string) []string {
	out := make([]string, 0, len(codes))
	for _, code := range codes {
		if code = strings.TrimSpace(code); code != "" && code != but {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// capHouseholds settles how many households are held up: at least the holders of the cases that are named, never more than the holders of the
// works that have not handed over.
func (in ObstacleInput) capHouseholds(linked, open int) (int, error) {
	if in.Households == 0 {
		return linked, nil
	}
	var w fault.Wrong
	w.Check(in.Households >= linked, "households", "obstacle.households_under", in.Households, linked)
	w.Check(in.Households <= open, "households", "obstacle.households_over", in.Households, open)
	return in.Households, w.Err()
}

// AnswerInput is one thing said to an obstacle on its way. By is the office that said it; DocumentNo and PromisedOn may be empty.
type AnswerInput struct {
	On         day.Date `db:"answered_on" json:"answered_on"`
	By         string   `db:"answered_by" json:"answered_by"`
	DocumentNo string   `db:"document_no" json:"document_no,omitempty"`
	Text       string   `db:"content" json:"text"`
	PromisedOn day.Date `db:"promised_on" json:"promised_on,omitempty"`
}

// Answer is an answer as it is kept; it never changes.
type Answer struct {
	Number int `db:"number" json:"number"`
	AnswerInput
	RecordedBy string    `db:"recorded_name" json:"recorded_by"`
	RecordedAt time.Time `db:"recorded_at" json:"recorded_at"`
}

func (a AnswerInput) check(o Obstacle, today day.Date) error {
	var w fault.Wrong
	w.Check(!a.On.IsZero(), "answered_on", "required")
	w.Check(!a.On.After(today), "answered_on", "day_future")
	w.Check(a.On.IsZero() || !a.On.Before(o.OpenedOn), "answered_on", "obstacle.answered_order", o.OpenedOn)
	w.Check(a.By != "", "answered_by", "required")
	w.Check(a.Text != "", "answer", "required")
	w.Check(a.PromisedOn.IsZero() || !a.PromisedOn.Before(a.On), "promised_on", "obstacle.promise_order")
	return w.Err()
}

// Outcome is how an obstacle ended.
type Outcome struct {
	Text string   `json:"outcome"`
	On   day.Date `json:"resolved_on"`
}

func (out Outcome) check(o Obstacle, today day.Date) error {
	var w fault.Wrong
	w.Check(out.Text != "", "outcome", "required")
	w.Check(!out.On.IsZero(), "resolved_on", "required")
	w.Check(!out.On.After(today), "resolved_on", "day_future")
	w.Check(out.On.IsZero() || !out.On.Before(o.OpenedOn), "resolved_on", "obstacle.resolved_order", o.OpenedOn)
	return w.Err()
}

// Reopening is why a resolved obstacle is taken up again, since when, and by when it should end. DueOn may be empty.
type Reopening struct {
	Content  string   `json:"content"`
	OpenedOn day.Date `json:"opened_on"`
	DueOn    day.Date `json:"due_on,omitempty"`
}

func (r Reopening) check(o Obstacle, today day.Date) error {
	var w fault.Wrong
	w.Check(r.Content != "", "content", "required")
	w.Check(!r.OpenedOn.IsZero(), "opened_on", "required")
	w.Check(!r.OpenedOn.After(today), "opened_on", "day_future")
	w.Check(r.OpenedOn.IsZero() || !r.OpenedOn.Before(o.ResolvedOn), "opened_on", "obstacle.reopened_order", o.ResolvedOn)
	w.Check(r.DueOn.IsZero() || !r.DueOn.Before(r.OpenedOn), "due_on", "obstacle.due_order")
	return w.Err()
}

// HeldCase is a case of land recovery behind an obstacle. The holder's name is for whoever may open cases.
type HeldCase struct {
	Code       string   `db:"code" json:"code"`
	Project    string   `db:"project" json:"project"`
	Holder     string   `db:"holder" json:"holder,omitempty"`
	HandedOver day.Date `db:"handed_over" json:"handed_over"` // zero while it is open
}

// AgeRow is how many open obstacles of a level, or of a kind, stand in each bucket of ageing, in the order of ObstacleAges.
type AgeRow struct {
	Name  string
	Count [4]int
	Total int
}

// Ageing is how long open obstacles stand, by who must decide and by kind.
type Ageing struct{ Levels, Kinds []AgeRow }

// SoonDays is how many days ahead an obstacle counts as due soon.
const SoonDays = 7

// LateObstacles is what is open beyond its day at one level.
type LateObstacles struct {
	Level string `db:"level"`
	Count int    `db:"count"`
	Days  int    `db:"days"` // of the one that is the longest late
}
