package app

import (
	"context"

	"matbang/internal/audit"
	"matbang/internal/audit/auditweb"
	"matbang/internal/bank"
	"matbang/internal/bank/bankweb"
	"matbang/internal/capital"
	"matbang/internal/capital/capitalweb"
	"matbang/internal/compensation"
	"matbang/internal/compensation/compensationweb"
	"matbang/internal/contract"
	"matbang/internal/contract/contractweb"
	"matbang/internal/day"
	"matbang/internal/debt"
	"matbang/internal/debt/debtweb"
	"matbang/internal/disbursement"
	"matbang/internal/disbursement/disbursementweb"
	"matbang/internal/id"
	"matbang/internal/indicator"
	"matbang/internal/indicator/indicatorweb"
	"matbang/internal/land"
	"matbang/internal/land/landweb"
	"matbang/internal/late"
	"matbang/internal/late/lateweb"
	"matbang/internal/ledger"
	"matbang/internal/ledger/ledgerweb"
	"matbang/internal/legal"
	"matbang/internal/payout"
	"matbang/internal/payout/payoutweb"
	"matbang/internal/people"
	"matbang/internal/people/peopleweb"
	"matbang/internal/progress"
	"matbang/internal/progress/progressweb"
	"matbang/internal/project"
	"matbang/internal/project/projectweb"
	"matbang/internal/recon"
	"matbang/internal/recon/reconweb"
	"matbang/internal/region"
	"matbang/internal/report"
	"matbang/internal/report/reportweb"
	"matbang/internal/schedule"
	"matbang/internal/schedule/scheduleweb"
	"matbang/internal/violation"
	"matbang/internal/violation/violationweb"
	"matbang/internal/webkit"
)

// Rooms is every part of the business, wired.
type Rooms struct {
	Log           audit.Log
	People        *people.People
	Regions       region.Regions
	Legal         legal.Rules
	Projects      project.Projects
	Contracts     contract.Contracts
	Capital       capital.Capital
	Disbursements disbursement.Disbursements
	Schedules     schedule.Schedules
	Progress      progress.Progress
	Land          land.Land
	Compensation  compensation.Compensation
	Ledger        ledger.Ledger
	Payouts       payout.Payouts
	Periods       ledger.Periods
	Late          late.Late
	Bank          bank.Bank
	Recon         recon.Recon
	Indicators    indicator.Indicators
	Violations    violation.Violations
	Reports       report.Reports
	Debts         debt.Debts
}

func newRooms(a *App) Rooms {
	log := audit.Log{DB: a.DB}
	r := Rooms{Log: log, People: people.New(a.DB, log, a.Policy.Grants, a.Policy.Roles()), Regions: region.Regions{DB: a.DB},
		Legal: legal.Rules{DB: a.DB}, Ledger: ledger.Ledger{DB: a.DB}, Bank: bank.Bank{DB: a.DB, Log: log}}
	r.Projects = project.Projects{DB: a.DB, Log: log}
	r.Capital = capital.Capital{DB: a.DB, Log: log, Projects: r.Projects}
	r.Contracts = contract.Contracts{DB: a.DB, Log: log, Legal: r.Legal}
	r.Disbursements = disbursement.Disbursements{DB: a.DB, Log: log, Projects: r.Projects, Capital: r.Capital, Contracts: r.Contracts, Rules: r.Legal}
	r.Contracts.Paid = r.Disbursements.PaidFor
	r.Schedules = schedule.Schedules{DB: a.DB, Log: log, Rules: r.Legal}
	r.Indicators = indicator.Indicators{DB: a.DB, Log: log}
	r.Violations = violation.Violations{DB: a.DB, Log: log}
	r.Progress = progress.Progress{DB: a.DB, Log: log, Rules: r.Legal, Staff: staffOf(r.People), Facts: factsOf(r.Disbursements, r.Schedules)}
	r.Land = land.Land{DB: a.DB, Log: log, Projects: r.Projects, Legal: r.Legal, Money: moneyOf(r.Ledger)}
	r.Compensation = compensation.Compensation{DB: a.DB, Log: log, Ledger: r.Ledger}
	r.Payouts = payout.Payouts{DB: a.DB, Log: log, Ledger: r.Ledger}
	r.Periods = ledger.Periods{DB: a.DB, Log: log, Ready: unsettled{a.DB, r.Ledger, r.Bank, r.Disbursements}.ready}
	r.Debts = debt.Debts{DB: a.DB, Log: log, Ledger: r.Ledger}
	r.Late = late.Late{DB: a.DB, Log: log, Ledger: r.Ledger, Rules: r.Legal}
	r.Recon = recon.Recon{DB: a.DB, Log: log, Bank: r.Bank, Record: r.Payouts.Record, Reverse: r.Payouts.TakeBack}
	r.Reports = report.Reports{DB: a.DB, Log: log, Ledger: r.Ledger, Rules: r.Legal, Disbursements: r.Disbursements, Schedules: r.Schedules, Late: r.Late}
	return r
}

