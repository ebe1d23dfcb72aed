package payout

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/vnd"
)

// Interest is what the bank credited on a deposit for a period, both days inside; amount in đồng.
type Interest struct {
	From      day.Date   `db:"from_day" json:"from"`
	To        day.Date   `db:"to_day" json:"to"`
	Amount    vnd.Amount `db:"amount" json:"amount_vnd"`
	AdviceRef string     `db:"advice_ref" json:"advice_ref"`
	AdviceDay day.Date   `db:"advice_day" json:"advice_day"`
}

// InterestRow is an interest as it is kept.
type InterestRow struct {
	ID int64 `db:"id" json:"id"`
	Interest
	MadeBy     string     `db:"made_by_name" json:"made_by"`
	RecordedAt time.Time  `db:"recorded_at" json:"recorded_at"`
	TakenBack  bool       `db:"taken_back" json:"taken_back"`
	Journal    id.Journal `db:"journal_id" json:"-"`
}

// check lists what is wrong with an interest of a deposit; upTo is the last day interest is kept for, or no day.
func (in Interest) check(d DepositEntry, upTo, today day.Date) error {
	var w fault.Wrong
	w.Check(in.Amount > 0, "amount", "amount_positive")
	w.Check(strings.TrimSpace(in.AdviceRef) != "", "advice_ref", "required")
	switch {
	case in.From.IsZero():
		w.Add("from", "required")
	case in.From.Before(d.OpenedOn):
		w.Add("from", "payout.before_deposit", d.OpenedOn)
	case !upTo.IsZero() && !in.From.After(upTo):
		w.Add("from", "payout.interest_twice", upTo)
	}
	switch {
	case in.To.IsZero():
		w.Add("to", "required")
	case in.To.Before(in.From):
		w.Add("to", "payout.period_order")
	case !d.Open() && in.To.After(d.ReleasedOn):
		w.Add("to", "payout.after_deposit", d.ReleasedOn)
	}
	w.Check(!in.AdviceDay.IsZero(), "advice_day", "required")
	w.Check(!in.AdviceDay.After(today), "advice_day", "day_future")
	w.Check(in.AdviceDay.IsZero() || !in.AdviceDay.Before(in.To), "advice_day", "payout.advice_early", in.To)
	return w.Err()
}

// Condition is what must be so before a deposit is handed over.
type Condition string

// The conditions, each of its ground.
const (
	AsksInWriting  Condition = "asks_in_writing"
	FinalDecision  Condition = "final_decision"
	IdentityProven Condition = "identity_proven"
	GroundEnded    Condition = "ground_ended"
)

// Condition is what ends a ground: who refused asks for the money in writing; a dispute has its final decision or judgment; who was absent
// proves to be the person.
func (g Ground) Condition() Condition {
	switch g {
	case GroundRefused:
		return AsksInWriting
	case GroundDisputed:
		return FinalDecision
	case GroundAbsent:
		return IdentityProven
	default:
		return GroundEnded
	}
}

// Application asks for a deposit, or a part of it in đồng, with the paper of whoever asks. The decision is that which ends a dispute.
type Application struct {
	Amount       vnd.Amount `db:"amount" json:"amount_vnd"`
	Applicant    string     `db:"applicant" json:"applicant"`
	PaperNo      string     `db:"paper_no" json:"paper_no"`
	PaperDay     day.Date   `db:"paper_day" json:"paper_day"`
	Condition    Condition  `db:"condition" json:"condition" enum:"asks_in_writing,final_decision,identity_proven,ground_ended" doc:"the condition found to be met; that of the ground"`
	DecisionName string     `db:"decision_name" json:"decision_name,omitempty" doc:"with number and day, for a disputed deposit"`
	DecisionNo   string     `db:"decision_no" json:"decision_no,omitempty"`
	DecisionDay  day.Date   `db:"decision_day" json:"decision_day,omitempty"`
}

