package app

import (
	"context"
	"fmt"
	"io/fs"

	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/payout"
	"matbang/internal/recon"
	"matbang/internal/vnd"
)

func (s *sampleCity) bankAccounts(ctx context.Context) error {
	return each(s.files, "bank_accounts.csv", func(r record) error {
		return s.Rooms.Bank.AddAccount(ctx, s.as("accountant"), bank.Account{Code: r.text("code"), Name: r.text("name"), Bank: r.text("bank"),
			Number: r.text("number"), Profile: r.text("profile"), Sample: true})
	})
}

// sampleOrder is an order of the files; code is the one the system gives it.
type sampleOrder struct {
	key, code string
	version   int // every act raises it by one
	payout.NewOrder
}

func (s *sampleCity) orderEvents() ([]event, error) {
	plans, err := s.planOfCase()
	if err != nil {
		return nil, err
	}
	lines, err := grouped(s.files, "order_lines.csv", "order", func(r record) payout.NewLine {
		return payout.NewLine{CaseCode: r.text("case"), PlanCode: plans[r.text("case")], Amount: r.money("amount"), ReissueOf: r.text("reissue_of")}
	})
	if err != nil {
		return nil, err
	}
	var events []event
	err = each(s.files, "orders.csv", func(r record) error {
		o := &sampleOrder{key: r.text("key"), NewOrder: payout.NewOrder{Project: r.text("project"), Method: payout.Method(r.text("method")),
			Source: r.text("source"), Content: r.text("content"), Lines: lines[r.text("key")]}}
		reason := r.text("cancel_reason")
		for _, step := range []struct {
			on day.Date
			do func(ctx context.Context, today day.Date) error
		}{
			{r.day("made_on"), func(ctx context.Context, today day.Date) error { return s.makeOrder(ctx, o, today) }},
			{r.day("approved_on"), func(ctx context.Context, _ day.Date) error {
				return s.approveOrder(ctx, o)
			}},
			{r.day("released_on"), func(ctx context.Context, today day.Date) error {
				return s.Rooms.Payouts.Release(ctx, s.as("director"), o.code, o.next(), key("release", o.key), today)
			}},
			{r.day("cancelled_on"), func(ctx context.Context, today day.Date) error {
				return s.Rooms.Payouts.Cancel(ctx, s.as("accountant"), o.code, o.next(), reason, key("cancel", o.key), today)
			}},
		} {
			if !step.on.IsZero() {
				events = append(events, event{step.on, rankOrder, step.do})
			}
		}
		return nil
	})
	return events, err
}

// planOfCase is the plan that awards each case.
func (s *sampleCity) planOfCase() (map[string]string, error) {
	plans := map[string]string{}
	err := each(s.files, "award_lines.csv", func(r record) error {
		plans[r.text("case")] = r.text("plan")
		return nil
	})
	return plans, err
}

func (s *sampleCity) makeOrder(ctx context.Context, o *sampleOrder, today day.Date) error {
	code, err := s.Rooms.Payouts.Draft(ctx, s.as("accountant"), o.NewOrder, key("draft", o.key), today)
	if err != nil {
		return fmt.Errorf("order %s: %w", o.key, err)
	}
	o.code = code
	return s.Rooms.Payouts.Submit(ctx, s.as("accountant"), code, o.next(), key("submit", o.key), today)
}

// approveOrder is the chief accountant's step, and the deputy's of an order above the office's limit.
func (s *sampleCity) approveOrder(ctx context.Context, o *sampleOrder) error {
	if err := s.Rooms.Payouts.Approve(ctx, s.as("chief-accountant"), o.code, o.next(), key("approve", o.key)); err != nil {
		return err
	}
	made, err := s.Rooms.Payouts.Order(ctx, s.as("chief-accountant"), o.code)
	if err != nil || !made.SecondNeeded {
		return err
	}
	return s.Rooms.Payouts.ApproveAgain(ctx, s.as("deputy-chief"), o.code, o.next(), key("second", o.key))
}

// next is the version an act is shown, counted here because nobody else touches the sample's orders.
func (o *sampleOrder) next() int {
	o.version++
	return o.version
}

