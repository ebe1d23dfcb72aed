package payout

import (
	"errors"
	"slices"
	"testing"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/vnd"
)

// A result takes its amount out of one part of a payment, or is refused; the state says what is most pressing afterwards.
func TestResultsDivideAPayment(t *testing.T) {
	for _, c := range []struct {
		name   string
		before Divided
		kind   ResultKind
		amount vnd.Amount
		after  Divided
		state  PaymentState
		code   string
	}{
		{"the whole", Divided{Open: 100}, ResultPaid, 100, Divided{Paid: 100}, Paid, ""},
		{"a part", Divided{Open: 100}, ResultPaid, 40, Divided{Open: 60, Paid: 40}, Part, ""},
		{"the rest", Divided{Open: 60, Paid: 40}, ResultPaid, 60, Divided{Paid: 100}, Paid, ""},
		{"more than the rest", Divided{Open: 60, Paid: 40}, ResultPaid, 61, Divided{}, "", "payout.above_open"},
		{"the rest comes back", Divided{Open: 60, Paid: 40}, ResultReturned, 60, Divided{Paid: 40, Returned: 60}, Returned, ""},
		{"what was paid comes back", Divided{Open: 10, Paid: 90}, ResultReturned, 90, Divided{Open: 10, Returned: 90}, Part, ""},
		{"part of the rest is held", Divided{Open: 60, Paid: 40}, ResultDeposited, 20, Divided{Open: 40, Paid: 40, Deposited: 20}, Part, ""},
		{"what came back is held", Divided{Paid: 40, Returned: 60}, ResultDeposited, 60, Divided{Paid: 40, Deposited: 60}, Deposited, ""},
		{"what came back and is issued again is not held", Divided{Paid: 40, Returned: 60, Reissued: 60}, ResultDeposited, 60, Divided{}, "", "payout.reissued"},
		{"what was paid comes back later than the rest", Divided{Paid: 40, Returned: 60, Reissued: 60}, ResultReturned, 40, Divided{Returned: 100, Reissued: 60}, Returned, ""},
		{"part of a deposit is handed over", Divided{Deposited: 100}, ResultDepositReleased, 30, Divided{Paid: 30, Deposited: 70}, Deposited, ""},
		{"paid twice", Divided{Paid: 100}, ResultPaid, 100, Divided{}, "", "payout.result_stands"},
		{"handed over without a deposit", Divided{Open: 100}, ResultDepositReleased, 100, Divided{}, "", "payout.result_stands"},
		{"nothing", Divided{Open: 100}, ResultPaid, 0, Divided{}, "", "amount_positive"},
		{"less than nothing", Divided{Open: 100}, ResultPaid, -1, Divided{}, "", "amount_positive"},
		{"a reversal by itself", Divided{Paid: 100}, ResultReversed, 100, Divided{}, "", "payout.result_stands"},
	} {
		at := &target{Code: "P", OrderState: OrderReleased, Divided: c.before}
		if c.before.Reissued > 0 {
			at.ReissuedBy = "Q"
		}
		r := Result{PaymentCode: "P", Kind: c.kind, Day: day.Must("2023-12-10"), Amount: c.amount, Reason: "x", EvidenceRef: "x"}
		_, err := movesOf([]Result{r}, map[string]*target{"P": at}, day.Must("2023-12-20"))
		var f *fault.Fault
		switch {
		case c.code != "":
			if !errors.As(err, &f) || f.Fields[0].Code != c.code {
				t.Errorf("%s: %v", c.name, err)
			}
		case err != nil || at.Divided != c.after || at.state() != c.state:
			t.Errorf("%s: %+v %s %v", c.name, at.Divided, at.state(), err)
		}
	}
}

