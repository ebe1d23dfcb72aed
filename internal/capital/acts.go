package capital

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/project"
)

// placed is a line at its work, and where it stands in the act.
type placed struct {
	book *book
	at   int
	Line
}

type placedMedium struct {
	book *book
	at   int
	MediumLine
}

// Add adds a line. Refuses wrong fields; a source that would fall below zero or below what is drawn of it, a year below its accepted
// progress; years above the total investment or the medium-term plan (always with both figures); the same decision told twice.
func (c Capital) Add(ctx context.Context, who actor.Actor, code string, l Line, today day.Date) error {
	if err := c.mayEdit(ctx, who, code); err != nil {
		return err
	}
	return single(c.AddAll(ctx, who, []Of[Line]{{code, l}}, today))
}

// AddAll adds lines of any works, all or none; they are judged together, so that money moved from one line to another needs no order.
// A refusal names the line by its place from 0: "3.amount". A work outside the scope: "3.code".
func (c Capital) AddAll(ctx context.Context, who actor.Actor, lines []Of[Line], today day.Date) error {
	scope, err := who.Require(Edit)
	if err != nil || len(lines) == 0 {
		return err
	}
	return c.DB.Run(ctx, func(ctx context.Context) error {
		s := store{c.DB.Write(ctx)}
		books, known, err := s.open(ctx, scope, codesOf(lines))
		if err != nil {
			return err
		}
		var wrong places
		var add []placed
		for i, l := range lines {
			line := l.Line
			line.Number, line.Authority = strings.TrimSpace(line.Number), strings.TrimSpace(line.Authority)
			if wrong.at(i, books[l.Code], line.check(today)) && wrong.source(i, known, line.Source) {
				add = append(add, placed{books[l.Code], i, line})
			}
		}
		if err := c.judge(ctx, s, books, add, &wrong); err != nil {
			return err
		}
		return c.write(ctx, s, who, add)
	})
}

// judge locks the funds before it reads what is drawn of them, puts the new lines among those that stand and asks the rules.
func (c Capital) judge(ctx context.Context, s store, books map[string]*book, add []placed, wrong *places) error {
	if _, err := s.lockFunds(ctx, deltas(add)); err != nil {
		return refuse(err)
	}
	if err := s.fill(ctx, books); err != nil {
		return err
	}
	for _, l := range add {
		l.book.lines = append(l.book.lines, l.Line)
	}
	for _, l := range add {
		wrong.at(l.at, l.book, l.book.check(l.Line))
	}
	return wrong.Err()
}

func (c Capital) write(ctx context.Context, s store, who actor.Actor, add []placed) error {
	if err := s.addLines(ctx, add, who.ID); err != nil {
		return refuse(err)
	}
	if err := s.addToFunds(ctx, deltas(add)); err != nil {
		return refuse(err)
	}
	told := map[string][]Line{}
	for _, l := range add {
		told[l.book.code] = append(told[l.book.code], l.Line)
	}
	return log(ctx, c.Log, who, "capital.add", told)
}

// AddMedium adds a line to the medium-term plan. Refuses wrong fields, a plan below what its years have been given already or above the
// total investment (both figures), the same decision told twice.
func (c Capital) AddMedium(ctx context.Context, who actor.Actor, code string, l MediumLine, today day.Date) error {
	if err := c.mayEdit(ctx, who, code); err != nil {
		return err
	}
	return single(c.AddMediumAll(ctx, who, []Of[MediumLine]{{code, l}}, today))
}

// AddMediumAll adds lines to the medium-term plans of any works, all or none, as AddAll does.
func (c Capital) AddMediumAll(ctx context.Context, who actor.Actor, lines []Of[MediumLine], today day.Date) error {
	scope, err := who.Require(Edit)
	if err != nil || len(lines) == 0 {
		return err
	}
	return c.DB.Run(ctx, func(ctx context.Context) error {
		s := store{c.DB.Write(ctx)}
		books, known, err := s.open(ctx, scope, codesOf(lines))
		if err != nil {
			return err
		}
		if err := s.fill(ctx, books); err != nil {
			return err
		}
		var wrong places
		var add []placedMedium
		for i, l := range lines {
			line := l.Line
			line.Number, line.Authority = strings.TrimSpace(line.Number), strings.TrimSpace(line.Authority)
			if wrong.at(i, books[l.Code], line.check(today)) && wrong.source(i, known, line.Source) {
				books[l.Code].medium = append(books[l.Code].medium, line)
				add = append(add, placedMedium{books[l.Code], i, line})
			}
		}
		told := map[string][]MediumLine{}
		for _, l := range add {
			wrong.at(l.at, l.book, l.book.checkMedium(l.MediumLine))
			told[l.book.code] = append(told[l.book.code], l.MediumLine)
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		if err := s.addMedium(ctx, add, who.ID); err != nil {
			return refuse(err)
		}
		return log(ctx, c.Log, who, "capital.add_medium", told)
	})
}

// open locks the works and reads which sources there are.
func (s store) open(ctx context.Context, scope actor.Scope, codes []string) (map[string]*book, []Source, error) {
	books, err := s.lock(ctx, scope, codes)
	if err != nil {
		return nil, nil, err
	}
	known, err := s.sources(ctx)
	return books, known, err
}

// mayEdit tells a work outside the scope from wrong fields: it is not found.
func (c Capital) mayEdit(ctx context.Context, who actor.Actor, code string) error {
	scope, err := who.Require(Edit)
	if err != nil {
		return err
	}
	_, err = c.Projects.GetWithin(ctx, who, scope, code)
	return err
}

// log writes one event a work, so that each work's history tells its own; the codes sorted, so that two acts wait and never lock each other.
func log[T any](ctx context.Context, l audit.Log, who actor.Actor, act string, told map[string][]T) error {
	codes := make([]string, 0, len(told))
	for code := range told {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for _, code := range codes {
		var after any = told[code]
		if len(told[code]) == 1 {
			after = told[code][0]
		}
		if err := l.Write(ctx, audit.Event{Actor: who, Act: act, ObjectKind: "project", ObjectCode: code, After: after}); err != nil {
			return err
		}
	}
	return nil
}

func codesOf[T any](lines []Of[T]) []string {
	codes := make([]string, 0, len(lines))
	for _, l := range lines {
		codes = append(codes, l.Code)
	}
	return codes
}

// places collects what is wrong with lines by their place in the act.
type places struct{ fault.Wrong }

// at notes the wrong fields of a line, and tells whether it may go on.
func (w *places) at(i int, b *book, err error) bool {
	if b == nil {
		w.Add(fieldAt(i, "code"), project.ErrMissing.Code)
		return false
	}
	var f *fault.Fault
	if !errors.As(err, &f) {
		return err == nil
	}
	for _, field := range f.Fields {
		w.Add(fieldAt(i, field.Name), field.Code, field.Args...)
	}
	return false
}

func (w *places) source(i int, known []Source, code string) bool {
	found := slices.ContainsFunc(known, func(s Source) bool { return s.Code == code })
	w.Check(found, fieldAt(i, "source"), "choose")
	return found
}

func fieldAt(i int, name string) string { return strconv.Itoa(i) + "." + name }

// single takes the place out of the field names of an act over one line.
func single(err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	one := *f
	one.Fields = slices.Clone(f.Fields)
	for i := range one.Fields {
		one.Fields[i].Name = strings.TrimPrefix(one.Fields[i].Name, "0.")
	}
	return &one
}
