package project

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/legal"
	"matbang/internal/listing"
)

// List reads works in the person's scope with search, filter, sort and paging. Rows carry their findings when Filter.Today is given.
func (p Projects) List(ctx context.Context, who actor.Actor, f Filter, q listing.Query) (listing.Answer[Row], error) {
	scope, err := who.Require(Read)
	if err != nil {
		return listing.Answer[Row]{}, err
	}
	s := store{p.DB.Read(ctx)}
	if f.Today.IsZero() {
		return s.list(ctx, scope, f, q, nil)
	}
	law, err := legal.Rules{DB: p.DB}.Of(ctx, legal.Investment)
	if err != nil {
		return listing.Answer[Row]{}, err
	}
	var only []id.Project
	if f.Review {
		if only, err = s.toReview(ctx, scope, f, q, law); err != nil {
			return listing.Answer[Row]{}, err
		}
	}
	answer, err := s.list(ctx, scope, f, q, only)
	if err != nil {
		return answer, err
	}
	return answer, s.review(ctx, answer.Items, law, f.Today)
}

// review counts the findings of the rows shown.
func (s store) review(ctx context.Context, rows []Row, law []legal.Rule, today day.Date) error {
	works := make([]Project, 0, len(rows))
	for _, r := range rows {
		works = append(works, r.Project)
	}
	facts, err := s.facts(ctx, works, law)
	for i, f := range facts {
		rows[i].Review = len(Findings(f, today))
	}
	return err
}

// toReview are the works of a filter that have findings. It reads the facts of all of them: the law is asked in one place only, in Go.
func (s store) toReview(ctx context.Context, scope actor.Scope, f Filter, q listing.Query, law []legal.Rule) ([]id.Project, error) {
	works, err := s.light(ctx, scope, f, q)
	if err != nil {
		return nil, err
	}
	facts, err := s.facts(ctx, works, law)
	found := []id.Project{}
	for _, x := range facts {
		if len(Findings(x, f.Today)) > 0 {
			found = append(found, x.Project.ID)
		}
	}
	return found, err
}

// Get reads one work. Refuses: project.missing (also outside the scope).
func (p Projects) Get(ctx context.Context, who actor.Actor, code string) (Project, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return Project{}, err
	}
	return store{p.DB.Read(ctx)}.find(ctx, scope, code, false)
}

// GetWithin reads one work that the person may read and that also lies within the scope of another permission.
func (p Projects) GetWithin(ctx context.Context, who actor.Actor, also actor.Scope, code string) (Project, error) {
	if _, err := p.Get(ctx, who, code); err != nil {
		return Project{}, err
	}
	return store{p.DB.Read(ctx)}.find(ctx, also, code, false)
}

// Decisions reads the decisions of a work, oldest first. The caller has got the work through Get.
func (p Projects) Decisions(ctx context.Context, project id.Project) ([]Decision, error) {
	return store{p.DB.Read(ctx)}.decisions(ctx, project)
}

// File is everything that is written about a work.
type File struct {
	Project   Project
	Decisions []Decision
	Versions  []Version // by day, then as recorded
	Phases    []PhaseRow
	Next      Phase       // empty after the last
	Gate      []Condition // of the next phase, today
	Findings  []Finding
	Place     Place
	WardsNow  string // what its wards are called today, where a merger has given them another name
}

// Last is what was written last about the phases.
func (f File) Last() PhaseRow {
	if len(f.Phases) == 0 {
		return PhaseRow{}
	}
	return f.Phases[len(f.Phases)-1]
}

// File reads a work with all its history, as it looks on a day. Refuses: project.missing.
func (p Projects) File(ctx context.Context, who actor.Actor, code string, today day.Date) (File, error) {
	var f File
	var err error
	if f.Project, err = p.Get(ctx, who, code); err != nil {
		return f, err
	}
	s := store{p.DB.Read(ctx)}
	law, err := legal.Rules{DB: p.DB}.Of(ctx, legal.Investment)
	if err != nil {
		return f, err
	}
	facts, err := s.facts(ctx, []Project{f.Project}, law)
	if err != nil {
		return f, err
	}
	f.Decisions, f.Findings = facts[0].Decisions, Findings(facts[0], today)
	if f.Next = f.Project.Phase.Next(); f.Next != "" {
		f.Gate = Gate(f.Next, today, facts[0].Have)
	}
	if f.Versions, err = s.versions(ctx, f.Project.ID); err != nil {
		return f, err
	}
	if f.Phases, err = s.phases(ctx, f.Project.ID); err != nil {
		return f, err
	}
	if f.Place, err = s.place(ctx, f.Project.ID); err != nil {
		return f, err
	}
	f.WardsNow, err = s.wardsNow(ctx, f.Project.ID, today)
	return f, err
}

// Unit is a unit that may manage works.
type Unit struct{ Code, Name string }

// Units lists the units that may manage works, by name.
func (p Projects) Units(ctx context.Context) ([]Unit, error) {
	units := []Unit{}
	err := p.DB.Read(ctx).SelectContext(ctx, &units, `SELECT code, name FROM unit WHERE kind <> 'ward' ORDER BY kind <> 'management', name LIMIT 500`)
	return units, err
}

// Spot is a work on the map.
type Spot struct {
	Code  string
	Name  string
	State State
	Place Place
}

// MapLimit is how many works one map shows.
const MapLimit = 1000

// Map reads the works of the person's scope that have a place, in the order of their codes, at most MapLimit.
func (p Projects) Map(ctx context.Context, who actor.Actor, f Filter, q listing.Query) ([]Spot, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return nil, err
	}
	return store{p.DB.Read(ctx)}.spots(ctx, scope, f, q)
}
