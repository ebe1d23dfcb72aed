// Package bank is what the bank or treasury says: accounts, statements and their lines. A statement is read by a profile (a mapping kept
// as data), proved by its balances, loaded once, and never changed. Amounts are positive for money in and negative for money out,
// whatever the paper calls debit and credit.
package bank

import (
	"time"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/vnd"
)

// Permissions of this room.
const (
	Read   actor.Permission = "statement:read"
	Import actor.Permission = "statement:import"
	Layout actor.Permission = "statement:layout" // change how files are read
)

// OpenIdentity shows account numbers of persons unmasked.
const OpenIdentity actor.Permission = "identity:open"

// Account is an account of the city at a bank or at the State Treasury.
type Account struct {
	ID      id.Account `db:"id" json:"-"`
	Code    string     `db:"code" json:"code"`
	Name    string     `db:"name" json:"name"`
	Bank    string     `db:"bank" json:"bank"`
	Number  string     `db:"number" json:"number"`
	Profile string     `db:"profile" json:"profile"`
	Sample  bool       `db:"sample" json:"sample"`
}

// Profile says how a bank lays out its statement file.
type Profile struct {
	Code      string     `yaml:"code" json:"code"`
	Name      string     `yaml:"name" json:"name"`
	SeenOn    day.Date   `yaml:"seen_on" json:"seen_on"`     // when its layout was written down
	Basis     string     `yaml:"basis" json:"basis"`         // what it was written down from
	Confirmed bool       `yaml:"confirmed" json:"confirmed"` // against a real file of the bank
	Mapping   Mapping    `yaml:",inline" json:"mapping"`
	Version   int        `yaml:"-" json:"version"`
	ChangedBy string     `yaml:"-" json:"changed_by"` // nobody: as it came with the program
	ChangedAt *time.Time `yaml:"-" json:"changed_at"`
}

// Mapping is the layout: where the table begins, which column is what, how numbers and days are written, which words end the table. Titles and
// labels may have other wordings behind a bar: "Số CT|Số chứng từ".
type Mapping struct {
	Delimiter    string            `yaml:"delimiter" json:"delimiter"`
	HeaderSearch []string          `yaml:"header_search" json:"header_search"`
	Columns      map[string]string `yaml:"columns" json:"columns"`
	DateForm     string            `yaml:"date_form" json:"date_form"`
	Thousands    string            `yaml:"thousands" json:"thousands"`
	Decimal      string            `yaml:"decimal" json:"decimal"`
	Out          string            `yaml:"out" json:"out"` // debit | credit | negative: which column is money out for us
	OpeningLabel string            `yaml:"opening_label" json:"opening_label"`
	ClosingLabel string            `yaml:"closing_label" json:"closing_label"`
	FooterWords  []string          `yaml:"footer_words" json:"footer_words"`
	SkipWords    []string          `yaml:"skip_words" json:"skip_words"`
	FeeWords     []string          `yaml:"fee_words" json:"fee_words"`
	OtherWords   []string          `yaml:"other_words" json:"other_words,omitempty"`     // of movements that are none of our payments
	AccountLabel string            `yaml:"account_label" json:"account_label,omitempty"` // words before the account number above the table
}

// Line is one movement.
type Line struct {
	ID                  id.Line    `db:"id" json:"id,omitempty"`
	LineNo              int        `db:"line_no" json:"line"` // row of the file
	Day                 day.Date   `db:"day" json:"day"`
	ValueDay            day.Date   `db:"value_day" json:"value_day"`
	Amount              vnd.Amount `db:"amount" json:"amount_vnd"`
	Reference           string     `db:"reference" json:"reference"`
	Description         string     `db:"description" json:"description"`
	Counterparty        string     `db:"counterparty" json:"counterparty"`
	CounterpartyAccount string     `db:"counterparty_account" json:"counterparty_account"`
}

// Statement is a loaded statement.
type Statement struct {
	ID          id.Statement `db:"id" json:"id"`
	AccountCode string       `db:"account_code" json:"account"`
	From        day.Date     `db:"from_day" json:"from"`
	To          day.Date     `db:"to_day" json:"to"`
	Opening     vnd.Amount   `db:"opening" json:"opening_vnd"`
	Closing     vnd.Amount   `db:"closing" json:"closing_vnd"`
	Credits     vnd.Amount   `db:"credits" json:"credits_vnd"`
	Debits      vnd.Amount   `db:"debits" json:"debits_vnd"`
	LineCount   int          `db:"line_count" json:"lines"`
	KnownCount  int          `db:"known_count" json:"lines_known"`
	FileName    string       `db:"file_name" json:"file_name"`
	LoadedBy    string       `db:"loaded_by_name" json:"loaded_by"`
	LoadedAt    time.Time    `db:"loaded_at" json:"loaded_at"`
	LeftOut     int          `db:"-" json:"left_out"`      // pending entries of the file, which were not loaded; told by the load only
	Gap         *Gap         `db:"-" json:"gap,omitempty"` // what does not meet the statement before; told by the load only
}