// Taking a result back restores what stood before it, unless its money has been carried on.
func TestResultsTakenBack(t *testing.T) {
	for _, c := range []struct {
		name   string
		before Divided
		result standingResult
		after  Divided
		err    error
	}{
		{"the only one", Divided{Paid: 100}, standingResult{Kind: ResultPaid, From: Ordered, Amount: 100}, Divided{Open: 100}, nil},
		{"the first of two", Divided{Paid: 100}, standingResult{Kind: ResultPaid, From: Ordered, Amount: 40}, Divided{Open: 40, Paid: 60}, nil},
		{"a return of paid money", Divided{Returned: 100}, standingResult{Kind: ResultReturned, From: Paid, Amount: 100}, Divided{Paid: 100}, nil},
		{"money that came back since", Divided{Returned: 100}, standingResult{Kind: ResultPaid, From: Ordered, Amount: 100}, Divided{}, ErrCarriedOn},
		{"a return that is issued again", Divided{Returned: 100, Reissued: 100}, standingResult{Kind: ResultReturned, From: Ordered, Amount: 100}, Divided{}, fault.Conflicting("payout.reissued")},
	} {
		at := &target{Divided: c.before}
		if c.before.Reissued > 0 {
			at.ReissuedBy = "Q"
		}
		if _, err := at.takenBack(c.result); !errors.Is(err, c.err) || err == nil && at.Divided != c.after {
			t.Errorf("%s: %+v %v", c.name, at.Divided, err)
		}
	}
}