// check lists what is wrong with an application for a deposit.
func (a Application) check(d DepositEntry, today day.Date) error {
	var w fault.Wrong
	w.Check(a.Amount > 0 || a.Amount == 0 && d.InterestAlone(), "amount", "amount_positive")
	w.Check(a.Amount <= d.Left(), "amount", "payout.above_deposit", a.Amount, d.Left())
	w.Check(strings.TrimSpace(a.Applicant) != "", "applicant", "required")
	w.Check(strings.TrimSpace(a.PaperNo) != "", "paper_no", "required")
	paperDay(&w, "paper_day", a.PaperDay, today)
	w.Check(a.PaperDay.IsZero() || !a.PaperDay.Before(d.OpenedOn), "paper_day", "payout.before_deposit", d.OpenedOn)
	needed := d.Ground.Condition()
	w.Check(a.Condition == needed, "condition", "payout.condition_unmet", "@deposit.condition."+string(needed))
	if needed == FinalDecision {
		w.Check(strings.TrimSpace(a.DecisionName) != "", "decision_name", "required")
		w.Check(strings.TrimSpace(a.DecisionNo) != "", "decision_no", "required")
		paperDay(&w, "decision_day", a.DecisionDay, today)
	}
	return w.Err()
}

func paperDay(w *fault.Wrong, name string, d, today day.Date) {
	w.Check(!d.IsZero(), name, "required")
	w.Check(!d.After(today), name, "day_future")
}

// ReleaseRow is a release as it is kept. Origin before: handed over before releases were asked for and approved.
type ReleaseRow struct {
	ID    int64  `db:"id" json:"id"`
	State string `db:"state" json:"state" enum:"waiting,approved,refused,handed_over,taken_back"`
	Application
	Origin    string     `db:"origin" json:"origin"`
	MadeByID  id.User    `db:"made_by" json:"-"`
	MadeBy    string     `db:"made_by_name" json:"made_by"`
	MadeAt    time.Time  `db:"made_at" json:"made_at"`
	DecidedID id.User    `db:"decided_by" json:"-"`
	DecidedBy string     `db:"decided_by_name" json:"decided_by"`
	DecidedAt *time.Time `db:"decided_at" json:"decided_at"`
	Refusal   string     `db:"refusal" json:"refusal"`
	Interest  vnd.Amount `db:"interest" json:"interest_vnd"`
	HandedOn  day.Date   `db:"handed_on" json:"handed_over_on"`
	Evidence  Evidence   `db:"evidence_kind" json:"evidence_kind"`
	Ref       string     `db:"evidence_ref" json:"evidence_ref"`
	Journal   id.Journal `db:"interest_journal" json:"-"`
}

// depositStep is what an act on a deposit says, for its key.
type depositStep struct {
	Code        string
	Version     int
	Text        string       `json:",omitempty"`
	Interest    *Interest    `json:",omitempty"`
	Application *Application `json:",omitempty"`
	Result      *Result      `json:",omitempty"`
}

// onDeposit runs an act on a locked deposit once for a key, after the version check, and brings its version up.
func (p Payouts) onDeposit(ctx context.Context, who actor.Actor, may actor.Permission, act string, in depositStep, key string,
	run func(ctx context.Context, s store, d DepositEntry, scope actor.Scope) (after any, err error)) error {
	scope, err := who.Require(may)
	if err != nil {
		return err
	}
	var done depositStep
	return refuse(p.Ledger.Once(ctx, who, act, key, in, &done, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		d, err := s.lockDeposit(ctx, scope, in.Code)
		if err != nil {
			return err
		}
		if d.Version != in.Version {
			return fault.ChangedBy(d.ChangedBy, d.ChangedAt)
		}
		after, err := run(ctx, s, d, scope)
		if err != nil {
			return err
		}
		done = in
		if err := s.touchDeposit(ctx, d.ID, who.ID); err != nil {
			return err
		}
		return p.logDeposit(ctx, who, d, act, in.Text, after)
	}))
}

