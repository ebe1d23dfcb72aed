package people_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/fault"
	"matbang/internal/listing"
	"matbang/internal/people"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
)

const password = "cầu Bắc Kạn mùa nước lớn"

func roles() []string { return []string{"accountant", "admin", "ward"} }

func grants(held []string) map[actor.Permission]actor.Reach {
	all := map[string]map[actor.Permission]actor.Reach{
		"admin":      {people.Manage: actor.All},
		"accountant": {"payout:make": actor.All},
		"ward":       {"case:read": actor.Ward},
	}
	joined := map[actor.Permission]actor.Reach{}
	for _, role := range held {
		for permission, reach := range all[role] {
			joined[permission] = max(joined[permission], reach)
		}
	}
	return joined
}

type world struct {
	*people.People
	db *postgres.DB
	t  *testing.T
}

// newWorld has one unit, one ward, and the users admin and lan (accountant).
func newWorld(t *testing.T) world {
	t.Helper()
	db := pgtest.Open(t)
	w := world{people.New(db, audit.Log{DB: db}, grants, roles()), db, t}
	if _, err := db.Pool().ExecContext(t.Context(),
		`INSERT INTO ward (code, name, kind, valid_from) VALUES ('01837', 'Đức Xuân', 'ward', '2000-01-01')`); err != nil {
		t.Fatal(err)
	}
	w.must(w.AddUnit(t.Context(), people.Console(), people.Unit{Code: "bql", Name: "Ban QLDA", Kind: "management"}))
	w.add("admin", "admin")
	w.add("lan", "accountant")
	return w
}

