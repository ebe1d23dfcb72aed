// Package fault is the one way to refuse. A room says what kind of refusal it is and gives it a stable code; the edge alone
// turns that into a status, a sentence in the user's language, a problem document or the same form again.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind is a class of refusals that is answered in the same way.
type Kind int

// The closed list of kinds. Anything that is not a Fault is an internal error and shows nothing.
const (
	Internal        Kind = iota
	Invalid              // the input is wrong: which field, and what is allowed
	Unauthenticated      // nobody is signed in
	Forbidden            // this person may not do this kind of thing
	NotFound             // no such thing, or not in this person's scope
	Conflict             // the state of the thing does not allow the act
	Changed              // somebody else changed it meanwhile
	TooLarge             // more than the system takes in one go
	TooMany              // too many tries; wait
	Unavailable          // the database is away; nothing was done
)

// Field is what is wrong with one field of the input.
type Field struct {
	Name string // as in the form and the API, snake_case
	Code string // key of the sentence: "fault." + Code
	Args []any
}

// Fault is a refusal. Code is the key of its sentence ("fault." + Code); Args fill its places {0}, {1}….
type Fault struct {
	Kind   Kind
	Code   string
	Args   []any
	Fields []Field
	Cause  error
}

func (f *Fault) Error() string {
	if f.Cause != nil {
		return fmt.Sprintf("%s %v: %v", f.Code, f.Args, f.Cause)
	}
	return fmt.Sprintf("%s %v %v", f.Code, f.Args, f.Fields)
}

// Unwrap gives the true cause, for the log only.
func (f *Fault) Unwrap() error { return f.Cause }

// Is makes errors.Is compare by code, so that tests and callers can name a refusal.
func (f *Fault) Is(target error) bool {
	var other *Fault
	return errors.As(target, &other) && other.Code == f.Code
}

// New makes a refusal of any kind.
func New(kind Kind, code string, args ...any) *Fault {
	return &Fault{Kind: kind, Code: code, Args: args}
}

// Missing says that a thing does not exist for this person.
func Missing(code string, args ...any) *Fault { return New(NotFound, code, args...) }

// Conflicting says that the state of a thing does not allow the act.
func Conflicting(code string, args ...any) *Fault { return New(Conflict, code, args...) }

// ChangedBy says that somebody changed the thing since it was shown: who, and when.
func ChangedBy(who string, when time.Time) *Fault {
	return New(Changed, "changed_meanwhile", who, when)
}

// Wrong collects the wrong fields of an input.
type Wrong struct{ fields []Field }

// Add notes that a field is wrong.
func (w *Wrong) Add(name, code string, args ...any) {
	w.fields = append(w.fields, Field{Name: name, Code: code, Args: args})
}

// Check adds the field unless ok.
func (w *Wrong) Check(ok bool, name, code string, args ...any) {
	if !ok {
		w.Add(name, code, args...)
	}
}

// Err is nil when nothing was wrong, else one Invalid fault with all fields.
func (w *Wrong) Err() error {
	if len(w.fields) == 0 {
		return nil
	}
	return &Fault{Kind: Invalid, Code: "invalid_input", Fields: w.fields}
}

// InvalidField is an Invalid fault about a single field.
func InvalidField(name, code string, args ...any) *Fault {
	return &Fault{Kind: Invalid, Code: "invalid_input", Fields: []Field{{Name: name, Code: code, Args: args}}}
}

// KindOf is the kind of any error; Internal for all that is not a Fault.
func KindOf(err error) Kind {
	var f *Fault
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}