// CreditInterest takes up what the bank credited on a deposit as an obligation of its own towards the person, also after the last hand-over, for days
// up to it. Refuses: wrong fields (a period that begins before the deposit or inside one that is kept), payout.deposit_over when it was taken back, payout.deposit_unknown, changed_meanwhile.
func (p Payouts) CreditInterest(ctx context.Context, who actor.Actor, code string, version int, in Interest, key string, today day.Date) error {
	return p.onDeposit(ctx, who, KeepDeposits, "deposit.interest", depositStep{Code: code, Version: version, Interest: &in}, key,
		func(ctx context.Context, s store, d DepositEntry, _ actor.Scope) (any, error) {
			if d.State == DepositTakenBack {
				return nil, ErrDepositOver
			}
			upTo, err := s.interestUpTo(ctx, d.ID)
			if err != nil {
				return nil, err
			}
			if err := in.check(d, upTo, today); err != nil {
				return nil, err
			}
			journal, err := p.Ledger.Post(ctx, who, ledger.Entry{Kind: ledger.InterestCredited, Reference: d.Code, Project: d.ProjectID, Day: in.AdviceDay,
				Postings: ledger.Move(d.CaseID, ledger.InterestSource, ledger.InterestDue, in.Amount)})
			if err != nil {
				return nil, err
			}
			return in, s.keepInterest(ctx, d.ID, in, journal, who.ID)
		})
}

// TakeBackInterest takes an interest back by a reversal in the book, with a reason. Refuses: a missing reason, payout.interest_unknown,
// payout.interest_handed when it has left with a release, payout.release_live while a release of interest alone is under way.
func (p Payouts) TakeBackInterest(ctx context.Context, who actor.Actor, code string, version int, interest int64, reason, key string, today day.Date) error {
	in := depositStep{Code: code, Version: version, Text: strings.TrimSpace(reason), Interest: &Interest{AdviceRef: fmt.Sprint(interest)}}
	return p.onDeposit(ctx, who, Reverse, "deposit.interest_back", in, key, func(ctx context.Context, s store, d DepositEntry, _ actor.Scope) (any, error) {
		rows, err := s.interests(ctx, d.ID)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(rows, func(r InterestRow) bool { return r.ID == interest && !r.TakenBack })
		switch {
		case in.Text == "":
			return nil, ErrReasonNeeded
		case at < 0:
			return nil, ErrInterestMissing
		case rows[at].Amount > d.InterestDue():
			return nil, ErrInterestHanded
		case !d.Open() && d.State != DepositOver: // a release of this interest is under way
			return nil, ErrReleaseLive
		}
		_, err = p.Ledger.Reverse(ctx, who, rows[at].Journal, d.Code, today)
		return rows[at].Interest, err
	})
}

// AskRelease asks for a deposit to be handed over, with the condition of its ground; of one that is over, for the interest credited since (amount 0).
// Refuses: wrong fields, payout.condition_unmet in words,
// payout.deposit_incomplete, payout.deposit_over, payout.release_live.
func (p Payouts) AskRelease(ctx context.Context, who actor.Actor, code string, version int, a Application, key string, today day.Date) error {
	return p.onDeposit(ctx, who, KeepDeposits, "deposit.ask", depositStep{Code: code, Version: version, Application: &a}, key,
		func(ctx context.Context, s store, d DepositEntry, _ actor.Scope) (any, error) {
			switch {
			case d.State == DepositAsked || d.State == DepositApproved:
				return nil, ErrReleaseLive
			case !d.Open() && !d.InterestAlone():
				return nil, ErrDepositOver
			case d.Ground == GroundUnknown:
				return nil, ErrDepositIncomplete
			}
			if err := a.check(d, today); err != nil {
				return nil, err
			}
			if a.Condition != FinalDecision {
				a.DecisionName, a.DecisionNo, a.DecisionDay = "", "", day.Date{}
			}
			return map[string]any{"amount_vnd": a.Amount, "condition": a.Condition, "paper": a.PaperNo}, s.askRelease(ctx, d.ID, a, who.ID)
		})
}

