package people

import (
	"context"
	"strings"

	"matbang/internal/actor"
)

// Holders lists everybody whose account is open and who has a permission, by the order of their accounts: for whoever has to tell them something.
func (p *People) Holders(ctx context.Context, permission actor.Permission) ([]actor.Actor, error) {
	var roles []string
	for _, role := range p.KnownRoles {
		if p.Grants([]string{role})[permission] != actor.None {
			roles = append(roles, role)
		}
	}
	rows, err := store{p.DB.Read(ctx)}.identities(ctx, roles)
	holders := make([]actor.Actor, 0, len(rows))
	for _, row := range rows {
		holders = append(holders, p.actor(row))
	}
	return holders, err
}

func (s store) identities(ctx context.Context, roles []string) ([]identity, error) {
	rows := []identity{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT `+identityColumns+` FROM app_user u JOIN unit n ON n.id = u.unit_id
		 WHERE u.disabled_at IS NULL AND EXISTS (SELECT 1 FROM user_role r WHERE r.user_id = u.id AND r.role = ANY(string_to_array($1, ',')))
		 ORDER BY u.id LIMIT 10000`, strings.Join(roles, ","))
	return rows, err
}
