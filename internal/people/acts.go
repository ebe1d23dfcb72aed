package people

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/listing"
)

// ObjectKind is what users are called in the log; their code is the user name.
const ObjectKind = "user"

// List reads users with search, filter, sort and paging.
func (p *People) List(ctx context.Context, who actor.Actor, f Filter, q listing.Query) (Users, error) {
	if _, err := who.Require(Manage); err != nil {
		return Users{}, err
	}
	return store{p.DB.Read(ctx)}.list(ctx, f, q)
}

// Get reads one user. Refuses: people.missing.
func (p *People) Get(ctx context.Context, who actor.Actor, username string) (User, error) {
	if _, err := who.Require(Manage); err != nil {
		return User{}, err
	}
	return store{p.DB.Read(ctx)}.find(ctx, username, false)
}

// Units lists every unit by name: names of public bodies, no secret from anybody signed in.
func (p *People) Units(ctx context.Context) ([]Unit, error) { return store{p.DB.Read(ctx)}.units(ctx) }

// Wards lists the wards a user can be bound to, by name.
func (p *People) Wards(ctx context.Context) ([]Ward, error) { return store{p.DB.Read(ctx)}.wards(ctx) }

// AddUnit adds a unit, or corrects the one with the same code. Reference data: safe to repeat, and logged only when something changed.
// Refuses wrong fields and an unknown ward.
func (p *People) AddUnit(ctx context.Context, who actor.Actor, u Unit) error {
	if _, err := who.Require(Manage); err != nil {
		return err
	}
	if err := u.check(); err != nil {
		return err
	}
	return p.DB.Run(ctx, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		ward, err := s.wardByCode(ctx, u.WardCode)
		if err != nil {
			return err
		}
		changed, err := s.putUnit(ctx, u, ward)
		if err != nil || !changed {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "people.unit", ObjectKind: "unit", ObjectCode: u.Code, After: u})
	})
}

// AddUser opens an account. Refuses wrong fields, a user name in use, an unknown unit, ward or role, and a role bound to a ward
// for a user without one.
func (p *People) AddUser(ctx context.Context, who actor.Actor, u NewUser) (id.User, error) {
	if _, err := who.Require(Manage); err != nil {
		return 0, err
	}
	u.Roles = sortedOnce(u.Roles)
	if err := u.check(p.KnownRoles); err != nil {
		return 0, err
	}
	hash, err := p.hash(ctx, u.Password) // before the transaction: it takes long, and holds nobody up there
	if err != nil {
		return 0, err
	}
	var user id.User
	err = p.DB.Run(ctx, func(ctx context.Context) error {
		if user, err = p.open(ctx, u, hash); err != nil {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "people.add", ObjectKind: ObjectKind, ObjectCode: u.Username,
			After: map[string]any{"full_name": u.FullName, "unit": u.Unit, "ward": u.Ward, "roles": u.Roles}})
	})
	return user, err
}

func (p *People) open(ctx context.Context, u NewUser, hash string) (id.User, error) {
	s := store{p.DB.Write(ctx)}
	unit, ward, err := s.place(ctx, u.Details)
	if err != nil {
		return 0, err
	}
	user, err := s.insert(ctx, u, hash, unit, ward)
	if err != nil {
		return 0, err
	}
	if err := s.setRoles(ctx, user, u.Roles); err != nil {
		return 0, err
	}
	return user, p.checkWard(ctx, s, user)
}

func (s store) place(ctx context.Context, d Details) (id.Unit, id.Ward, error) {
	unit, err := s.unitByCode(ctx, d.Unit)
	if err != nil {
		return 0, 0, err
	}
	ward, err := s.wardByCode(ctx, d.Ward)
	return unit, ward, err
}

// checkWard refuses a role that reaches the own ward only, for a user who has none: "no ward" must never read as "no limit".
func (p *People) checkWard(ctx context.Context, s store, user id.User) error {
	i, err := s.identity(ctx, user)
	if fault.KindOf(err) == fault.NotFound { // disabled: checked again when the account is opened
		return nil
	}
	if err == nil && i.Ward == 0 && boundToWard(p.Grants(splitRoles(i.RoleNames))) {
		return fault.InvalidField("ward", "people.ward_needed")
	}
	return err
}

// change runs an act on one user: locks the row, compares the version that the page showed (0 = not shown, not compared), and checks
// afterwards that every role has its ward and somebody can still manage users.
func (p *People) change(ctx context.Context, who actor.Actor, username string, version int, act func(context.Context, store, User) (audit.Event, error)) error {
	if _, err := who.Require(Manage); err != nil {
		return err
	}
	return p.DB.Run(ctx, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		user, err := s.find(ctx, username, true)
		if err != nil {
			return err
		}
		if version != 0 && version != user.Version {
			return p.changedBy(ctx, user)
		}
		event, err := act(ctx, s, user)
		if err != nil {
			return err
		}
		if err := p.settle(ctx, s, user); err != nil {
			return err
		}
		event.Actor, event.ObjectKind, event.ObjectCode = who, ObjectKind, username
		return p.Log.Write(ctx, event)
	})
}

