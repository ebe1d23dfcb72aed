package people

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"matbang/internal/actor"
	"matbang/internal/fault"
)

// Bounds of passwords (in characters), tokens, and failed tries to sign in. Tries count for 15 minutes: five for one account from one address, so that
// nobody can lock the owner out from elsewhere, and twenty a minute from one address over all accounts.
const (
	passwordMin  = 10
	passwordMax  = 128
	distinctMin  = 5
	tokenDaysMax = 366
	accountTries = 5
	minuteTries  = 20
	waitMinutes  = 15
)

// canonical is the one form of a password that is hashed: a keyboard may send "ế" composed or decomposed, and a copied password
// brings a space along.
func canonical(password string) string { return strings.TrimSpace(norm.NFC.String(password)) }

// checkPassword notes what is wrong with a new password.
func checkPassword(wrong *fault.Wrong, username, password string) {
	p := canonical(password)
	n := utf8.RuneCountInString(p)
	switch {
	case n < passwordMin:
		wrong.Add("password", "people.password_short", passwordMin)
	case n > passwordMax:
		wrong.Add("password", "people.password_long", passwordMax)
	case strings.EqualFold(p, username):
		wrong.Add("password", "people.password_is_username")
	case common(p):
		wrong.Add("password", "people.password_common")
	}
}

// common tells whether a password is among the first that anybody would try: a well-known one, or few different signs.
func common(password string) bool {
	lower := strings.ToLower(password)
	signs := map[rune]bool{}
	for _, r := range lower {
		signs[r] = true
	}
	return len(signs) < distinctMin || slices.Contains(wellKnown(), lower)
}

// wellKnown are the passwords of ten and more signs at the top of published lists, with their Vietnamese cousins.
func wellKnown() []string {
	return strings.Fields(`1234567890 0123456789 0987654321 12345678910 123456789a 1234567890a a123456789 aa123456789 qwertyuiop qwerty12345
		qwerty123456 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4t5 1qaz2wsx3edc qazwsxedcrfv asdfghjkl123 zxcvbnm123 password12 password123 password1234
		password123456 passw0rd123 p@ssw0rd123 admin12345 admin123456 administrator iloveyou123 welcome123 letmein123 abc123456789
		abcd123456 abcdefghij abc1234567 matkhau123 matkhau1234 matkhau12345 matkhau123456 anhyeuem123 emyeuanh123 vietnam123 vietnam1234
		hanoi12345 backan12345 matbang123 matbang1234 matbang12345 khongbiet123 xinchao123 kh0ngbiet`)
}

// usernameFits is the form of a user name; the database checks the same.
func usernameFits(name string) bool {
	const letters, others = "abcdefghijklmnopqrstuvwxyz", "0123456789.-"
	return len(name) >= 2 && len(name) <= 40 && strings.Contains(letters, name[:1]) && strings.Trim(name, letters+others) == ""
}

// signInName is the name under which a try is counted and looked up; whatever cannot be a user's name counts as one and the same.
func signInName(typed string) string {
	name := strings.ToLower(strings.TrimSpace(typed))
	if !usernameFits(name) {
		return "?"
	}
	return name
}

func (d Details) check(wrong *fault.Wrong) {
	wrong.Check(d.FullName != "", "full_name", "required")
	wrong.Check(d.Unit != "", "unit", "required")
}

// check gives every wrong field of a new account at once.
func (u NewUser) check(known []string) error {
	var wrong fault.Wrong
	wrong.Check(usernameFits(u.Username), "username", "people.username_form")
	// These two are addresses and log names of their own.
	wrong.Check(u.Username != "new" && u.Username != "console", "username", "people.username_reserved")
	u.Details.check(&wrong)
	if u.Sample {
		wrong.Check(canonical(u.Password) != "", "password", "required")
	} else {
		checkPassword(&wrong, u.Username, u.Password)
	}
	checkRoles(&wrong, known, u.Roles)
	return wrong.Err()
}

func checkRoles(wrong *fault.Wrong, known, roles []string) {
	for _, r := range roles {
		if !slices.Contains(known, r) {
			wrong.Add("roles", "people.role_unknown", r)
			return
		}
	}
}

// sortedOnce is the roles in the one order in which they are kept and logged.
func sortedOnce(roles []string) []string {
	sorted := slices.Sorted(slices.Values(roles))
	return slices.Compact(sorted)
}

// boundToWard tells whether some permission reaches the own ward only: its holder must have one.
func boundToWard(grants map[actor.Permission]actor.Reach) bool {
	for _, reach := range grants {
		if reach == actor.Ward {
			return true
		}
	}
	return false
}

// UnitKinds lists what kinds of unit there are.
func UnitKinds() []string {
	return []string{"city", "management", "clearance", "finance", "department", "ward"}
}

func (u Unit) check() error {
	var wrong fault.Wrong
	wrong.Check(u.Code != "", "code", "required")
	wrong.Check(u.Name != "", "name", "required")
	wrong.Check(slices.Contains(UnitKinds(), u.Kind), "kind", "people.unit_kind")
	return wrong.Err()
}

func checkToken(days int, name string) error {
	var wrong fault.Wrong
	wrong.Check(name != "", "name", "required")
	wrong.Check(days >= 1 && days <= tokenDaysMax, "days", "people.token_days", tokenDaysMax)
	return wrong.Err()
}
