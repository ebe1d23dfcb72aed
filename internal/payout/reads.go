package payout

import (
	"context"
	"slices"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/legal"
	"matbang/internal/listing"
	"matbang/internal/vnd"
)

// OrderFilter chooses orders of a list; empty fields do not limit.
type OrderFilter struct{ State, Project, Method string }

// Orders lists orders in the person's scope, searched in their codes and the names of their works.
func (p Payouts) Orders(ctx context.Context, who actor.Actor, f OrderFilter, q listing.Query) (listing.Answer[Order], error) {
	scope, err := who.Require(Read)
	if err != nil {
		return listing.Answer[Order]{}, err
	}
	return store{p.DB.Read(ctx)}.orders(ctx, scope, f, q)
}

// Order reads one order. Refuses: payout.missing.
func (p Payouts) Order(ctx context.Context, who actor.Actor, code string) (Order, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return Order{}, err
	}
	return store{p.DB.Read(ctx)}.order(ctx, scope, code)
}

// PaymentsOf lists every payment of an order the caller has got through Order, in the order of their codes.
func (p Payouts) PaymentsOf(ctx context.Context, order id.Order) ([]Payment, error) {
	return store{p.DB.Read(ctx)}.paymentsOf(ctx, order)
}

// PaymentFilter chooses payments of a list; empty fields do not limit.
type PaymentFilter struct{ State, Project, Case string }

// Payments lists payments in the person's scope, searched in their codes and payees.
func (p Payouts) Payments(ctx context.Context, who actor.Actor, f PaymentFilter, q listing.Query) (listing.Answer[Payment], error) {
	scope, err := who.Require(Read)
	if err != nil {
		return listing.Answer[Payment]{}, err
	}
	return store{p.DB.Read(ctx)}.payments(ctx, scope, f, q)
}

// Payment reads one payment with its results, oldest first. Refuses: payout.payment_unknown.
func (p Payouts) Payment(ctx context.Context, who actor.Actor, code string) (Payment, []ResultRow, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return Payment{}, nil, err
	}
	s := store{p.DB.Read(ctx)}
	payment, err := s.payment(ctx, scope, code)
	if err != nil {
		return Payment{}, nil, err
	}
	results, err := s.results(ctx, payment.ID)
	return payment, results, err
}

// Payable is an award with what may still be ordered of it, in đồng.
type Payable struct {
	AwardID   id.Award   `db:"award_id"`
	CaseCode  string     `db:"case_code"`
	PlanCode  string     `db:"plan_code"`
	Holder    string     `db:"holder"`
	Total     vnd.Amount `db:"total"`
	Deducted  vnd.Amount `db:"deducted"`
	Net       vnd.Amount `db:"net"`
	Claimed   vnd.Amount `db:"claimed"` // in live orders or with a result
	Paid      vnd.Amount `db:"paid"`
	Waiting   string     `db:"waiting"`   // the order this award stands in without a result: until then no other takes it
	Obstacle  string     `db:"obstacle"`  // an open obstacle of the case
	Account   string     `db:"account"`   // checked, waiting, refused or none: the worst of those entitled
	Effective day.Date   `db:"effective"` // of the plan's decision
	Base      day.Date   `db:"base"`      // when the clock of payment began; zero while it has not
	Days      int        `db:"days"`
	Due       day.Date   `db:"-"`
}

// PayableFilter chooses awards of a work; empty fields do not limit. Only what has something left is ever offered.
type PayableFilter struct {
	Ward, Plan, Text string
	From, To, Due    day.Date // the plan's effective day, both inside; due not after
	Free, Checked    bool     // no open obstacle; every account of those entitled checked
}

// Left is what may still be ordered.
func (p Payable) Left() vnd.Amount { return p.Net - p.Claimed }

// Again is a returned payment that may be issued again.
type Again struct {
	Code     string     `db:"code"`
	CaseCode string     `db:"case_code"`
	PlanCode string     `db:"plan_code"`
	Payee    string     `db:"payee_name"`
	Amount   vnd.Amount `db:"amount"`
	Day      day.Date   `db:"day"`
	Reason   string     `db:"reason"`
}