// DecideRelease is the second person's word on a release: approved, or refused with a reason. Refuses: payout.release_same_person to whoever
// asked, payout.no_release, a missing reason.
func (p Payouts) DecideRelease(ctx context.Context, who actor.Actor, code string, version int, ok bool, reason, key string) error {
	act, in := "deposit.approve", depositStep{Code: code, Version: version, Text: strings.TrimSpace(reason)}
	if !ok {
		act = "deposit.refuse"
	}
	return p.onDeposit(ctx, who, ReleaseDeposit, act, in, key, func(ctx context.Context, s store, d DepositEntry, _ actor.Scope) (any, error) {
		r, err := s.liveRelease(ctx, d.ID, "waiting")
		switch {
		case err != nil:
			return nil, err
		case r.MadeByID == who.ID:
			return nil, ErrReleaseSame
		case !ok && in.Text == "":
			return nil, ErrReasonNeeded
		case ok:
			return map[string]any{"amount_vnd": r.Amount}, s.decideRelease(ctx, r.ID, "approved", "", who.ID)
		default:
			return map[string]any{"amount_vnd": r.Amount}, s.decideRelease(ctx, r.ID, "refused", in.Text, who.ID)
		}
	})
}

// HandOver records that an approved release reached the person, with its evidence: the money is paid, and the interest due with it. Refuses:
// payout.no_release, payout.release_hander to whoever approved, payout.interest_unknown when a release of interest alone has none left, and what
// RecordResults refuses of a result.
func (p Payouts) HandOver(ctx context.Context, who actor.Actor, code string, version int, r Result, key string, today day.Date) error {
	return p.onDeposit(ctx, who, KeepDeposits, "deposit.hand_over", depositStep{Code: code, Version: version, Result: &r}, key,
		func(ctx context.Context, s store, d DepositEntry, scope actor.Scope) (any, error) {
			return p.handOverInTx(ctx, s, who, scope, d, r, today)
		})
}

// HandOverOf is HandOver of the approved release of a payment, whatever version its deposit has: the approval names the amount.
func (p Payouts) HandOverOf(ctx context.Context, who actor.Actor, payment string, r Result, key string, today day.Date) error {
	scope, err := who.Require(KeepDeposits)
	if err != nil {
		return err
	}
	in, done := depositStep{Code: payment, Result: &r}, depositStep{}
	return refuse(p.Ledger.Once(ctx, who, "deposit.hand_over", key, in, &done, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		code, err := s.approvedOf(ctx, payment)
		if err != nil {
			return err
		}
		d, err := s.lockDeposit(ctx, scope, code)
		if err != nil {
			return err
		}
		after, err := p.handOverInTx(ctx, s, who, scope, d, r, today)
		if err != nil {
			return err
		}
		done = in
		if err := s.touchDeposit(ctx, d.ID, who.ID); err != nil {
			return err
		}
		return p.logDeposit(ctx, who, d, "deposit.hand_over", "", after)
	}))
}

func (p Payouts) handOverInTx(ctx context.Context, s store, who actor.Actor, scope actor.Scope, d DepositEntry, r Result, today day.Date) (any, error) {
	release, err := s.liveRelease(ctx, d.ID, "approved")
	if err != nil {
		return nil, err
	}
	told := Result{PaymentCode: d.PaymentCode, Kind: ResultDepositReleased, Day: r.Day, Amount: release.Amount, EvidenceKind: r.EvidenceKind, EvidenceRef: r.EvidenceRef}
	switch {
	case release.DecidedID == who.ID:
		return nil, ErrReleaseHander
	case !slices.Contains(HandEvidence(), told.EvidenceKind):
		return nil, fault.InvalidField("evidence_kind", "choose")
	case !told.Day.IsZero() && told.Day.Before(d.OpenedOn):
		return nil, fault.InvalidField("day", "payout.before_deposit", d.OpenedOn)
	}
	if release.Amount == 0 {
		return p.handOverInterest(ctx, s, who, d, release.ID, told, today)
	}
	if err := p.recordInTx(ctx, who, scope, []Result{told}, today); err != nil {
		return nil, err
	}
	interest, journal := d.InterestDue(), id.Journal(0)
	if interest > 0 {
		if journal, err = p.postInterest(ctx, who, d, interest, r.Day); err != nil {
			return nil, err
		}
	}
	return map[string]any{"amount_vnd": release.Amount, "interest_vnd": interest}, s.handOver(ctx, release.ID, d.PaymentID, interest, journal)
}

