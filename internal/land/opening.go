package land

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/legal"
	"matbang/internal/project"
)

// opening is the work of opening cases: each stage looks at all rows at once, so that a thousand cases cost as many statements as one.
type opening struct {
	land   Land
	s      store
	who    actor.Actor
	scope  actor.Scope
	today  day.Date
	rows   []*openRow
	faults []RowFault
}

type openRow struct {
	in      NewCase
	project project.Project
	ward    id.Ward
	holder  id.Holder
	code    string
}

// run goes through the stages and stops after the first one that found faults: what comes later builds on it.
func (o *opening) run(ctx context.Context) error {
	for i, r := range o.rows {
		o.faults = append(o.faults, rowsOf(i, r.in.check(o.today))...)
	}
	stages := []func(context.Context) error{o.findProjects, o.chooseRuleSets, o.findHolders, o.addHolders, o.refuseTwice, o.write}
	for _, stage := range stages {
		if len(o.faults) > 0 {
			return errFaults
		}
		if err := stage(ctx); err != nil {
			return err
		}
	}
	if len(o.faults) > 0 {
		return errFaults
	}
	return nil
}

func (o *opening) refuse(row int, field, code string, args ...any) {
	o.faults = append(o.faults, RowFault{row, fault.Field{Name: field, Code: code, Args: args}})
}

func (o *opening) codes() []string {
	codes := make([]string, len(o.rows))
	for i, r := range o.rows {
		codes[i] = r.code
	}
	return codes
}

// findProjects finds each work once, in the person's scope, with its wards.
func (o *opening) findProjects(ctx context.Context) error {
	seen := map[string]work{}
	for i, r := range o.rows {
		k, found := seen[r.in.Project]
		if !found {
			var err error
			if k, err = o.findProject(ctx, r.in.Project); err != nil {
				return err
			}
			seen[r.in.Project] = k
		}
		r.project, r.ward = k.Project, k.wards[r.in.Ward]
		o.checkPlace(i, r)
	}
	return nil
}

// work is a project with its wards; its ID is 0 when it does not exist for the person.
type work struct {
	project.Project
	wards map[string]id.Ward
}

func (o *opening) findProject(ctx context.Context, code string) (work, error) {
	p, err := o.land.Projects.Get(ctx, o.who, code)
	if fault.KindOf(err) == fault.NotFound {
		return work{}, nil
	}
	if err != nil {
		return work{}, err
	}
	inside := o.scope.Unit == 0 || p.UnitID == o.scope.Unit
	if o.scope.Member != 0 {
		if inside, err = o.s.isMember(ctx, p.ID, o.scope.Member); err != nil {
			return work{}, err
		}
	}
	if !inside {
		return work{}, nil
	}
	wards, err := o.s.wardsOf(ctx, p.ID)
	return work{p, wards}, err
}

func (o *opening) checkPlace(i int, r *openRow) {
	switch {
	case r.project.ID == 0:
		o.refuse(i, "project", "project.missing")
	case !r.project.Clearance:
		o.refuse(i, "project", "land.project_without_clearance")
	case r.ward == 0:
		o.refuse(i, "ward", "land.ward_not_of_project", r.in.Ward, r.project.Wards)
	case o.scope.Ward != 0 && r.ward != o.scope.Ward:
		o.refuse(i, "ward", "land.ward_other")
	}
}

// chooseRuleSets takes the set of the day of opening where none is named, and refuses unknown ones.
func (o *opening) chooseRuleSets(ctx context.Context) error {
	sets, err := o.land.Legal.Sets(ctx)
	if err != nil {
		return err
	}
	for i, r := range o.rows {
		if r.in.RuleSet == "" {
			set, err := legal.SetOn(sets, r.in.OpenedOn)
			if err != nil {
				o.refuse(i, "rule_set", "legal.no_set", r.in.OpenedOn)
			}
			r.in.RuleSet = set.Code
			continue
		}
		if !slices.ContainsFunc(sets, func(s legal.Set) bool { return s.Code == r.in.RuleSet }) {
			o.refuse(i, "rule_set", "choose")
		}
	}
	return nil
}

func (o *opening) findHolders(ctx context.Context) error {
	var codes []string
	for _, r := range o.rows {
		if r.in.HolderCode != "" {
			codes = append(codes, r.in.HolderCode)
		}
	}
	found, err := o.s.holderIDs(ctx, o.scope, codes)
	if err != nil {
		return err
	}
	for i, r := range o.rows {
		if r.in.HolderCode == "" {
			continue
		}
		if r.holder = found[r.in.HolderCode]; r.holder == 0 {
			o.refuse(i, "holder_code", "land.holder_unknown", r.in.HolderCode)
		}
	}
	return nil
}

// addHolders enters the new holders of all rows.
func (o *opening) addHolders(ctx context.Context) error {
	var ins []HolderInput
	var at []int
	for i, r := range o.rows {
		if r.in.HolderCode == "" {
			ins, at = append(ins, r.in.Holder), append(at, i)
		}
	}
	placed, faults, err := o.s.placeHolders(ctx, ins, "holder.", o.today, o.who.ID)
	if err != nil {
		return err
	}
	for _, f := range faults {
		o.refuse(at[f.Row], f.Field.Name, f.Field.Code, f.Field.Args...)
	}
	for i, p := range placed {
		row := o.rows[at[i]]
		row.holder, row.in.HolderCode = p.id, p.code
	}
	return nil
}