// moneyOf shows land what the book says about its cases, without the room knowing the book.
func moneyOf(book ledger.Ledger) func(ctx context.Context, cases []id.Case) (map[id.Case]land.Money, error) {
	return func(ctx context.Context, cases []id.Case) (map[id.Case]land.Money, error) {
		bridges, err := book.ByCase(ctx, cases)
		if err != nil {
			return nil, err
		}
		money := make(map[id.Case]land.Money, len(bridges))
		for c, b := range bridges {
			money[c] = land.Money{Approved: b.Approved, Deducted: b.Deducted, NotOrdered: b.NotOrdered, Ordered: b.Ordered, Returned: b.Returned,
				Deposited: b.Deposited, Paid: b.Paid}
		}
		return money, nil
	}
}

// routes adds every room's addresses.
func (a *App) routes(k *webkit.Kit) {
	r := a.Rooms
	a.ground(k)
	peopleweb.Web{People: r.People}.Routes(k)
	auditweb.Web{Log: r.Log}.Routes(k)
	projectweb.Web{Projects: r.Projects, Regions: r.Regions, Today: a.Today}.Routes(k)
	contractweb.Web{Contracts: r.Contracts, Projects: r.Projects, Today: a.Today}.Routes(k)
	capitalweb.Web{Capital: r.Capital, Projects: r.Projects, Today: a.Today}.Routes(k)
	disbursementweb.Web{Disbursements: r.Disbursements, Today: a.Today}.Routes(k)
	scheduleweb.Web{Schedules: r.Schedules, Today: a.Today}.Routes(k)
	indicatorweb.Web{Indicators: r.Indicators, Today: a.Today}.Routes(k)
	violationweb.Web{Violations: r.Violations, Regions: r.Regions, Today: a.Today}.Routes(k)
	progressweb.Web{Progress: r.Progress, Projects: r.Projects, Today: a.Today, Say: k.T, Curve: workCurve(r.Reports)}.Routes(k)
	landweb.Web{Land: r.Land, Today: a.Today}.Routes(k)
	compensationweb.Web{Compensation: r.Compensation, Today: a.Today}.Routes(k)
	payoutweb.Web{Payouts: r.Payouts, Today: a.Today}.Routes(k)
	ledgerweb.Web{Ledger: r.Ledger, Periods: r.Periods, Today: a.Today}.Routes(k)
	debtweb.Web{Debts: r.Debts, Today: a.Today}.Routes(k)
	lateweb.Web{Late: r.Late, Today: a.Today}.Routes(k)
	bankweb.Web{Bank: r.Bank, Today: a.Today}.Routes(k)
	reconweb.Web{Recon: r.Recon, Bank: r.Bank, Today: a.Today}.Routes(k)
	reportweb.Web{Reports: r.Reports, Today: a.Today, Say: k.T}.Routes(k)
}

// workCurve draws the year of one work for the page of its months, without that room knowing reports.
func workCurve(reports report.Reports) func(c *webkit.Ctx, work project.Project, month day.Month) (webkit.Chart, error) {
	return func(c *webkit.Ctx, work project.Project, month day.Month) (webkit.Chart, error) {
		curve, err := reports.WorkCurve(c.Context(), work.Code, month)
		return reportweb.CurveChart(c, curve, c.T("progress.chart", work.Name, month.Year())), err
	}
}