func (p Payouts) postInterest(ctx context.Context, who actor.Actor, d DepositEntry, interest vnd.Amount, on day.Date) (id.Journal, error) {
	return p.Ledger.Post(ctx, who, ledger.Entry{Kind: ledger.InterestHanded, Reference: d.Code, Project: d.ProjectID, Day: on,
		Postings: ledger.Move(d.CaseID, ledger.InterestDue, ledger.InterestPaid, interest)})
}

// handOverInterest hands over the interest credited after the last compensation was: no result of the payment says so, the release does.
func (p Payouts) handOverInterest(ctx context.Context, s store, who actor.Actor, d DepositEntry, release int64, told Result, today day.Date) (any, error) {
	var w fault.Wrong
	paperDay(&w, "day", told.Day, today)
	w.Check(told.Day.IsZero() || !told.Day.Before(d.ReleasedOn), "day", "payout.before_hand_over", d.ReleasedOn)
	w.Check(strings.TrimSpace(told.EvidenceRef) != "", "evidence_ref", "required")
	if err := w.Err(); err != nil {
		return nil, err
	}
	interest := d.InterestDue()
	if interest == 0 { // taken back since the release was asked for
		return nil, ErrInterestMissing
	}
	journal, err := p.postInterest(ctx, who, d, interest, told.Day)
	if err != nil {
		return nil, err
	}
	return map[string]any{"interest_vnd": interest}, s.handOverInterest(ctx, release, told, interest, journal, who.ID)
}

// TakeBackInterestRelease takes a hand-over of interest alone back by a reversal in the book, with a reason. Refuses: a missing reason,
// payout.no_release when there is no such hand-over; one of compensation is taken back as the result of its payment.
func (p Payouts) TakeBackInterestRelease(ctx context.Context, who actor.Actor, code string, version int, release int64, reason, key string, today day.Date) error {
	in := depositStep{Code: code, Version: version, Text: strings.TrimSpace(reason), Interest: &Interest{AdviceRef: fmt.Sprint(release)}}
	return p.onDeposit(ctx, who, Reverse, "deposit.hand_over_back", in, key, func(ctx context.Context, s store, d DepositEntry, _ actor.Scope) (any, error) {
		rows, err := s.releases(ctx, d.ID)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(rows, func(r ReleaseRow) bool { return r.ID == release && r.State == "handed_over" && r.Amount == 0 })
		switch {
		case in.Text == "":
			return nil, ErrReasonNeeded
		case at < 0:
			return nil, ErrNoRelease
		}
		if _, err = p.Ledger.Reverse(ctx, who, rows[at].Journal, d.Code, today); err != nil {
			return nil, err
		}
		return map[string]any{"interest_vnd": rows[at].Interest}, s.interestReleaseTakenBack(ctx, release)
	})
}

// depositTakenBack brings the register up to a result that is taken back: what was handed over stands on deposit again, its interest with it.
// A deposit with interest or a release under way is not undone.
func (p Payouts) depositTakenBack(ctx context.Context, s store, who actor.Actor, r standingResult, today day.Date) error {
	switch r.Kind {
	case ResultDeposited:
		return s.depositFree(ctx, r.ID)
	case ResultDepositReleased:
		code, journal, err := s.releaseTakenBack(ctx, r.ID)
		if err != nil || journal == 0 {
			return err
		}
		_, err = p.Ledger.Reverse(ctx, who, journal, code, today)
		return err
	default:
		return nil
	}
}

// DepositHistory is the interest and the releases of a deposit, oldest first.
func (p Payouts) DepositHistory(ctx context.Context, d DepositEntry) ([]InterestRow, []ReleaseRow, error) {
	s := store{p.DB.Read(ctx)}
	interests, err := s.interests(ctx, d.ID)
	if err != nil {
		return nil, nil, err
	}
	releases, err := s.releases(ctx, d.ID)
	return interests, releases, err
}
