package bank

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// Bank is the room.
type Bank struct {
	DB  tx.DB
	Log audit.Log
}

// Accounts lists the accounts, by code.
func (b Bank) Accounts(ctx context.Context, who actor.Actor) ([]Account, error) {
	if _, err := who.Require(Read); err != nil {
		return nil, err
	}
	return store{b.DB.Read(ctx)}.accounts(ctx)
}

// Account reads one account. Refuses: bank.account_missing.
func (b Bank) Account(ctx context.Context, who actor.Actor, code string) (Account, error) {
	if _, err := who.Require(Read); err != nil {
		return Account{}, err
	}
	return store{b.DB.Read(ctx)}.account(ctx, code)
}

// Statements lists the statements of an account, newest first.
func (b Bank) Statements(ctx context.Context, who actor.Actor, account id.Account, q listing.Query) (listing.Answer[Statement], error) {
	if _, err := who.Require(Read); err != nil {
		return listing.Answer[Statement]{}, err
	}
	return store{b.DB.Read(ctx)}.statements(ctx, account, q)
}

// Lines lists the lines of a statement in the order of the file.
func (b Bank) Lines(ctx context.Context, who actor.Actor, statement id.Statement, q listing.Query) (listing.Answer[Line], error) {
	if _, err := who.Require(Read); err != nil {
		return listing.Answer[Line]{}, err
	}
	return store{b.DB.Read(ctx)}.lines(ctx, statement, q)
}

// ProfileOf reads a profile. Refuses: bank.profile_missing.
func (b Bank) ProfileOf(ctx context.Context, code string) (Profile, error) {
	return store{b.DB.Read(ctx)}.profile(ctx, code)
}

// Profiles lists all profiles.
func (b Bank) Profiles(ctx context.Context) ([]Profile, error) {
	return store{b.DB.Read(ctx)}.profiles(ctx)
}

// StatementOf reads one statement. Refuses: bank.statement_missing.
func (b Bank) StatementOf(ctx context.Context, who actor.Actor, statement id.Statement) (Statement, error) {
	if _, err := who.Require(Read); err != nil {
		return Statement{}, err
	}
	return store{b.DB.Read(ctx)}.statement(ctx, statement)
}

// Load reads a file by the account's profile and keeps it. Lines an earlier statement brought already are counted and not loaded twice;
// refused are the same file a second time (bank.loaded_already), a file that cannot be read or does not prove (Parse), another currency
// than VND, and a file that names another account than this one.
func (b Bank) Load(ctx context.Context, who actor.Actor, account, fileName string, content []byte) (Statement, error) {
	return b.LoadBy(ctx, who, account, "", fileName, content)
}

// LoadBy is Load by a named profile; an empty name means the account's own. Of a file with statements of several accounts those of this one are
// kept, and the last of them is answered.
func (b Bank) LoadBy(ctx context.Context, who actor.Actor, account, profile, fileName string, content []byte) (Statement, error) {
	if _, err := who.Require(Import); err != nil {
		return Statement{}, err
	}
	var loaded Statement
	err := b.DB.Run(ctx, func(ctx context.Context) error {
		s := store{b.DB.Write(ctx)}
		a, err := s.lockAccount(ctx, account)
		if err != nil {
			return err
		}
		p, err := s.profile(ctx, cmp.Or(profile, a.Profile))
		if err != nil {
			return err
		}
		all, err := ParseAll(content, p.Mapping)
		if err != nil {
			return err
		}
		own, err := ofAccount(all, a)
		if err != nil {
			return err
		}
		for i, parsed := range own {
			if loaded, err = s.load(ctx, a, fileName, i+1, sha256.Sum256(content), parsed, who.ID); err != nil {
				return refuse(err)
			}
			if err := b.Log.Write(ctx, audit.Event{Actor: who, Act: "statement.import", ObjectKind: "account", ObjectCode: account,
				After: map[string]any{"file": fileName, "lines": loaded.LineCount, "known": loaded.KnownCount, "opening": loaded.Opening, "closing": loaded.Closing}}); err != nil {
				return err
			}
		}
		return nil
	})
	return loaded, err
}

// ofAccount keeps the statements of an account, the oldest first; when there is none, the first says why it is refused.
func ofAccount(all []Parsed, a Account) ([]Parsed, error) {
	var own []Parsed
	for _, p := range all {
		if p.belongsTo(a) == nil {
			own = append(own, p)
		}
	}
	if len(own) == 0 {
		return nil, all[0].belongsTo(a)
	}
	slices.SortStableFunc(own, func(x, y Parsed) int { return x.From.Sub(y.From) })
	return own, nil
}

// belongsTo refuses the statement of another account or in another currency. A masked number ("0011****89") says nothing.
func (p Parsed) belongsTo(a Account) error {
	if p.Currency != "VND" {
		return fault.InvalidField("file", "bank.currency", p.Currency)
	}
	if in, own := accountSigns(p.Account), accountSigns(a.Number); in != "" && own != "" && in != own {
		return fault.InvalidField("file", "bank.other_account", p.Account, a.Code)
	}
	return nil
}

var accountForm = regexp.MustCompile(`^[0-9][0-9A-Za-z.\- ]*[0-9]`)

// accountSigns is an account number without the points and spaces that each paper sets differently; empty when the text is none.
func accountSigns(text string) string {
	if strings.ContainsAny(text, "*•") {
		return ""
	}
	return strings.NewReplacer(".", "", "-", "", " ", "").Replace(accountForm.FindString(text))
}

// AddAccount adds an account of the city.
func (b Bank) AddAccount(ctx context.Context, who actor.Actor, a Account) error {
	return b.DB.Run(ctx, func(ctx context.Context) error {
		if err := (store{b.DB.Write(ctx)}).addAccount(ctx, a); err != nil {
			return refuse(err)
		}
		return b.Log.Write(ctx, audit.Event{Actor: who, Act: "account.add", ObjectKind: "account", ObjectCode: a.Code})
	})
}

// PutProfile adds a profile or changes its mapping. Reference data: safe to repeat.
func (b Bank) PutProfile(ctx context.Context, p Profile) error {
	return b.DB.Run(ctx, func(ctx context.Context) error { return store{b.DB.Write(ctx)}.putProfile(ctx, p) })
}

// fingerprint tells a line from every other of its account: the same day, amount, reference and text twice in one file are two lines.
func fingerprint(l Line, seen map[[32]byte]int) []byte {
	base := sha256.Sum256(fmt.Appendf(nil, "%s|%d|%q|%q", l.Day, int64(l.Amount), l.Reference, l.Description))
	seen[base]++
	sum := sha256.Sum256(fmt.Appendf(base[:], "|%d", seen[base]))
	return sum[:]
}

// sum adds up signed amounts as positive credits and debits.
func sum(lines []Line) (credits, debits vnd.Amount) {
	for _, l := range lines {
		if l.Amount > 0 {
			credits += l.Amount
		} else {
			debits -= l.Amount
		}
	}
	return credits, debits
}
