package project

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"matbang/internal/day"
	"matbang/internal/fault"
)

// Version is what a work was called, who built it and where it lay, from a day on.
type Version struct {
	ValidFrom  day.Date  `db:"valid_from" json:"valid_from"`
	Name       string    `db:"name" json:"name"`
	Group      string    `db:"group_code" json:"group"`
	FieldGroup int       `db:"field_group" json:"field_group"`
	Sector     string    `db:"sector" json:"sector"`
	Investor   string    `db:"investor" json:"investor"`
	UnitName   string    `db:"unit_name" json:"unit_name"`
	Wards      string    `db:"ward_names" json:"wards"`
	WardCodes  string    `db:"ward_codes" json:"ward_codes"`
	Reason     string    `db:"reason" json:"reason"`
	RecordedBy string    `db:"recorded_by_name" json:"recorded_by"`
	RecordedAt time.Time `db:"recorded_at" json:"recorded_at"`
}

// VersionStep is a version with what it changed.
type VersionStep struct {
	Version
	First   bool
	Holds   bool // today
	Changes []VersionChange
}

// VersionChange is one field before and after. Words of a list are keys of their sentences ("@project.sector.water").
type VersionChange struct{ Field, Before, After string }

// VersionSteps puts each version beside the one before it. The versions stand by day, then as recorded; the last up to today holds.
func VersionSteps(versions []Version, today day.Date) []VersionStep {
	steps := make([]VersionStep, 0, len(versions))
	holds := 0
	var before Version
	for i, v := range versions {
		s := VersionStep{Version: v, First: i == 0}
		if !s.First {
			s.Changes = v.since(before)
		}
		before = v
		if !v.ValidFrom.After(today) {
			holds = i
		}
		steps = append(steps, s)
	}
	if len(steps) > 0 {
		steps[holds].Holds = true
	}
	return steps
}

func (v Version) since(before Version) []VersionChange {
	var changes []VersionChange
	for _, f := range []VersionChange{{"name", before.Name, v.Name}, {"group", before.Group, v.Group},
		{"field_group", "@project.field." + strconv.Itoa(before.FieldGroup), "@project.field." + strconv.Itoa(v.FieldGroup)},
		{"sector", "@project.sector." + before.Sector, "@project.sector." + v.Sector}, {"investor", before.Investor, v.Investor},
		{"unit", before.UnitName, v.UnitName}, {"wards", before.Wards, v.Wards}} {
		if f.Before != f.After {
			changes = append(changes, f)
		}
	}
	return changes
}

// differs tells whether an input changes what versions keep. Wards are compared as a set.
func (p Project) differs(in Input) bool {
	return p.Name != in.Name || p.Group != in.Group || p.FieldGroup != in.FieldGroup || p.Sector != in.Sector || p.Investor != in.Investor ||
		p.UnitCode != in.Unit || p.WardCodes != in.wards()
}

// wards are the codes in their order, comma separated, as a work shows its own.
func (in Input) wards() string { return strings.Join(codesOnce(in.WardCodes), ",") }

// codesOnce sorts codes and drops those named twice.
func codesOnce(codes []string) []string { return slices.Compact(slices.Sorted(slices.Values(codes))) }

// checkVersion lists what is wrong with the day and the reason of a change, given the version before it.
func (in Input) checkVersion(before day.Date, today day.Date) error {
	var w fault.Wrong
	w.Check(!in.ValidFrom.IsZero(), "valid_from", "project.valid_from_needed")
	w.Check(!in.ValidFrom.After(today), "valid_from", "day_future")
	w.Check(in.ValidFrom.IsZero() || !in.ValidFrom.Before(before), "valid_from", "project.valid_from_before", in.ValidFrom, before)
	w.Check(strings.TrimSpace(in.Reason) != "", "reason", "project.reason_needed")
	return w.Err()
}
