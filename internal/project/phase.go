package project

import (
	"slices"
	"strings"
	"time"

	"matbang/internal/day"
	"matbang/internal/fault"
)

// Phase is a part of a work's life.
type Phase string

// The phases in their order.
const (
	PhasePolicy       Phase = "policy"
	PhaseInvestment   Phase = "investment"
	PhaseProcurement  Phase = "procurement"
	PhaseConstruction Phase = "construction"
	PhaseHandover     Phase = "handover"
	PhaseSettlement   Phase = "settlement"
	PhaseClosed       Phase = "closed"
)

// Phases lists every phase in the order of a work's life.
func Phases() []Phase {
	return []Phase{PhasePolicy, PhaseInvestment, PhaseProcurement, PhaseConstruction, PhaseHandover, PhaseSettlement, PhaseClosed}
}

// rank is the place of a phase in a life; -1 for an unknown one.
func (p Phase) rank() int { return slices.Index(Phases(), p) }

// Next is the phase after this one; empty after the last.
func (p Phase) Next() Phase {
	if i := p.rank(); i >= 0 && i+1 < len(Phases()) {
		return Phases()[i+1]
	}
	return ""
}

// State is how the register's state reads in a phase.
func (p Phase) State() State {
	switch {
	case p.rank() < PhaseConstruction.rank():
		return Preparing
	case p == PhaseConstruction:
		return Building
	default:
		return Completed
	}
}

// phaseOf is where a work stands that comes into the register in a state.
func phaseOf(s State) Phase {
	switch s {
	case Building, Suspended:
		return PhaseConstruction
	case Completed:
		return PhaseHandover
	default:
		return PhasePolicy
	}
}

// What is written about a phase.
const (
	Opened    = "opened"
	Halted    = "suspended"
	ResumedIt = "resumed"
)

// PhaseRow is a phase that was opened, or a stop or a going on within it.
type PhaseRow struct {
	Phase      Phase     `db:"phase" json:"phase"`
	Act        string    `db:"act" json:"act"` // opened | suspended | resumed
	EnteredOn  day.Date  `db:"entered_on" json:"entered_on"`
	Reason     string    `db:"reason" json:"reason"`
	Document   string    `db:"document" json:"document"`
	RecordedBy string    `db:"recorded_by_name" json:"recorded_by"`
	RecordedAt time.Time `db:"recorded_at" json:"recorded_at"`
}

// Entry is what a person says when opening a phase, stopping a work or letting it go on.
type Entry struct {
	On       day.Date
	Reason   string
	Document string
}

// Have is what is there on a day for a gate to look at; a zero day means that it is missing.
type Have struct {
	Policy, Investment, Settlement Decision
	ContractSigned                 day.Date `db:"signed_on"`
	ContractNumber                 string   `db:"contract_number"`
	Completed                      day.Date `db:"completed_on"`
	CompletedNumber                string   `db:"completed_number"`
	CapitalYears                   []int    // with capital assigned or carried over
}

// Condition is one thing that must be there before a phase opens.
type Condition struct {
	Code string   `json:"code"` // policy | investment | contract | capital | completion | settlement
	Met  bool     `json:"met"`
	On   day.Date `json:"on"` // since when it is there
	Of   string   `json:"of"` // number of the paper
	Year int      `json:"year,omitempty"`
}

// Gate lists what must be there on a day before a phase opens:
// an investment decision follows a policy decision (Law 39/2019/QH14 art. 17 and 18), tender follows the investment decision, building asks for
// a contract (Law 50/2014/QH13 art. 107) and capital of the year, handing over for the acceptance of completion (art. 123 and 124), closing for the
// settlement decision.
func Gate(next Phase, on day.Date, have Have) []Condition {
	there := func(code string, since day.Date, of string) Condition {
		met := !since.IsZero() && !since.After(on)
		if !met {
			since, of = day.Date{}, ""
		}
		return Condition{Code: code, Met: met, On: since, Of: of}
	}
	decided := func(d Decision) Condition { return there(d.Kind, d.DecidedOn, d.Number) }
	switch next {
	case PhaseInvestment:
		return []Condition{decided(or(have.Policy, Policy))}
	case PhaseProcurement:
		return []Condition{decided(or(have.Investment, Investment))}
	case PhaseConstruction:
		return []Condition{there("contract", have.ContractSigned, have.ContractNumber),
			{Code: "capital", Met: slices.Contains(have.CapitalYears, on.Year()), Year: on.Year()}}
	case PhaseHandover:
		return []Condition{there("completion", have.Completed, have.CompletedNumber)}
	case PhaseClosed:
		return []Condition{decided(or(have.Settlement, Settlement))}
	default:
		return nil
	}
}

// or names the kind of a decision that is not there.
func or(d Decision, kind string) Decision {
	d.Kind = kind
	return d
}

// missing are the codes of the conditions not met.
func missing(conditions []Condition) []string {
	var codes []string
	for _, c := range conditions {
		if !c.Met {
			codes = append(codes, c.Code)
		}
	}
	return codes
}

// checkDay lists what is wrong with an entry's day: it must be given, past, and not before what was entered last.
func (e Entry) checkDay(w *fault.Wrong, last PhaseRow, today day.Date) {
	w.Check(!e.On.IsZero(), "entered_on", "required")
	w.Check(!e.On.After(today), "entered_on", "day_future")
	w.Check(e.On.IsZero() || !e.On.Before(last.EnteredOn), "entered_on", "project.phase_before", e.On, last.EnteredOn)
}

// checkOpening refuses to open a phase: another one than the next, while suspended, on a wrong day, or with a condition missing (the first is named).
func checkOpening(p Project, last PhaseRow, next Phase, e Entry, have Have, today day.Date) error {
	switch {
	case next == "" || p.Phase.Next() != next:
		return ErrPhaseOrder
	case p.State == Suspended:
		return fault.Conflicting("project.suspended", last.EnteredOn)
	}
	var w fault.Wrong
	if e.checkDay(&w, last, today); w.Err() != nil {
		return w.Err()
	}
	if lack := missing(Gate(next, e.On, have)); len(lack) > 0 {
		codes := make([]any, 0, 3)
		for _, code := range lack {
			codes = append(codes, "@project.condition."+code)
		}
		if len(codes) == 1 {
			return fault.Conflicting("project.gate", "@project.phase."+string(next), e.On, codes[0])
		}
		return fault.Conflicting("project.gate_two", "@project.phase."+string(next), e.On, codes[0], codes[1])
	}
	return nil
}

// checkHalt refuses to stop a work that stands still or is finished, without a reason or on a wrong day.
func checkHalt(p Project, last PhaseRow, e Entry, today day.Date) error {
	if p.State == Suspended || p.State == Completed {
		return fault.Conflicting("project.cannot_suspend", "@project.state."+string(p.State))
	}
	return e.checkWithReason(last, today)
}

// checkResume refuses to let a work go on that does not stand still, without a reason or on a wrong day.
func checkResume(p Project, last PhaseRow, e Entry, today day.Date) error {
	if p.State != Suspended {
		return fault.Conflicting("project.cannot_resume", "@project.state."+string(p.State))
	}
	return e.checkWithReason(last, today)
}

func (e Entry) checkWithReason(last PhaseRow, today day.Date) error {
	var w fault.Wrong
	e.checkDay(&w, last, today)
	w.Check(strings.TrimSpace(e.Reason) != "", "reason", "required")
	return w.Err()
}
