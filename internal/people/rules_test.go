package people

import (
	"context"
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/fault"
)

func firstField(err error) string {
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return ""
	}
	return f.Fields[0].Code
}

func TestPasswordRule(t *testing.T) {
	for name, test := range map[string]struct{ username, password, want string }{
		"nine":                 {"lan", "chín-ký-t", "people.password_short"},
		"ten":                  {"lan", "mười ký tự", ""},
		"128":                  {"lan", strings.Repeat("đường dài ", 12) + "đến đây.", ""},
		"129":                  {"lan", strings.Repeat("đường dài ", 12) + "đến đây nhé", "people.password_long"},
		"spaces do not count":  {"lan", "  ngắn thôi  ", "people.password_short"},
		"marks count once":     {"lan", norm.NFD.String("nghiễễễễ"), "people.password_short"},
		"the user name":        {"nguyen.thi.lan", "Nguyen.Thi.Lan", "people.password_is_username"},
		"well known":           {"lan", "MatKhau123456", "people.password_common"},
		"few different signs":  {"lan", "aaaaabbbbbcccc", "people.password_common"},
		"a sentence is enough": {"lan", "cầu Bắc Kạn mùa nước lớn", ""},
	} {
		var wrong fault.Wrong
		checkPassword(&wrong, test.username, test.password)
		if got := firstField(wrong.Err()); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestUsername(t *testing.T) {
	for name, want := range map[string]bool{
		"lan": true, "planning-head": true, "ward-ducxuan": true, "a.b2": true,
		"": false, "a": false, "Lan": false, "2lan": false, "lán": false, "la n": false, "-lan": false, "lan\x00": false, strings.Repeat("a", 41): false,
	} {
		if usernameFits(name) != want {
			t.Errorf("usernameFits(%q) = %v", name, !want)
		}
	}
	if signInName(" LAN ") != "lan" || signInName("x\x00y") != "?" {
		t.Error("a try is not counted under its one name")
	}
}

func TestNewUserTellsEveryWrongField(t *testing.T) {
	err := NewUser{Username: "new", Roles: []string{"king"}}.check([]string{"admin"})
	var f *fault.Fault
	if !errors.As(err, &f) {
		t.Fatalf("got %v", err)
	}
	var names []string
	for _, field := range f.Fields {
		names = append(names, field.Name)
	}
	if got := strings.Join(names, " "); got != "username full_name unit password roles" {
		t.Errorf("wrong fields: %s", got)
	}
}

func TestSamplePasswordIsNotHeldAgainstTheRule(t *testing.T) {
	u := NewUser{Username: "admin", Details: Details{FullName: "A", Unit: "u"}, Password: "demo", Sample: true}
	if err := u.check(nil); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestTokenRule(t *testing.T) {
	for days, want := range map[int]string{0: "people.token_days", 1: "", 366: "", 367: "people.token_days", -5: "people.token_days"} {
		if got := firstField(checkToken(days, "x")); got != want {
			t.Errorf("%d days: %q, want %q", days, got, want)
		}
	}
	if firstField(checkToken(1, "")) != "required" {
		t.Error("a token without a name was let through")
	}
}

func TestHashing(t *testing.T) {
	p := New(nil, audit.Log{}, nil, nil)
	ctx := context.Background()
	kept, err := p.hash(ctx, "đường Phiêng My ")
	if err != nil || !strings.HasPrefix(kept, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("hash %q, %v", kept, err)
	}
	for password, want := range map[string]bool{
		"đường Phiêng My": true, norm.NFD.String("đường Phiêng My"): true, "đường Phiêng my": false, "": false,
	} {
		if got, err := p.matches(ctx, kept, password); err != nil || got != want {
			t.Errorf("%q matches: %v, %v", password, got, err)
		}
	}
	if got, err := p.matches(ctx, nobodysHash(), ""); got || err != nil {
		t.Errorf("nobody's hash: %v, %v", got, err)
	}
}

func TestAPersonWithoutWardHasNoWardRights(t *testing.T) {
	p := New(nil, audit.Log{}, func([]string) map[actor.Permission]actor.Reach {
		return map[actor.Permission]actor.Reach{"case:read": actor.Ward, "report:read": actor.All}
	}, nil)
	if who := p.actor(identity{ID: 1}); who.Can("case:read") || !who.Can("report:read") {
		t.Errorf("without a ward: %v", who.Grants)
	}
	if who := p.actor(identity{ID: 1, Ward: 7}); !who.Can("case:read") {
		t.Errorf("with a ward: %v", who.Grants)
	}
}
