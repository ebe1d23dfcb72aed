package people

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/fault"
	"matbang/internal/id"
)

// SignIn checks a password typed at an address. Refuses people.sign_in_wrong, with one text and after the same time whether the user
// is unknown, disabled or typed a wrong password; and people.too_many_tries after five failures for one account from one address
// within 15 minutes, or twenty a minute from one address.
func (p *People) SignIn(ctx context.Context, username, password, address string) (id.User, error) {
	name := signInName(username)
	if err := p.checkTries(ctx, name, address); err != nil {
		return 0, err
	}
	known, err := store{p.DB.Read(ctx)}.credentials(ctx, name)
	if err != nil {
		return 0, err
	}
	right, err := p.matches(ctx, known.Hash, password)
	if err != nil {
		return 0, err
	}
	if !right || known.ID == 0 {
		return 0, p.failed(ctx, name, address)
	}
	return known.ID, p.succeeded(ctx, known.ID, name, address)
}

func (p *People) checkTries(ctx context.Context, name, address string) error {
	t, err := store{p.DB.Read(ctx)}.tries(ctx, name, address)
	if err == nil && (t.Account >= accountTries || t.Minute >= minuteTries) {
		return ErrTooManyTries
	}
	return err
}

// failed notes the failure, and in the log that an account was closed to an address.
func (p *People) failed(ctx context.Context, name, address string) error {
	err := p.DB.Run(ctx, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		if err := s.addTry(ctx, name, address); err != nil {
			return err
		}
		t, err := s.tries(ctx, name, address)
		if err != nil || t.Account != accountTries {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: actor.Actor{Username: name}, Act: "people.locked", ObjectKind: ObjectKind, ObjectCode: name,
			After: map[string]any{"address": address, "minutes": waitMinutes}})
	})
	if err != nil {
		return err
	}
	return ErrSignIn
}

// succeeded asks the count again: of many guesses sent at the same moment, those that come after the fifth failure are refused even
// when right.
func (p *People) succeeded(ctx context.Context, user id.User, name, address string) error {
	return p.DB.Run(ctx, func(ctx context.Context) error {
		if err := p.checkTries(ctx, name, address); err != nil {
			return err
		}
		if err := (store{p.DB.Write(ctx)}).clearTries(ctx, name, address); err != nil {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: actor.Actor{ID: user, Username: name}, Act: "people.sign_in", ObjectKind: ObjectKind, ObjectCode: name,
			After: map[string]any{"address": address}})
	})
}

// ChangePassword lets a person change the own password, knowing the current one; wrong tries count like those at signing in.
// Refuses people.password_wrong, people.too_many_tries and what the password rule refuses.
func (p *People) ChangePassword(ctx context.Context, who actor.Actor, current, next, address string) error {
	if err := p.checkTries(ctx, who.Username, address); err != nil {
		return err
	}
	known, err := store{p.DB.Read(ctx)}.credentials(ctx, who.Username)
	if err != nil {
		return err
	}
	right, err := p.matches(ctx, known.Hash, current)
	if err != nil {
		return err
	}
	if !right || known.ID != who.ID {
		if err := p.failed(ctx, who.Username, address); fault.KindOf(err) != fault.Invalid {
			return err
		}
		return ErrPasswordWrong
	}
	hash, err := p.newHash(ctx, who.Username, next)
	if err != nil {
		return err
	}
	return p.DB.Run(ctx, func(ctx context.Context) error {
		if err := (store{p.DB.Write(ctx)}).setPassword(ctx, who.ID, hash); err != nil {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "people.own_password", ObjectKind: ObjectKind, ObjectCode: who.Username})
	})
}

// ActorByID is the person behind a session, with roles and permissions as they are now. One query. Refuses people.missing, also for
// a disabled account.
func (p *People) ActorByID(ctx context.Context, user id.User) (actor.Actor, error) {
	i, err := store{p.DB.Read(ctx)}.identity(ctx, user)
	if err != nil {
		return actor.Actor{}, err
	}
	return p.actor(i), nil
}

// ActorByToken is the person behind an API token. Refuses people.token_invalid for one that is unknown, expired, revoked, or whose
// owner is disabled.
func (p *People) ActorByToken(ctx context.Context, token string) (actor.Actor, error) {
	i, err := store{p.DB.Read(ctx)}.identityByToken(ctx, tokenHash(token))
	if err != nil {
		return actor.Actor{}, err
	}
	return p.actor(i), nil
}

// actor joins a person with the permissions of the roles. Those that reach the own ward fall away when there is no ward: a scope
// without a ward would not limit at all.
func (p *People) actor(i identity) actor.Actor {
	roles := splitRoles(i.RoleNames)
	grants := p.Grants(roles)
	for permission, reach := range grants {
		if reach == actor.Ward && i.Ward == 0 {
			delete(grants, permission)
		}
	}
	return actor.Actor{ID: i.ID, Username: i.Username, Name: i.FullName, Roles: roles, Unit: i.Unit, Ward: i.Ward, Grants: grants, Stamp: i.Stamp}
}
