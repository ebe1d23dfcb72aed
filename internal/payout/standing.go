package payout

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/ledger"
	"matbang/internal/vnd"
)

// StandAccounts are the accounts between approved and paid, in the order of the bridge: money that stands there has not reached the person.
func StandAccounts() []ledger.Account {
	return []ledger.Account{ledger.NotOrdered, ledger.Ordered, ledger.WithTreasury, ledger.Returned, ledger.Deposited}
}

// AgeBands are the upper ends, in days, of all but the last band of age.
func AgeBands() [3]int { return [3]int{30, 90, 180} }

// AgeRow is the money on an account with one reason, by age; Bands are the amounts of each band, the last without an end.
type AgeRow struct {
	Account ledger.Account `db:"account" json:"account"`
	Reason  string         `db:"reason" json:"reason"`
	Cases   int            `db:"cases" json:"cases"`
	Amount  vnd.Amount     `db:"amount" json:"amount_vnd"`
	Band1   vnd.Amount     `db:"band1" json:"to_30_days_vnd"`
	Band2   vnd.Amount     `db:"band2" json:"to_90_days_vnd"`
	Band3   vnd.Amount     `db:"band3" json:"to_180_days_vnd"`
	Band4   vnd.Amount     `db:"band4" json:"over_180_days_vnd"`
	Oldest  day.Date       `db:"oldest" json:"oldest"`
}

// Standing is what a case has on one account: since when something has stood there without a break, and why.
type Standing struct {
	Account ledger.Account `db:"account" json:"account"`
	Case    string         `db:"case_code" json:"case"`
	Holder  string         `db:"holder" json:"holder"`
	Project string         `db:"project" json:"project"`
	Amount  vnd.Amount     `db:"amount" json:"amount_vnd"`
	Since   day.Date       `db:"since" json:"since"`
	Days    int            `db:"days" json:"days"`
	Reason  string         `db:"reason" json:"reason"`
	Said    string         `db:"said" json:"reason_text"` // in the words of the last result, where it has some
}

// StandingQuery chooses rows of the bridge. Account and Reason empty mean all; After is the case and account the page before ended with.
type StandingQuery struct {
	BridgeFilter
	Account ledger.Account
	Reason  string
	Page    int
}

// StandingPage is how many rows one page shows.
const StandingPage = 100

// Ages is the money between approved and paid on a day, by account and reason and age. Refuses what Bridge refuses.
func (p Payouts) Ages(ctx context.Context, who actor.Actor, f BridgeFilter, today day.Date) ([]AgeRow, error) {
	scope, err := who.Require(BridgeRead)
	if err != nil {
		return nil, err
	}
	s := store{p.DB.Read(ctx)}
	limits, err := s.limits(ctx, scope, f)
	if err != nil {
		return nil, err
	}
	return s.ages(ctx, limits, today)
}

// Standings are the rows behind the ages, the oldest first, and their number. Refuses what Bridge refuses.
func (p Payouts) Standings(ctx context.Context, who actor.Actor, q StandingQuery, today day.Date) ([]Standing, int, error) {
	scope, err := who.Require(BridgeRead)
	if err != nil {
		return nil, 0, err
	}
	s := store{p.DB.Read(ctx)}
	limits, err := s.limits(ctx, scope, q.BridgeFilter)
	if err != nil {
		return nil, 0, err
	}
	return s.standings(ctx, limits, q, today)
}