func TestWhoMayDoWhichStep(t *testing.T) {
	const maker, approver, third = 1, 2, 3
	order := func(s OrderState) Order { return Order{State: s, MadeByID: maker, ApprovedByID: approver} }
	submit, approve, release := Order.maySubmit, Order.mayApprove, Order.mayRelease
	for _, c := range []struct {
		name  string
		order Order
		may   func(Order, id.User) error
		who   id.User
		want  error
	}{
		{"the maker submits", order(OrderDraft), submit, maker, nil},
		{"another submits", order(OrderDraft), submit, third, ErrNotMaker},
		{"submitted twice", order(OrderSubmitted), submit, maker, errState(Order{})},
		{"a second approves", order(OrderSubmitted), approve, approver, nil},
		{"the maker approves", order(OrderSubmitted), approve, maker, ErrMaker},
		{"a draft is approved", order(OrderDraft), approve, approver, errState(Order{})},
		{"a third releases", order(OrderApproved), release, third, nil},
		{"the maker releases", order(OrderApproved), release, maker, ErrThreePersons},
		{"the approver releases", order(OrderApproved), release, approver, ErrThreePersons},
		{"released without approval", order(OrderSubmitted), release, third, errState(Order{})},
		{"released twice", order(OrderReleased), release, third, errState(Order{})},
	} {
		if err := c.may(c.order, c.who); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	for _, c := range []struct {
		state  OrderState
		reason string
		want   error
	}{
		{OrderDraft, "sai", nil}, {OrderSubmitted, "sai", nil}, {OrderApproved, "sai", nil}, {OrderDraft, "  ", ErrReasonNeeded},
		{OrderReleased, "sai", errState(Order{})}, {OrderCancelled, "sai", errState(Order{})},
	} {
		if err := order(c.state).mayCancel(c.reason); !errors.Is(err, c.want) {
			t.Errorf("cancelling %s: %v", c.state, err)
		}
	}
}

func TestEnteredOrder(t *testing.T) {
	good := NewOrder{Project: "7654321", Method: MethodCash, Source: "city", Lines: []NewLine{{CaseCode: "HS-1", PlanCode: "PA-1", Amount: 1}}}
	if err := good.check(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		field  string
		change func(*NewOrder)
	}{
		{"project", func(o *NewOrder) { o.Project = "" }},
		{"method", func(o *NewOrder) { o.Method = "gold" }},
		{"source", func(o *NewOrder) { o.Source = "" }},
		{"lines", func(o *NewOrder) { o.Lines = nil }},
		{"lines", func(o *NewOrder) { o.Lines = make([]NewLine, MaxLines+1) }},
		{"lines[0].amount", func(o *NewOrder) { o.Lines = []NewLine{{AwardID: 1, Amount: -5}} }},
		{"lines[0].case", func(o *NewOrder) { o.Lines = []NewLine{{CaseCode: "HS-1", Amount: 5}} }},
	} {
		in := good
		c.change(&in)
		if fields := fieldsOf(in.check()); !slices.Contains(fields, c.field) {
			t.Errorf("%s is not refused: %v", c.field, fields)
		}
	}
	if err := (NewOrder{Project: "1", Method: MethodCash, Source: "c", Lines: []NewLine{{ReissueOf: "GPMB23T00001"}}}).check(); err != nil {
		t.Errorf("money issued again needs no amount: %v", err)
	}
}

func TestAssemble(t *testing.T) {
	facts := func() *drafting {
		return &drafting{
			awards: map[id.Award]awardFacts{
				1: {ID: 1, CaseCode: "HS-1", Approved: true, Net: 100, Claimed: 40, parties: []party{{AwardID: 1, ID: 11, Name: "A", ShareBP: 3334}, {AwardID: 1, ID: 12, Name: "B", ShareBP: 6666}, {AwardID: 1, ID: 13, Name: "C"}}},
				2: {ID: 2, CaseCode: "HS-2", Approved: false, Net: 100},
				3: {ID: 3, CaseCode: "HS-3", Approved: true, Net: 100},
				4: {ID: 4, CaseCode: "HS-4", Approved: true, Net: 100, parties: []party{{AwardID: 4, ID: 41, Name: "D", ShareBP: 10000, LiveOrder: "CT-2023-001"}}},
				5: {ID: 5, CaseCode: "HS-5", Approved: true, Net: 100, Claimed: 100, parties: []party{{AwardID: 5, ID: 51, Name: "E", ShareBP: 10000}}},
			},
			originals: map[string]original{
				"back": {ID: 9, Code: "back", AwardID: 5, PartyID: 51, Free: 70, State: Returned},
				"paid": {ID: 8, Code: "paid", AwardID: 5, PartyID: 51, State: Paid},
				"gone": {ID: 7, Code: "gone", AwardID: 5, PartyID: 51, State: Returned, Reissued: "GPMB23T00009"},
			}}
	}
	payments, err := facts().assemble([]NewLine{{AwardID: 1, Amount: 60}, {ReissueOf: "back", AwardID: 5}})
	want := []newPayment{{0, 1, 11, "A", 21, 0}, {0, 1, 12, "B", 39, 0}, {0, 5, 51, "E", 70, 9}}
	if err != nil || !slices.Equal(payments, want) {
		t.Errorf("%+v %v", payments, err)
	}
	for _, c := range []struct {
		name, field, code string
		lines             []NewLine
	}{
		{"more than is left", "lines[0].amount", "payout.above_left", []NewLine{{AwardID: 1, Amount: 61}}},
		{"not there", "lines[0].case", "payout.award_missing", []NewLine{{AwardID: 99, Amount: 1}}},
		{"plan not approved", "lines[0].case", "payout.plan_not_approved", []NewLine{{AwardID: 2, Amount: 1}}},
		{"nobody entitled", "lines[0].case", "payout.no_payee", []NewLine{{AwardID: 3, Amount: 1}}},
		{"in another order", "lines[0].case", "payout.payee_in_order", []NewLine{{AwardID: 4, Amount: 1}}},
		{"twice", "lines[1].case", "payout.line_twice", []NewLine{{AwardID: 1, Amount: 30}, {AwardID: 1, Amount: 30}}},
		{"not returned", "lines[0].reissue_of", "payout.not_returned", []NewLine{{ReissueOf: "paid", AwardID: 5}}},
		{"issued again already", "lines[0].reissue_of", "payout.reissued", []NewLine{{ReissueOf: "gone", AwardID: 5}}},
		{"unknown", "lines[0].reissue_of", "payout.payment_missing", []NewLine{{ReissueOf: "none"}}},
		{"in parts", "lines[0].amount", "payout.reissue_amount", []NewLine{{ReissueOf: "back", AwardID: 5, Amount: 69}}},
	} {
		_, err := facts().assemble(c.lines)
		var f *fault.Fault
		if !errors.As(err, &f) || f.Fields[0].Name != c.field || f.Fields[0].Code != c.code {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestResultsAgainstPayments(t *testing.T) {
	today := day.Must("2023-12-20")
	stands := target{Code: "P", OrderCode: "CT", OrderState: OrderReleased, Method: MethodTransfer, ReleasedOn: day.Must("2023-12-10"), Amount: 100, Divided: Divided{Open: 100}}
	good := Result{PaymentCode: "P", Kind: ResultPaid, Day: day.Must("2023-12-10"), Amount: 100, EvidenceKind: EvidenceBankAdvice, EvidenceRef: "GBN"}
	fresh := stands
	if _, err := movesOf([]Result{good}, map[string]*target{"P": &fresh}, today); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		field, code string
		change      func(*Result, *target)
	}{
		{"results[0].payment", "payout.not_released", func(_ *Result, t *target) { t.OrderState = OrderApproved }},
		{"results[0].payment", "payout.result_stands", func(_ *Result, t *target) { t.Divided = Divided{Paid: 100} }},
		{"results[0].payment", "payout.result_stands", func(r *Result, _ *target) { r.Kind = ResultDepositReleased }},
		{"results[0].payment", "payout.reissued", func(r *Result, t *target) {
			r.Kind, t.Divided, t.ReissuedBy = ResultDeposited, Divided{Returned: 100, Reissued: 100}, "Q"
		}},
		{"results[0].kind", "payout.deposit_first", func(_ *Result, t *target) { t.Method = MethodDeposit }},
		{"results[0].amount", "payout.above_open", func(r *Result, _ *target) { r.Amount = 101 }},
		{"results[0].day", "required", func(r *Result, _ *target) { r.Day = day.Date{} }},
		{"results[0].day", "day_future", func(r *Result, _ *target) { r.Day = today.Add(1) }},
		{"results[0].day", "payout.before_release", func(r *Result, _ *target) { r.Day = day.Must("2023-12-09") }},
		{"results[0].reason", "required", func(r *Result, _ *target) { r.Kind = ResultReturned }},
		{"results[0].evidence_ref", "required", func(r *Result, _ *target) { r.EvidenceRef = " " }},
	} {
		r, at := good, stands
		c.change(&r, &at)
		_, err := movesOf([]Result{r}, map[string]*target{"P": &at}, today)
		var f *fault.Fault
		if !errors.As(err, &f) || f.Fields[0].Name != c.field || f.Fields[0].Code != c.code {
			t.Errorf("%s %s: %v", c.field, c.code, err)
		}
	}
}

// What cancelling gives back is what submitting took up.
func TestGiveBackMirrorsTakeUp(t *testing.T) {
	payments := []held{{CaseID: 1, Amount: 10}, {CaseID: 2, Amount: 20, Again: true}}
	sums := map[ledger.Account]int64{}
	for _, p := range append(takeUp(payments), giveBack(payments)...) {
		sums[p.Account] += int64(p.Amount)
	}
	if up := takeUp(payments); up[0].Account != ledger.NotOrdered || up[2].Account != ledger.Returned {
		t.Errorf("%+v", up)
	}
	for account, sum := range sums {
		if sum != 0 {
			t.Errorf("%s keeps %d", account, sum)
		}
	}
}

func fieldsOf(err error) []string {
	var f *fault.Fault
	var names []string
	if errors.As(err, &f) {
		for _, x := range f.Fields {
			names = append(names, x.Name)
		}
	}
	return names
}
