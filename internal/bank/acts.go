package bank

import (
	"context"
	"errors"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/tx"
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

// Preview reads a file as Load would and writes nothing: at most `most` lines of each statement. Without a profile's code the file's own header
// decides. A refused file is answered with what was read before the fault. Refuses: what ReadFile refuses, bank.profile_missing.
func (b Bank) Preview(ctx context.Context, who actor.Actor, f File, profile string, most int) (Inspection, error) {
	if _, err := who.Require(Import); err != nil {
		return Inspection{}, err
	}
	profiles, err := b.ProfilesFor(ctx, profile)
	if err != nil {
		return Inspection{}, err
	}
	return Inspect(f, profiles, most)
}

// PreviewBy is Preview by a profile as it is being written, saved or not. Refuses what Profile.Check refuses, too.
func (b Bank) PreviewBy(_ context.Context, who actor.Actor, f File, p Profile, most int) (Inspection, error) {
	if _, err := who.Require(Import); err != nil {
		return Inspection{}, err
	}
	if err := p.Check(); err != nil {
		return Inspection{}, err
	}
	return Inspect(f, []Profile{p}, most)
}

// FirstRows are the first rows of a table as its file has them, for whoever has to find the titles of its columns; nothing where it is no table.
func (b Bank) FirstRows(who actor.Actor, f File, delimiter string) ([][]string, error) {
	if _, err := who.Require(Import); err != nil {
		return nil, err
	}
	return firstRows(f, delimiter)
}

// SaveProfile adds a profile (version 0) or changes one. Refuses what Profile.Check refuses, a missing basis, bank.profile_exists, changed_meanwhile.
func (b Bank) SaveProfile(ctx context.Context, who actor.Actor, p Profile, version int) error {
	if _, err := who.Require(Layout); err != nil {
		return err
	}
	var w fault.Wrong
	p.against(&w)
	w.Check(p.Basis != "", "basis", "required")
	if err := w.Err(); err != nil {
		return err
	}
	return b.DB.Run(ctx, func(ctx context.Context) error {
		s := store{b.DB.Write(ctx)}
		before, err := s.lockProfile(ctx, p.Code)
		event := audit.Event{Actor: who, Act: "profile.save", ObjectKind: "profile", ObjectCode: p.Code, After: p}
		switch {
		case errors.Is(err, ErrProfileMissing) && version == 0:
		case err != nil:
			return err
		case version == 0:
			return fault.InvalidField("code", "bank.profile_exists", p.Code)
		case before.Version != version:
			return fault.ChangedBy(before.ChangedBy, timeOf(before.ChangedAt))
		default:
			event.Before = before
		}
		if err := s.saveProfile(ctx, p, who.ID); err != nil {
			return err
		}
		return b.Log.Write(ctx, event)
	})
}

func timeOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// ProfilesFor is the profile of a code, or all of them where no code is given. Refuses: bank.profile_missing.
func (b Bank) ProfilesFor(ctx context.Context, code string) ([]Profile, error) {
	if code == "" {
		return b.Profiles(ctx)
	}
	p, err := b.ProfileOf(ctx, code)
	return []Profile{p}, err
}

// Gaps lists the statements of an account whose opening balance does not meet what was known before them, in the order of their days: money
// moved in between that no statement shows.
func (b Bank) Gaps(ctx context.Context, who actor.Actor, account id.Account) ([]Gap, error) {
	if _, err := who.Require(Read); err != nil {
		return nil, err
	}
	return store{b.DB.Read(ctx)}.gaps(ctx, account)
}

// StatementOf reads one statement. Refuses: bank.statement_missing.
func (b Bank) StatementOf(ctx context.Context, who actor.Actor, statement id.Statement) (Statement, error) {
	if _, err := who.Require(Read); err != nil {
		return Statement{}, err
	}
	return store{b.DB.Read(ctx)}.statement(ctx, statement)
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

// PutProfile adds a profile or changes its mapping. Reference data: safe to repeat. Refuses what Profile.Check refuses.
func (b Bank) PutProfile(ctx context.Context, p Profile) error {
	if err := p.Check(); err != nil {
		return err
	}
	return b.DB.Run(ctx, func(ctx context.Context) error { return store{b.DB.Write(ctx)}.putProfile(ctx, p) })
}