func (w world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func newUser(name string, held ...string) people.NewUser {
	return people.NewUser{Username: name, Password: password, Roles: held, Details: people.Details{FullName: "Nguyễn Thị " + name, Unit: "bql"}}
}

func (w world) add(name string, held ...string) {
	w.t.Helper()
	_, err := w.AddUser(w.t.Context(), people.Console(), newUser(name, held...))
	w.must(err)
}

func (w world) as(name string) actor.Actor {
	w.t.Helper()
	user, err := w.SignIn(w.t.Context(), name, password, "10.0.0.1")
	w.must(err)
	who, err := w.ActorByID(w.t.Context(), user)
	w.must(err)
	return who
}

func (w world) refused(err, want error) {
	w.t.Helper()
	var got, wanted *fault.Fault
	if !errors.As(err, &got) || !errors.As(want, &wanted) || got.Code != wanted.Code ||
		len(wanted.Fields) > 0 && got.Fields[0].Code != wanted.Fields[0].Code {
		w.t.Errorf("got %v, want %v", err, want)
	}
}

func (w world) lastEvent(code string) audit.Row {
	w.t.Helper()
	rows, err := w.Log.History(w.t.Context(), people.ObjectKind, code, 1)
	w.must(err)
	return rows[0]
}

func TestSignIn(t *testing.T) {
	w := newWorld(t)
	who := w.as("lan")
	if who.Username != "lan" || !slices.Equal(who.Roles, []string{"accountant"}) || who.Unit == 0 || !who.Can("payout:make") || who.Can(people.Manage) {
		t.Errorf("actor %+v", who)
	}
	for _, try := range [][2]string{{"lan", "không phải mật khẩu này"}, {"nobody", password}, {"lan'--", password}, {"", ""}, {"lan", ""}} {
		_, err := w.SignIn(t.Context(), try[0], try[1], "10.0.0.2")
		w.refused(err, people.ErrSignIn)
	}
}

func TestFiveFailuresCloseOneAccountToOneAddress(t *testing.T) {
	w := newWorld(t)
	for range 5 {
		_, err := w.SignIn(t.Context(), "lan", "sai mật khẩu rồi", "10.0.0.9")
		w.refused(err, people.ErrSignIn)
	}
	_, err := w.SignIn(t.Context(), "lan", password, "10.0.0.9")
	w.refused(err, people.ErrTooManyTries)
	if w.lastEvent("lan").Act != "people.locked" {
		t.Error("the log does not say that the account was closed to an address")
	}
	w.as("lan") // from elsewhere the owner is not locked out
	if _, err := w.SignIn(t.Context(), "admin", password, "10.0.0.9"); err != nil {
		t.Errorf("another account from that address: %v", err)
	}
	_, err = w.db.Pool().ExecContext(t.Context(), `UPDATE login_failure SET at = at - interval '16 minutes'`)
	w.must(err)
	if _, err := w.SignIn(t.Context(), "lan", password, "10.0.0.9"); err != nil {
		t.Errorf("after 16 minutes: %v", err)
	}
}

func TestManyAccountsFromOneAddressAreSlowed(t *testing.T) {
	w := newWorld(t)
	var last error
	for i := range 21 {
		_, last = w.SignIn(t.Context(), "user"+strings.Repeat("x", i), "một mật khẩu thử", "10.0.0.9")
	}
	w.refused(last, people.ErrTooManyTries)
}

func TestGuessesAtTheSameMomentGetNoMoreThanFiveTries(t *testing.T) {
	w := newWorld(t)
	var group sync.WaitGroup
	for range 12 {
		group.Go(func() { _, _ = w.SignIn(t.Context(), "lan", "sai mật khẩu rồi", "10.0.0.9") })
	}
	group.Wait()
	_, err := w.SignIn(t.Context(), "lan", password, "10.0.0.9")
	w.refused(err, people.ErrTooManyTries)
}

func TestADisabledUserIsOutAtOnce(t *testing.T) {
	w := newWorld(t)
	admin, lan := w.as("admin"), w.as("lan")
	token, err := w.IssueToken(t.Context(), lan, "lan", 30, "bảng tính")
	w.must(err)
	w.must(w.Disable(t.Context(), admin, "lan", 0))
	_, err = w.ActorByID(t.Context(), lan.ID)
	w.refused(err, people.ErrMissing)
	_, err = w.ActorByToken(t.Context(), token)
	w.refused(err, people.ErrTokenInvalid)
	_, err = w.SignIn(t.Context(), "lan", password, "10.0.0.2")
	w.refused(err, people.ErrSignIn)
	w.must(w.Enable(t.Context(), admin, "lan", 0))
	w.as("lan")
}

func TestTokens(t *testing.T) {
	w := newWorld(t)
	lan := w.as("lan")
	token, err := w.IssueToken(t.Context(), lan, "lan", 30, "bảng tính")
	w.must(err)
	if !strings.HasPrefix(token, "mb_") || len(token) < 46 {
		t.Errorf("token %q", token)
	}
	who, err := w.ActorByToken(t.Context(), token)
	if err != nil || who.ID != lan.ID || !who.Can("payout:make") {
		t.Errorf("by token: %+v, %v", who, err)
	}
	_, err = w.IssueToken(t.Context(), w.as("admin"), "lan", 30, "x")
	w.refused(err, people.ErrTokenNotOwn)
	if _, err := w.IssueToken(t.Context(), people.Console(), "lan", 30, "x"); err != nil {
		t.Errorf("from the console: %v", err)
	}
	tokens, err := w.Tokens(t.Context(), lan)
	w.must(err)
	own := tokens[len(tokens)-1].ID
	w.refused(w.RevokeToken(t.Context(), actor.Actor{ID: 999, Username: "other"}, own), people.ErrTokenMissing)
	w.must(w.RevokeToken(t.Context(), lan, own))
	_, err = w.ActorByToken(t.Context(), token)
	w.refused(err, people.ErrTokenInvalid)
	var kept int
	w.must(w.db.Pool().QueryRowContext(t.Context(), `SELECT count(*) FROM api_token WHERE position(convert_to($1, 'UTF8') IN token_hash) > 0`, token).Scan(&kept))
	if kept != 0 {
		t.Error("the token itself is in the database")
	}
}

func TestAnExpiredTokenIsRefused(t *testing.T) {
	w := newWorld(t)
	token, err := w.IssueToken(t.Context(), people.Console(), "lan", 1, "x")
	w.must(err)
	_, err = w.db.Pool().ExecContext(t.Context(), `UPDATE api_token SET expires_at = clock_timestamp() - interval '1 second'`)
	w.must(err)
	_, err = w.ActorByToken(t.Context(), token)
	w.refused(err, people.ErrTokenInvalid)
}

func TestRolesAreLoggedBeforeAndAfter(t *testing.T) {
	w := newWorld(t)
	admin := w.as("admin")
	w.must(w.SetRoles(t.Context(), admin, "admin", []string{"admin", "accountant", "accountant"}, 0))
	e := w.lastEvent("admin")
	if e.Act != "people.roles" || e.ActorName != "admin" || *e.Before != `{"roles": ["admin"]}` || *e.After != `{"roles": ["accountant", "admin"]}` {
		t.Errorf("event %s by %s: %s → %s", e.Act, e.ActorName, *e.Before, *e.After)
	}
	w.refused(w.SetRoles(t.Context(), admin, "lan", []string{"king"}, 0), fault.InvalidField("roles", "people.role_unknown"))
	w.refused(w.SetRoles(t.Context(), w.as("lan"), "lan", []string{"admin"}, 0), fault.New(fault.Forbidden, "forbidden"))
}

func TestTheLastManagerStays(t *testing.T) {
	w := newWorld(t)
	admin := w.as("admin")
	w.refused(w.SetRoles(t.Context(), admin, "admin", []string{"accountant"}, 0), people.ErrLastManager)
	w.refused(w.Disable(t.Context(), admin, "admin", 0), people.ErrOwnAccount)
	w.refused(w.Disable(t.Context(), people.Console(), "admin", 0), people.ErrLastManager)
	w.add("hoa", "admin")
	w.must(w.Disable(t.Context(), people.Console(), "admin", 0))
}

func TestAWardRoleNeedsAWard(t *testing.T) {
	w := newWorld(t)
	needed := fault.InvalidField("ward", "people.ward_needed")
	_, err := w.AddUser(t.Context(), people.Console(), newUser("minh", "ward"))
	w.refused(err, needed)
	w.refused(w.SetRoles(t.Context(), people.Console(), "lan", []string{"ward"}, 0), needed)
	u := newUser("minh", "ward")
	u.Ward = "01837"
	_, err = w.AddUser(t.Context(), people.Console(), u)
	w.must(err)
	if w.as("minh").Ward == 0 {
		t.Error("the ward is lost")
	}
	u.Ward = ""
	w.refused(w.Update(t.Context(), people.Console(), "minh", u.Details, 0), needed)
	w.must(w.AddUnit(t.Context(), people.Console(), people.Unit{Code: "ubnd-dx", Name: "UBND phường Đức Xuân", Kind: "ward", WardCode: "01837"}))
	u.Unit = "ubnd-dx"
	w.must(w.Update(t.Context(), people.Console(), "minh", u.Details, 0))
	if w.as("minh").Ward == 0 {
		t.Error("the unit's ward does not count")
	}
}

func TestAnOldPageDoesNotOverwrite(t *testing.T) {
	w := newWorld(t)
	admin := w.as("admin")
	u, err := w.Get(t.Context(), admin, "lan")
	w.must(err)
	d := people.Details{FullName: "Nguyễn Thị Lan Anh", Unit: "bql"}
	w.must(w.Update(t.Context(), admin, "lan", d, u.Version))
	w.refused(w.Update(t.Context(), admin, "lan", d, u.Version), fault.New(fault.Changed, "changed_meanwhile"))
}

func TestPasswords(t *testing.T) {
	w := newWorld(t)
	lan := w.as("lan")
	const next = "một câu mới thật dài"
	w.refused(w.ChangePassword(t.Context(), lan, "không đúng đâu", next, "10.0.0.1"), people.ErrPasswordWrong)
	w.refused(w.ChangePassword(t.Context(), lan, password, "ngắn", "10.0.0.1"), fault.InvalidField("password", "people.password_short"))
	w.must(w.ChangePassword(t.Context(), lan, password, next, "10.0.0.1"))
	_, err := w.SignIn(t.Context(), "lan", password, "10.0.0.3")
	w.refused(err, people.ErrSignIn)
	_, err = w.SignIn(t.Context(), "lan", next, "10.0.0.3")
	w.must(err)
	w.must(w.SetPassword(t.Context(), w.as("admin"), "lan", password))
	w.as("lan")
	w.refused(w.SetPassword(t.Context(), lan, "admin", password), fault.New(fault.Forbidden, "forbidden"))
}

func TestListSearchesWithoutMarksAndTakesSignsAsTheyAre(t *testing.T) {
	w := newWorld(t)
	admin := w.as("admin")
	for text, want := range map[string]int{"": 2, "nguyen thi lan": 1, "ADMIN": 1, "%": 0, "_": 0, "không có": 0} {
		answer, err := w.List(t.Context(), admin, people.Filter{}, listing.Query{Text: text})
		w.must(err)
		if len(answer.Items) != want || answer.Total != want {
			t.Errorf("%q: %d of %d, want %d", text, len(answer.Items), answer.Total, want)
		}
	}
	for _, sort := range []string{"username", "name", "unit", "state", "created", "'; DROP TABLE app_user"} {
		_, err := w.List(t.Context(), admin, people.Filter{Role: "admin", Unit: "bql", State: "active"}, listing.Query{Sort: sort, Desc: true, Page: 1})
		w.must(err)
	}
	if _, err := w.List(t.Context(), w.as("lan"), people.Filter{}, listing.Query{}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an accountant lists users: %v", err)
	}
}

func TestAddingTwice(t *testing.T) {
	w := newWorld(t)
	_, err := w.AddUser(t.Context(), people.Console(), newUser("lan"))
	w.refused(err, people.ErrUsernameTaken)
	u := newUser("hoa")
	u.Unit = "none"
	_, err = w.AddUser(t.Context(), people.Console(), u)
	w.refused(err, people.ErrUnitUnknown)
	unit := people.Unit{Code: "bql", Name: "Ban QLDA thành phố", Kind: "management"}
	for range 2 {
		w.must(w.AddUnit(t.Context(), people.Console(), unit))
	}
	rows, err := w.Log.History(t.Context(), "unit", "bql", 10)
	if err != nil || len(rows) != 2 {
		t.Errorf("%d events for the unit, want 2: the second putting changed nothing (%v)", len(rows), err)
	}
}