// settle checks what must hold after any change to a user.
func (p *People) settle(ctx context.Context, s store, before User) error {
	if err := p.checkWard(ctx, s, before.ID); err != nil {
		return err
	}
	if before.DisabledAt != nil || p.Grants(before.Roles())[Manage] == actor.None {
		return nil
	}
	left, err := s.holders(ctx, p.managerRoles())
	if err == nil && left == 0 {
		return ErrLastManager
	}
	return err
}

func (p *People) managerRoles() []string {
	var roles []string
	for _, r := range p.KnownRoles {
		if p.Grants([]string{r})[Manage] != actor.None {
			roles = append(roles, r)
		}
	}
	return roles
}

// changedBy names who changed the account since it was shown, as the log knows.
func (p *People) changedBy(ctx context.Context, u User) error {
	rows, err := p.Log.History(ctx, ObjectKind, u.Username, 1)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fault.ChangedBy(u.Username, u.CreatedAt)
	}
	return fault.ChangedBy(rows[0].FullName, rows[0].RecordedAt)
}

// Update changes name, unit and ward. Refuses wrong fields, changed_meanwhile, people.ward_needed.
func (p *People) Update(ctx context.Context, who actor.Actor, username string, d Details, version int) error {
	var wrong fault.Wrong
	if d.check(&wrong); wrong.Err() != nil {
		return wrong.Err()
	}
	return p.change(ctx, who, username, version, func(ctx context.Context, s store, u User) (audit.Event, error) {
		unit, ward, err := s.place(ctx, d)
		if err != nil {
			return audit.Event{}, err
		}
		return audit.Event{Act: "people.update", Before: Details{u.FullName, u.UnitCode, u.WardCode}, After: d}, s.update(ctx, u.ID, d, unit, ward)
	})
}

// SetRoles replaces the roles of a user; the log keeps them before and after, whoever does it to whom. Refuses an unknown role,
// changed_meanwhile, people.ward_needed, and taking the last manager's role (people.last_manager).
func (p *People) SetRoles(ctx context.Context, who actor.Actor, username string, roles []string, version int) error {
	var wrong fault.Wrong
	if checkRoles(&wrong, p.KnownRoles, roles); wrong.Err() != nil {
		return wrong.Err()
	}
	roles = sortedOnce(roles)
	return p.change(ctx, who, username, version, func(ctx context.Context, s store, u User) (audit.Event, error) {
		return audit.Event{Act: "people.roles", Before: map[string]any{"roles": u.Roles()}, After: map[string]any{"roles": roles}},
			s.setRoles(ctx, u.ID, roles)
	})
}

// Disable closes an account: its sessions and tokens end with their next request. Refuses the own account and the last manager's.
func (p *People) Disable(ctx context.Context, who actor.Actor, username string, version int) error {
	if who.Username == username {
		return ErrOwnAccount
	}
	return p.setDisabled(ctx, who, username, version, true)
}

// Enable opens a disabled account again, with its roles and password as they were.
func (p *People) Enable(ctx context.Context, who actor.Actor, username string, version int) error {
	return p.setDisabled(ctx, who, username, version, false)
}

func (p *People) setDisabled(ctx context.Context, who actor.Actor, username string, version int, disabled bool) error {
	name := map[bool]string{true: "people.disable", false: "people.enable"}[disabled]
	return p.change(ctx, who, username, version, func(ctx context.Context, s store, u User) (audit.Event, error) {
		return audit.Event{Act: name, Before: map[string]any{"disabled": u.DisabledAt != nil}, After: map[string]any{"disabled": disabled}},
			s.setDisabled(ctx, u.ID, disabled)
	})
}

// SetPassword gives a user a new password. Open sessions of that user end with the old one; API tokens live on.
func (p *People) SetPassword(ctx context.Context, who actor.Actor, username, password string) error {
	if _, err := who.Require(Manage); err != nil {
		return err
	}
	hash, err := p.newHash(ctx, username, password)
	if err != nil {
		return err
	}
	return p.change(ctx, who, username, 0, func(ctx context.Context, s store, u User) (audit.Event, error) {
		return audit.Event{Act: "people.password"}, s.setPassword(ctx, u.ID, hash)
	})
}

func (p *People) newHash(ctx context.Context, username, password string) (string, error) {
	var wrong fault.Wrong
	if checkPassword(&wrong, username, password); wrong.Err() != nil {
		return "", wrong.Err()
	}
	return p.hash(ctx, password)
}