// refuseTwice keeps one case for one holder in one work, against what is there and within the rows.
func (o *opening) refuseTwice(ctx context.Context) error {
	var projects []id.Project
	var holders []id.Holder
	for _, r := range o.rows {
		projects, holders = append(projects, r.project.ID), append(holders, r.holder)
	}
	slices.Sort(projects)
	there, err := o.s.casesHeld(ctx, slices.Compact(projects), holders)
	if err != nil {
		return err
	}
	seen := map[holderInProject]int{}
	for i, r := range o.rows {
		key := holderInProject{r.project.ID, r.holder}
		if code, twice := there[key]; twice {
			o.refuse(i, "holder_code", "land.holder_twice", r.in.HolderCode, code)
		} else if row, twice := seen[key]; twice {
			o.refuse(i, "holder_code", "land.holder_twice_rows", r.in.HolderCode, row+1)
		}
		seen[key] = i
	}
	return nil
}

// write locks the parcels, checks them, and writes cases and parcels.
func (o *opening) write(ctx context.Context) error {
	var wants []want
	for i, r := range o.rows {
		wants = append(wants, wantsOf(i, r.ward, r.in.Parcels)...)
	}
	known, faults, err := o.s.hold(ctx, wants, 0)
	o.faults = append(o.faults, faults...)
	if err != nil || len(o.faults) > 0 {
		return err
	}
	if err := o.number(ctx); err != nil {
		return err
	}
	rows := make([]caseRow, len(o.rows))
	for i, r := range o.rows {
		rows[i] = caseRow{r.code, r.project.ID, r.holder, r.ward, r.in.RuleSet, recovered(r.in.Parcels), r.in.Note, r.in.Sample, r.in.OpenedOn}
	}
	made, err := o.s.insertCases(ctx, rows, o.who.ID)
	if err != nil {
		return err
	}
	return o.s.insertCaseParcels(ctx, caseParcels(wants, known, func(row int) id.Case { return made[o.rows[row].code] }))
}

// number gives codes by work, in the order of the rows; series are taken in sorted order, so that two imports cannot deadlock.
func (o *opening) number(ctx context.Context) error {
	byProject := map[string][]*openRow{}
	for _, r := range o.rows {
		byProject[r.project.Code] = append(byProject[r.project.Code], r)
	}
	projects := make([]string, 0, len(byProject))
	for code := range byProject {
		projects = append(projects, code)
	}
	slices.Sort(projects)
	for _, code := range projects {
		next, err := o.s.takeSerials(ctx, "case/"+code, len(byProject[code]))
		if err != nil {
			return err
		}
		for i, r := range byProject[code] {
			r.code = fmt.Sprintf("%s-%04d", code, next+i)
		}
	}
	return nil
}

// log writes an event for a case opened by hand, and one a work for many loaded at once.
func (o *opening) log(ctx context.Context) error {
	if len(o.rows) == 1 {
		r := o.rows[0]
		return o.land.Log.Write(ctx, audit.Event{Actor: o.who, Act: "case.open", ObjectKind: "case", ObjectCode: r.code, After: r.in})
	}
	counts := map[string]int{}
	var projects []string
	for _, r := range o.rows {
		if counts[r.project.Code] == 0 {
			projects = append(projects, r.project.Code)
		}
		counts[r.project.Code]++
	}
	for _, code := range projects {
		if err := o.land.Log.Write(ctx, audit.Event{Actor: o.who, Act: "case.open_many", ObjectKind: "project", ObjectCode: code,
			After: map[string]any{"cases": counts[code]}}); err != nil {
			return err
		}
	}
	return nil
}

func wantsOf(row int, ward id.Ward, parcels []Parcel) []want {
	wants := make([]want, 0, len(parcels))
	for i, p := range parcels {
		wants = append(wants, want{row, i, parcelKey{ward, p.MapSheet, p.Number}, p})
	}
	return wants
}

// hold makes and locks the parcels of the wants, checks them and corrects the areas of those no other case stands on.
func (s store) hold(ctx context.Context, wants []want, besides id.Case) (map[parcelKey]held, []RowFault, error) {
	rows := map[parcelKey]parcelRow{}
	for _, w := range wants {
		if _, there := rows[w.key]; !there {
			rows[w.key] = parcelRow{w.key.ward, w.key.sheet, w.key.number, w.Area}
		}
	}
	list := make([]parcelRow, 0, len(rows))
	for _, row := range rows {
		list = append(list, row)
	}
	slices.SortFunc(list, func(a, b parcelRow) int {
		return cmp.Or(cmp.Compare(a.Ward, b.Ward), cmp.Compare(a.Sheet, b.Sheet), cmp.Compare(a.Number, b.Number))
	})
	known, err := s.holdParcels(ctx, list, besides)
	if err != nil {
		return nil, nil, err
	}
	if faults := fit(wants, known); len(faults) > 0 {
		return nil, faults, nil
	}
	return known, nil, s.correctAreas(ctx, list)
}

func caseParcels(wants []want, known map[parcelKey]held, caseOf func(row int) id.Case) []caseParcelRow {
	rows := make([]caseParcelRow, 0, len(wants))
	for _, w := range wants {
		rows = append(rows, caseParcelRow{caseOf(w.row), known[w.key].ID, w.LandCode, w.Recovered})
	}
	return rows
}