func (s *sampleCity) resultEvents() ([]event, error) {
	amounts := map[string]vnd.Amount{}
	if err := each(s.files, "payments.csv", func(r record) error {
		amounts[r.text("code")] = r.money("amount")
		return nil
	}); err != nil {
		return nil, err
	}
	byHand := map[bool][]payout.Result{}
	if err := each(s.files, "results.csv", func(r record) error {
		result := payout.Result{PaymentCode: r.text("payment"), Kind: payout.ResultKind(r.text("kind")), Day: r.day("day"), Amount: amounts[r.text("payment")],
			Reason: r.text("reason"), EvidenceKind: payout.Evidence(r.text("evidence_kind")), EvidenceRef: r.text("evidence_ref")}
		held := result.Kind == payout.ResultDeposited || result.Kind == payout.ResultDepositReleased
		byHand[held] = append(byHand[held], result)
		return nil
	}); err != nil {
		return nil, err
	}
	on := func(r payout.Result) day.Date { return r.Day }
	return append(byDay(byHand[false], on, rankResult, s.recordAs("accountant")), byDay(byHand[true], on, rankResult, s.hold)...), nil
}

func (s *sampleCity) recordAs(account string) func(context.Context, []payout.Result, day.Date) error {
	return func(ctx context.Context, rows []payout.Result, today day.Date) error {
		return s.Rooms.Payouts.RecordResults(ctx, s.as(account), rows, key("result", account, today.String()), today)
	}
}

// byHandLine is a statement line that a person matched or classified.
type byHandLine struct {
	line                  int
	payment, reason, kind string
}

func (s *sampleCity) statementEvents() ([]event, error) {
	read := func(r record) byHandLine {
		return byHandLine{line: r.int("line_no"), payment: r.cells["payment"], reason: r.cells["reason"] + r.cells["why"], kind: r.cells["kind"]}
	}
	matched, err := grouped(s.files, "manual_matches.csv", "statement", read)
	if err != nil {
		return nil, err
	}
	classified, err := grouped(s.files, "classifications.csv", "statement", read)
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(s.files, "statements/*.csv")
	if err != nil {
		return nil, err
	}
	var events []event
	for _, name := range names {
		month, account, err := statementMonth(name)
		if err != nil {
			return nil, err
		}
		file := name[len("statements/"):]
		events = append(events, event{month.Last(), rankStatement, func(ctx context.Context, today day.Date) error {
			return s.reconcile(ctx, account, name, append(matched[file], classified[file]...), today)
		}})
	}
	return events, nil
}

// reconcile loads a statement, runs the matching and does what a person did about the lines left open.
func (s *sampleCity) reconcile(ctx context.Context, account, name string, byHand []byHandLine, today day.Date) error {
	content, err := fs.ReadFile(s.files, name)
	if err != nil {
		return err
	}
	loaded, err := s.Rooms.Bank.Load(ctx, s.as("accountant"), account, name[len("statements/"):], content)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if _, err := s.Rooms.Recon.Match(ctx, s.as("accountant"), account, today, today); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, h := range byHand {
		line, err := s.lineID(ctx, loaded.ID, h.line)
		if err != nil {
			return err
		}
		if h.payment != "" {
			err = s.Rooms.Recon.ConfirmByHand(ctx, s.as("accountant"), line, h.payment, h.reason, today)
		} else {
			err = s.Rooms.Recon.Classify(ctx, s.as("accountant"), line, recon.Kind(h.kind), h.reason)
		}
		if err != nil {
			return fmt.Errorf("%s line %d: %w", name, h.line, err)
		}
	}
	return nil
}

func (s *sampleCity) lineID(ctx context.Context, statement id.Statement, number int) (id.Line, error) {
	var line id.Line
	err := s.DB.Read(ctx).GetContext(ctx, &line, `SELECT id FROM statement_line WHERE statement_id = $1 AND line_no = $2`, statement, number)
	if err != nil {
		return 0, fmt.Errorf("%w: no line %d", errSampleDiffers, number)
	}
	return line, nil
}
