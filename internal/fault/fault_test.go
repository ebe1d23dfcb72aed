package fault

import (
	"errors"
	"fmt"
	"testing"
)

func TestRefusalsAreTheSameByTheirCode(t *testing.T) {
	missing := Missing("project.missing")
	wrapped := fmt.Errorf("row 3: %w", Missing("project.missing", "7654321"))
	if !errors.Is(wrapped, missing) || errors.Is(wrapped, Missing("case.missing")) || errors.Is(errors.New("project.missing"), missing) {
		t.Error("compared by something else than the code")
	}
	if KindOf(wrapped) != NotFound || KindOf(errors.New("x")) != Internal || KindOf(nil) != Internal {
		t.Error("kinds")
	}
}

func TestAllWrongFieldsAreToldAtOnce(t *testing.T) {
	var w Wrong
	if w.Err() != nil {
		t.Error("nothing wrong is refused")
	}
	w.Check(true, "name", "required")
	if w.Err() != nil {
		t.Error("a right field is refused")
	}
	w.Check(false, "code", "project.code_form", 7)
	w.Add("name", "required")
	var f *Fault
	if err := w.Err(); !errors.As(err, &f) || f.Kind != Invalid || len(f.Fields) != 2 || f.Fields[0].Args[0] != 7 || f.Fields[1].Name != "name" {
		t.Errorf("got %+v", f)
	}
}