// Payables is what the form of a new order offers: awards of approved plans with something left, and returned payments. Refuses a work that
// is not there.
func (p Payouts) Payables(ctx context.Context, who actor.Actor, project string, f PayableFilter) (awards []Payable, again []Again, err error) {
	scope, err := who.Require(Make)
	if err != nil {
		return nil, nil, err
	}
	s := store{p.DB.Read(ctx)}
	projectID, err := s.projectID(ctx, scope, project)
	if err != nil {
		return nil, nil, err
	}
	if awards, err = s.payables(ctx, projectID, f); err != nil {
		return nil, nil, err
	}
	calendar, err := legal.Rules{DB: p.DB}.Calendar(ctx)
	if err != nil {
		return nil, nil, err
	}
	awards = dueBy(awards, calendar, f.Due)
	again, err = s.again(ctx, projectID)
	return awards, again, err
}

// dueBy tells each award's last day to pay, by its rule set, and keeps those due by a day.
func dueBy(awards []Payable, calendar legal.Calendar, by day.Date) []Payable {
	kept := awards[:0]
	for _, a := range awards {
		if !a.Base.IsZero() && a.Days > 0 {
			a.Due = calendar.DueDay(a.Base, a.Days)
		}
		if by.IsZero() || !a.Due.IsZero() && !a.Due.After(by) {
			kept = append(kept, a)
		}
	}
	return kept
}

// Places are the wards and approved plans of a work, to filter by.
func (p Payouts) Places(ctx context.Context, who actor.Actor, project string) (wards, plans []Choice, err error) {
	scope, err := who.Require(Make)
	if err != nil {
		return nil, nil, err
	}
	s := store{p.DB.Read(ctx)}
	projectID, err := s.projectID(ctx, scope, project)
	if err != nil {
		return nil, nil, err
	}
	if err := s.q.SelectContext(ctx, &wards, `SELECT w.code, w.name FROM ward w WHERE w.id IN (SELECT ward_id FROM land_case WHERE project_id = $1) ORDER BY w.code LIMIT 500`, projectID); err != nil {
		return nil, nil, err
	}
	err = s.q.SelectContext(ctx, &plans, `SELECT code, name FROM plan WHERE project_id = $1 AND state = 'approved' ORDER BY code LIMIT 500`, projectID)
	return wards, plans, err
}

// Choice is an entry of a list to choose from.
type Choice struct {
	Code string `db:"code"`
	Name string `db:"name"`
}

// Sources lists the sources of funding in their order.
func (p Payouts) Sources(ctx context.Context) ([]Choice, error) {
	rows := []Choice{}
	err := p.DB.Read(ctx).SelectContext(ctx, &rows, `SELECT code, name FROM funding_source ORDER BY rank, code LIMIT 500`)
	return rows, err
}

// Projects lists the works in the person's scope that have money in the book.
func (p Payouts) Projects(ctx context.Context, who actor.Actor, may actor.Permission) ([]Choice, error) {
	scope, err := who.Require(may)
	if err != nil {
		return nil, err
	}
	return store{p.DB.Read(ctx)}.projects(ctx, scope)
}

// Open is a work with money to order, in đồng.
type Open struct {
	Code       string     `db:"code"`
	Name       string     `db:"name"`
	NotOrdered vnd.Amount `db:"not_ordered"`
	Returned   vnd.Amount `db:"returned"`
}

// OpenProjects lists the works in which something can be ordered.
func (p Payouts) OpenProjects(ctx context.Context, who actor.Actor) ([]Open, error) {
	scope, err := who.Require(Make)
	if err != nil {
		return nil, err
	}
	return store{p.DB.Read(ctx)}.openProjects(ctx, scope)
}

// BridgeFilter chooses what a bridge is about; empty fields do not limit.
type BridgeFilter struct {
	Project, Case string
	AsOf          day.Date
}

