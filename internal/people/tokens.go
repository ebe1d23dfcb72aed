package people

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/audit"
)

// Tokens lists the person's own tokens, newest first.
func (p *People) Tokens(ctx context.Context, who actor.Actor) ([]Token, error) {
	return store{p.DB.Read(ctx)}.tokens(ctx, who.ID)
}

// IssueToken makes an API token for 1 to 366 days and gives it back, once and never again. It is for the person's own account; only
// the console may issue one for another, or an administrator could act in an accountant's name. Refuses people.token_not_own,
// people.missing and wrong fields.
func (p *People) IssueToken(ctx context.Context, who actor.Actor, username string, days int, name string) (string, error) {
	if who.Username != username && !atConsole(who) {
		return "", ErrTokenNotOwn
	}
	if err := checkToken(days, name); err != nil {
		return "", err
	}
	token, err := newToken()
	if err != nil {
		return "", err
	}
	return token, p.DB.Run(ctx, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		user, err := s.find(ctx, username, true)
		if err != nil {
			return err
		}
		expires, err := s.insertToken(ctx, user.ID, tokenHash(token), name, days)
		if err != nil {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "people.token", ObjectKind: ObjectKind, ObjectCode: username,
			After: map[string]any{"name": name, "expires_at": expires}})
	})
}

// atConsole: nobody who came through a session or a token has no id.
func atConsole(who actor.Actor) bool { return who.ID == 0 && who.Can(Manage) }

// RevokeToken ends a token of the person's own, or anybody's for whoever manages users; another's token is people.token_missing
// to everybody else. Revoking twice is no fault.
func (p *People) RevokeToken(ctx context.Context, who actor.Actor, token int64) error {
	return p.DB.Run(ctx, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		t, err := s.token(ctx, token)
		if err != nil {
			return err
		}
		if t.Username != who.Username && !who.Can(Manage) {
			return ErrTokenMissing
		}
		if t.RevokedAt != nil {
			return nil
		}
		if err := s.revokeToken(ctx, token); err != nil {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "people.token_revoke", ObjectKind: ObjectKind, ObjectCode: t.Username,
			After: map[string]any{"name": t.Name}})
	})
}
