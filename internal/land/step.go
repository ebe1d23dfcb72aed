package land

import (
	"slices"
	"strings"
	"time"

	"matbang/internal/day"
	"matbang/internal/fault"
)

// The steps of a case in the order of the law (Law 45/2013 art. 67–71, Law 31/2024 art. 85–89).
const (
	Notice    = "notice"            // thông báo thu hồi đất
	Inventory = "inventory"         // kiểm đếm
	Posting   = "posting"           // niêm yết phương án
	Decision  = "recovery_decision" // quyết định thu hồi đất
	Handover  = "handover"          // bàn giao mặt bằng
)

// StepKinds lists every step in its order.
func StepKinds() []string { return []string{Notice, Inventory, Posting, Decision, Handover} }

// Step is a step done: the day on the paper, the day it takes effect (the same unless said otherwise), the paper's number. AgreedEarly
// says that the holder agreed in writing to recovery before the notice period ends (Law 45/2013 art. 67.2, Law 31/2024 art. 85.2);
// Note then names that paper.
type Step struct {
	Kind        string   `db:"kind" json:"kind"`
	DoneOn      day.Date `db:"done_on" json:"done_on"`
	EffectiveOn day.Date `db:"effective_on" json:"effective_on"`
	DocumentNo  string   `db:"document_no" json:"document_no"`
	Note        string   `db:"note" json:"note"`
	AgreedEarly bool     `db:"agreed_early" json:"agreed_early"`
}

// StepRow is a step as it is kept; WithdrawnBy is empty while it stands.
type StepRow struct {
	Step
	RecordedBy      string     `db:"recorded_by_name" json:"recorded_by"`
	RecordedAt      time.Time  `db:"recorded_at" json:"recorded_at"`
	WithdrawnBy     string     `db:"withdrawn_by_name" json:"withdrawn_by,omitempty"`
	WithdrawnAt     *time.Time `db:"withdrawn_at" json:"withdrawn_at,omitempty"`
	WithdrawnReason string     `db:"withdrawn_reason" json:"withdrawn_reason,omitempty"`
}

// CaseStep is a step of a named case, for recording many at once.
type CaseStep struct {
	Case string `json:"case"`
	Step
}

// complete fills what follows from the rest.
func (st Step) complete() Step {
	if st.EffectiveOn.IsZero() {
		st.EffectiveOn = st.DoneOn
	}
	st.DocumentNo, st.Note = strings.TrimSpace(st.DocumentNo), strings.TrimSpace(st.Note)
	return st
}

// check lists what is wrong with a step on its own.
func (st Step) check(today day.Date) []fault.Field {
	var f fields
	f.check(slices.Contains(StepKinds(), st.Kind), "kind", "choose")
	f.check(!st.DoneOn.IsZero(), "done_on", "required")
	f.check(!st.DoneOn.After(today), "done_on", "day_future")
	f.check(!st.EffectiveOn.Before(st.DoneOn), "effective_on", "land.effective_before_done")
	f.check(st.DocumentNo != "" || st.Kind != Notice && st.Kind != Decision, "document_no", "land.document_needed")
	f.check(!st.AgreedEarly || st.Note != "", "note", "land.agreement_paper_needed")
	return f
}

// follows lists what keeps a step from coming after those that stand: the order, the days, a step already done.
func (st Step) follows(standing []Step) []fault.Field {
	var f fields
	kinds := StepKinds()
	at := slices.Index(kinds, st.Kind)
	if _, twice := find(standing, st.Kind); twice {
		f.add("kind", "land.step_twice", "@case.step."+st.Kind)
		return f
	}
	if at <= 0 {
		return f
	}
	before, done := find(standing, kinds[at-1])
	if !done {
		f.add("kind", "land.step_order", "@case.step."+st.Kind, "@case.step."+kinds[at-1])
		return f
	}
	earliest := before.DoneOn
	if st.Kind == Handover {
		earliest = before.EffectiveOn
	}
	f.check(!st.DoneOn.Before(earliest), "done_on", "land.step_before", "@case.step."+before.Kind, earliest)
	return f
}

// waited refuses a recovery decision before the notice period has run, naming the earliest lawful day. days and basis are the law's
// for the kind of land of the case.
func (st Step) waited(standing []Step, days int, basis string) []fault.Field {
	notice, given := find(standing, Notice)
	if st.Kind != Decision || st.AgreedEarly || !given {
		return nil
	}
	var f fields
	earliest := notice.DoneOn.Add(days)
	f.check(!st.DoneOn.Before(earliest), "done_on", "land.notice_period", days, notice.DoneOn, earliest, basis)
	return f
}

func find(steps []Step, kind string) (Step, bool) {
	at := slices.IndexFunc(steps, func(s Step) bool { return s.Kind == kind })
	if at < 0 {
		return Step{}, false
	}
	return steps[at], true
}

// last tells whether a step is the furthest of those that stand; only that one may be withdrawn, or the order would break.
func last(standing []Step, kind string) bool {
	kinds := StepKinds()
	at := slices.Index(kinds, kind)
	return !slices.ContainsFunc(standing, func(s Step) bool { return slices.Index(kinds, s.Kind) > at })
}