// ProjectBridge is the bridge of one work.
type ProjectBridge struct {
	Code          string `json:"project"`
	Name          string `json:"project_name"`
	ledger.Bridge `json:"bridge"`
}

// Fault is the first entry of the book that does not add up.
type Fault struct {
	Kind      string   `db:"kind"`
	Reference string   `db:"reference"`
	Day       day.Date `db:"day"`
}

// BridgeView is the way from approved to paid, whole and by work, at one moment. Since is set only when it does not close and the book says
// where that began.
type BridgeView struct {
	Total    ledger.Bridge
	Projects []ProjectBridge
	Since    *Fault
}

// Bridge reads the book in the person's scope. Refuses: a work or case that is not there.
func (p Payouts) Bridge(ctx context.Context, who actor.Actor, f BridgeFilter) (BridgeView, error) {
	scope, err := who.Require(BridgeRead)
	if err != nil {
		return BridgeView{}, err
	}
	view := BridgeView{Projects: []ProjectBridge{}}
	err = p.DB.Snapshot(ctx, func(ctx context.Context) error {
		s := store{p.DB.Read(ctx)}
		limits, err := s.limits(ctx, scope, f)
		if err != nil {
			return err
		}
		byProject, err := p.Ledger.ByProject(ctx, limits)
		if err != nil {
			return err
		}
		names, err := s.projectNames(ctx, byProject)
		if err != nil {
			return err
		}
		for project, b := range byProject {
			view.Total = view.Total.Plus(b)
			view.Projects = append(view.Projects, ProjectBridge{names[project].Code, names[project].Name, b})
		}
		slices.SortFunc(view.Projects, func(a, b ProjectBridge) int { return strings.Compare(a.Code, b.Code) })
		if view.Total.Difference != 0 {
			view.Since, err = s.firstFault(ctx)
		}
		return err
	})
	return view, err
}

func (s store) limits(ctx context.Context, scope actor.Scope, f BridgeFilter) (ledger.Limits, error) {
	limits := ledger.Limits{AsOf: f.AsOf, Scope: scope}
	var err error
	if f.Project != "" {
		if limits.Project, err = s.projectID(ctx, scope, f.Project); err != nil {
			return limits, err
		}
	}
	if f.Case != "" {
		limits.Case, err = s.caseID(ctx, scope, f.Case)
	}
	return limits, err
}

// Next is the step of an order that a person may do now, or nothing: what the page highlights. The act itself decides.
func (o Order) Next(who actor.Actor) string {
	switch {
	case o.State == OrderDraft && who.Can(Make) && o.maySubmit(who.ID) == nil:
		return "submit"
	case o.State == OrderSubmitted && who.Can(Approve) && o.mayApprove(who.ID) == nil:
		return "approve"
	case o.waitsForSecond() && who.Can(Approve) && o.maySecond(who.ID) == nil:
		return "second-approve"
	case o.State == OrderApproved && who.Can(Release) && o.mayRelease(who.ID) == nil:
		return "release"
	default:
		return ""
	}
}

// Cancellable tells whether an order can still be cancelled.
func (o Order) Cancellable() bool { return o.State != OrderReleased && o.State != OrderCancelled }

// May lists the results that could be recorded of a payment now.
func (p Payment) May() []ResultKind {
	var may []ResultKind
	if p.OrderState != OrderReleased {
		return may
	}
	for _, k := range []ResultKind{ResultPaid, ResultReturned, ResultDeposited, ResultDepositReleased} {
		if p.Most(k) > 0 && (k != ResultPaid || p.Method != MethodDeposit) {
			may = append(may, k)
		}
	}
	return may
}

// Most is what a result of a kind could be about now at the most, in đồng.
func (p Payment) Most(k ResultKind) vnd.Amount {
	_, most := p.source(k, 0)
	return most
}

// Reversible tells whether a person may take the last result back here; what a statement line proves is undone in reconciliation.
func (p Payment) Reversible() bool {
	told := p.Amount > p.Open && !p.ResultDay.IsZero()
	return told && !p.FromBank && p.Reissued == 0
}
