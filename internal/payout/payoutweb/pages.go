package payoutweb

import (
	"net/url"
	"slices"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/listing"
	"matbang/internal/payout"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

func orderPath(code string) string { return "/payout-orders/" + url.PathEscape(code) }

func paymentPath(code string) string { return "/payments/" + url.PathEscape(code) }

type ordersPage struct {
	List                      listing.Answer[payout.Order]
	Filter                    payout.OrderFilter
	States, Methods, Projects []webkit.Choice
}

func (w Web) orders(c *webkit.Ctx) error {
	page := ordersPage{Filter: payout.OrderFilter{State: c.Query("state"), Project: c.Query("project"), Method: c.Query("method")},
		States: stateChoices(c), Methods: methodChoices(c)}
	var err error
	if page.List, err = w.Payouts.Orders(c.Context(), c.Actor(), page.Filter, newestFirst(c.List())); err != nil {
		return err
	}
	if page.Projects, err = w.projectChoices(c); err != nil {
		return err
	}
	return c.Show("payout/orders", page)
}

// newestFirst is the order of a list nobody has sorted.
func newestFirst(q listing.Query) listing.Query {
	if q.Sort == "" {
		q.Sort, q.Desc = "code", true
	}
	return q
}

func stateChoices(c *webkit.Ctx) []webkit.Choice {
	codes := make([]string, 0, 5)
	for _, s := range payout.OrderStates() {
		codes = append(codes, string(s))
	}
	return c.Choices("payout.state.", codes...)
}

func methodChoices(c *webkit.Ctx) []webkit.Choice {
	codes := make([]string, 0, 3)
	for _, m := range payout.Methods() {
		codes = append(codes, string(m))
	}
	return c.Choices("payout.method.", codes...)
}

func (w Web) projectChoices(c *webkit.Ctx) ([]webkit.Choice, error) {
	may := payout.Read
	if !c.Actor().Can(may) {
		may = payout.BridgeRead
	}
	return w.projectsOf(c, may)
}

func (w Web) projectsOf(c *webkit.Ctx, may actor.Permission) ([]webkit.Choice, error) {
	projects, err := w.Payouts.Projects(c.Context(), c.Actor(), may)
	choices := make([]webkit.Choice, 0, len(projects))
	for _, p := range projects {
		choices = append(choices, webkit.Choice{Value: p.Code, Text: p.Code + " " + p.Name})
	}
	return choices, err
}

// sign is a signature of an order, as the timeline shows it.
type sign struct{ Name, State, Word, Tone, Done, By, Due, Note, Doc, DocHref, Href string }

type orderPage struct {
	Order    payout.Order
	Payments []payout.Payment
	Signs    []sign
	Next     string // the step this person may do now
	Cancel   bool
	Barred   bool // has signed this order already, so the next step is another person's
	Reason   string
	Key      string
	History  []audit.Row

	Fund      payout.Fund
	Children  []payout.Relative
	MaySplit  bool
	Splitting bool               // the split was refused: its form stays open
	Move      []string           // the payments ticked in it
	Reissue   int                // returned payments that one button issues again
	Changed   int                // payees whose file differs from the approved copy
	Known     []payout.Reference // numbers of the treasury
	Noting    bool               // the signed-in person may note them
	Noted     noteForm
	Unchecked int // payees of a transfer whose account nobody has checked
}

// Moves tells whether a payment is ticked to be split off.
func (p orderPage) Moves(code string) bool { return slices.Contains(p.Move, code) }

// count fills the figures that stand over the table.
func (p *orderPage) count(may bool) {
	for _, y := range p.Payments {
		if y.State == payout.Returned && y.ReissuedBy == "" && may {
			p.Reissue++
		}
		if y.Changed {
			p.Changed++
		}
		if y.Method == payout.MethodTransfer && (y.OrderState == payout.OrderDraft || y.OrderState == payout.OrderSubmitted) && y.Account != string(payout.AccountChecked) {
			p.Unchecked++
		}
	}
}

func (w Web) order(c *webkit.Ctx) error {
	page, err := w.orderData(c)
	if err != nil {
		return err
	}
	return c.Show("payout/order", page)
}

func (w Web) orderData(c *webkit.Ctx) (orderPage, error) {
	page := orderPage{Key: c.NewKey()}
	var err error
	if page.Order, err = w.Payouts.Order(c.Context(), c.Actor(), c.Param("code")); err != nil {
		return page, err
	}
	c.Crumb(c.T("menu.payouts"), "/payout-orders")
	c.Crumb(page.Order.Code, "")
	o, who := page.Order, c.Actor()
	page.Next, page.Cancel = o.Next(who), o.Cancellable() && who.Can(payout.Cancel)
	page.Barred = page.Next == "" && (o.State == payout.OrderSubmitted && who.Can(payout.Approve) || o.State == payout.OrderApproved && who.Can(payout.Release))
	page.Signs = signs(c, o, page.Next)
	if page.Payments, err = w.Payouts.PaymentsOf(c.Context(), o.ID); err != nil {
		return page, err
	}
	page.count(who.Can(payout.Make) && o.State == payout.OrderReleased)
	page.MaySplit = who.Can(payout.Make) && o.MadeByID == who.ID && len(page.Payments) > 1 && (o.State == payout.OrderDraft || o.State == payout.OrderSubmitted)
	if page.Fund, err = w.Payouts.FundOf(c.Context(), o); err != nil {
		return page, err
	}
	if page.Children, err = w.Payouts.ChildrenOf(c.Context(), o.ID); err != nil {
		return page, err
	}
	page.Noting = o.State == payout.OrderReleased && who.Can(payout.RecordResult)
	if page.Known, err = w.Payouts.ReferencesOf(c.Context(), o.ID); err != nil {
		return page, err
	}
	page.History, err = w.Payouts.Log.History(c.Context(), "order", o.Code, 20)
	return page, err
}

// signs are maker, approver and releaser with name and time; the next one is marked, and called this person's when it is.
func signs(c *webkit.Ctx, o payout.Order, next string) []sign {
	steps := []struct {
		name, by string
		at       *time.Time
		open     bool
	}{
		{"submit", o.MadeBy, o.SubmittedAt, o.State == payout.OrderDraft},
		{"approve", o.ApprovedBy, o.ApprovedAt, o.State == payout.OrderSubmitted},
		{"second-approve", o.SecondBy, o.SecondAt, o.State == payout.OrderApproved && o.SecondAt == nil},
		{"release", o.ReleasedBy, o.ReleasedAt, o.State == payout.OrderApproved && (!o.SecondNeeded || o.SecondAt != nil)},
	}
	if !o.SecondNeeded {
		steps = slices.Delete(steps, 2, 3)
	}
	shown := make([]sign, 0, len(steps)+1)
	for _, step := range steps {
		s := sign{Name: c.T("payout.sign." + step.name), State: "todo"}
		switch {
		case step.at != nil:
			s.State, s.Done, s.By = "done", c.T("payout.sign.at", *step.at), step.by
		case step.open:
			s.State, s.Word, s.Tone, s.Note = "now", c.T("payout.sign.waits"), "info", step.by
		}
		if next == step.name {
			s.Word, s.Tone = c.T("payout.sign.yours"), "warn"
		}
		shown = append(shown, s)
	}
	if o.CancelledAt != nil {
		shown = append(shown, sign{Name: c.T("payout.state.cancelled"), State: "late", Done: c.T("payout.sign.at", *o.CancelledAt), By: o.CancelledBy, Note: o.CancelReason})
	}
	return shown
}

type paymentsPage struct {
	List             listing.Answer[payout.Payment]
	Filter           payout.PaymentFilter
	States, Projects []webkit.Choice
}

func (w Web) payments(c *webkit.Ctx) error {
	page := paymentsPage{Filter: payout.PaymentFilter{State: c.Query("state"), Project: c.Query("project"), Case: c.Query("case")}}
	for _, s := range payout.PaymentStates() {
		page.States = append(page.States, webkit.Choice{Value: string(s), Text: c.T("payout.payment.state." + string(s))})
	}
	c.Crumb(c.T("menu.payouts"), "/payout-orders")
	c.Crumb(c.T("payout.payments"), "")
	var err error
	if page.List, err = w.Payouts.Payments(c.Context(), c.Actor(), page.Filter, newestFirst(c.List())); err != nil {
		return err
	}
	if page.Projects, err = w.projectChoices(c); err != nil {
		return err
	}
	return c.Show("payout/payments", page)
}

type paymentPage struct {
	Payment  payout.Payment
	Results  []payout.ResultRow
	Form     resultForm
	Kinds    []webkit.Choice // paid or returned, as the state allows
	Deposit  bool
	Most     map[string]string // what a form offers: all that its result could be about
	Divided  []divided
	Evidence []webkit.Choice
	Grounds  []webkit.Choice // of a deposit
	Details  typed           // of a deposit or a representative, as they were typed
	Key      string
}

func (w Web) payment(c *webkit.Ctx) error {
	page, err := w.paymentData(c)
	if err != nil {
		return err
	}
	return c.Show("payout/payment", page)
}

func (w Web) paymentData(c *webkit.Ctx) (paymentPage, error) {
	page := paymentPage{Key: c.NewKey(), Grounds: groundChoices(c)}
	var err error
	if page.Payment, page.Results, err = w.Payouts.Payment(c.Context(), c.Actor(), c.Param("code")); err != nil {
		return page, err
	}
	c.Crumb(c.T("menu.payouts"), "/payout-orders")
	c.Crumb(page.Payment.OrderCode, orderPath(page.Payment.OrderCode))
	c.Crumb(page.Payment.Code, "")
	// Whoever records results compares the numbers with the bank's every day; all others open them on the holder's page, with a reason that is logged.
	if who := c.Actor(); !who.Can("identity:open") || !who.Can(payout.RecordResult) {
		page.Payment, page.Results = masked(page.Payment), maskedResults(page.Results)
	}
	for _, kind := range page.Payment.May() {
		switch kind {
		case payout.ResultDeposited:
			page.Deposit = true
		case payout.ResultDepositReleased: // on the deposit's own page
		default:
			page.Kinds = append(page.Kinds, webkit.Choice{Value: string(kind), Text: c.T("payout.result." + string(kind))})
		}
	}
	page.Evidence = evidenceChoices(c)
	page.Most, page.Divided = mostOf(page.Payment), dividedOf(page.Payment)
	return page, nil
}

func mostOf(p payout.Payment) map[string]string {
	return map[string]string{"result": p.Most(payout.ResultPaid).String(), "deposit": p.Most(payout.ResultDeposited).String()}
}

// divided is a part of a payment that has several.
type divided struct {
	Part   string
	Amount vnd.Amount
}

func dividedOf(p payout.Payment) []divided {
	return slices.DeleteFunc([]divided{{"open", p.Open}, {"paid", p.Paid}, {"returned", p.Returned}, {"reissued", p.Reissued}, {"deposited", p.Deposited}},
		func(d divided) bool { return d.Amount == 0 })
}

// masked hides identity and account but their last signs.
func masked(p payout.Payment) payout.Payment {
	p.IdentityNo, p.AccountNo = webkit.Mask(p.IdentityNo), webkit.Mask(p.AccountNo)
	return p
}

// maskedResults hides the identity of those who signed for the payee.
func maskedResults(results []payout.ResultRow) []payout.ResultRow {
	for i := range results {
		results[i].IdentityNo = webkit.Mask(results[i].IdentityNo)
	}
	return results
}
