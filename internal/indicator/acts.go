package indicator

import (
	"context"
	"strconv"
	"strings"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
)

// Year reads the indicators of a year with their values; Mine tells which of them the person may enter.
func (r Indicators) Year(ctx context.Context, who actor.Actor, year int) ([]Row, error) {
	if _, err := who.Require(Read); err != nil {
		return nil, err
	}
	enter, err := who.Require(Enter)
	return store{r.DB.Read(ctx)}.rows(ctx, year, enter, err == nil)
}

// Closed tells whether the year's December report is issued: from then on every change needs a reason.
func (r Indicators) Closed(ctx context.Context, year int) (bool, error) {
	return store{r.DB.Read(ctx)}.closed(ctx, year)
}

// Define adds something to measure. Refuses wrong fields, a code in use, an unknown department.
func (r Indicators) Define(ctx context.Context, who actor.Actor, i Indicator) error {
	if _, err := who.Require(Define); err != nil {
		return err
	}
	if err := i.check(); err != nil {
		return err
	}
	return r.DB.Run(ctx, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		unit, err := s.unit(ctx, i.Unit)
		if err != nil {
			return err
		}
		if err := s.define(ctx, i, unit); err != nil {
			return refuse(err)
		}
		return r.Log.Write(ctx, audit.Event{Actor: who, Act: "indicator.define", ObjectKind: "indicator", ObjectCode: i.Code, After: i})
	})
}

// Save enters values of a year, all or none. Refuses, naming indicator and field: one of another department (not found), wrong figures, a
// value changed meanwhile, a closed year without a reason. What was accepted has to be accepted anew.
func (r Indicators) Save(ctx context.Context, who actor.Actor, year int, inputs []Input, today day.Date) error {
	enter, err := who.Require(Enter)
	if err != nil {
		return err
	}
	if err := checkYear(year, today); err != nil {
		return err
	}
	if len(inputs) == 0 {
		return nil
	}
	return r.DB.Run(ctx, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		if err := s.lock(ctx); err != nil {
			return err
		}
		rows, err := s.rows(ctx, year, enter, true)
		if err != nil {
			return err
		}
		closed, err := s.closed(ctx, year)
		if err != nil {
			return err
		}
		values, before, err := judge(inputs, rows, closed)
		if err != nil {
			return err
		}
		if err := s.save(ctx, year, values, who.ID); err != nil {
			return refuse(err)
		}
		return r.note(ctx, who, "indicator.save", year, before, inputs)
	})
}

// judge checks every input and gives the values to keep beside those that stood before.
func judge(inputs []Input, rows []Row, closed bool) (values []saved, before []Row, err error) {
	byCode := make(map[string]Row, len(rows))
	for _, row := range rows {
		byCode[row.Code] = row
	}
	var wrong fault.Wrong
	for _, in := range inputs {
		row, found := byCode[in.Code]
		if !found || !row.Mine {
			return nil, nil, ErrMissing
		}
		if in.Version != row.Version {
			return nil, nil, changed(row)
		}
		in.check(&wrong, closed)
		before = append(before, row)
		values = append(values, saved{row.ID, whole(in.Plan), whole(in.Result), in.Mark, in.RatioBP, whole(in.LastYear), in.GrowthBP,
			strings.TrimSpace(in.Note), strings.TrimSpace(in.Reason)})
	}
	return values, before, wrong.Err()
}

func whole(f *Figure) *int64 {
	if f == nil {
		return nil
	}
	n := int64(*f)
	return &n
}

// changed names the value as well as the hand: the grid has many. It is the version that is wrong, no figure: no cell has to be mended.
func changed(row Row) error {
	by, at := row.Entered, row.EnteredAt
	if row.State == Accepted {
		by, at = row.Accepted, row.AcceptedAt
	}
	if at == nil {
		at = &time.Time{}
	}
	f := fault.ChangedBy(by, *at)
	f.Fields = []fault.Field{{Name: row.Code + ".version", Code: f.Code, Args: f.Args}}
	return f
}

// Accept takes entered values into the report's figures, all or none. Refuses values that the person entered, also when
// others entered them again since, and any not entered or changed meanwhile.
func (r Indicators) Accept(ctx context.Context, who actor.Actor, year int, picks []Pick) error {
	if _, err := who.Require(Accept); err != nil {
		return err
	}
	if len(picks) == 0 {
		return ErrNothing
	}
	return r.DB.Run(ctx, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		if err := s.lock(ctx); err != nil {
			return err
		}
		rows, err := s.rows(ctx, year, actor.Scope{}, true)
		if err != nil {
			return err
		}
		chosen, err := mayAccept(picks, rows, who)
		if err != nil {
			return err
		}
		if err := s.accept(ctx, year, chosen, who.ID); err != nil {
			return refuse(err)
		}
		return r.note(ctx, who, "indicator.accept", year, nil, picks)
	})
}

func mayAccept(picks []Pick, rows []Row, who actor.Actor) ([]int64, error) {
	byCode := make(map[string]Row, len(rows))
	for _, row := range rows {
		byCode[row.Code] = row
	}
	chosen := make([]int64, 0, len(picks))
	for _, pick := range picks {
		row, found := byCode[pick.Code]
		switch {
		case !found:
			return nil, ErrMissing
		case pick.Version != 0 && pick.Version != row.Version:
			return nil, changed(row)
		case row.State != Entered:
			return nil, ErrNotEntered
		case row.Hands.Has(who.ID):
			return nil, ErrOwn
		}
		chosen = append(chosen, row.ID)
	}
	return chosen, nil
}

// note writes one event for the whole act; its object is the year.
func (r Indicators) note(ctx context.Context, who actor.Actor, act string, year int, before, after any) error {
	return r.Log.Write(ctx, audit.Event{Actor: who, Act: act, ObjectKind: "indicators", ObjectCode: strconv.Itoa(year), Before: before, After: after})
}

// Waiting counts the values of a year that another hand entered and the person may accept; 0 for whoever accepts none.
func (r Indicators) Waiting(ctx context.Context, who actor.Actor, year int) (int, error) {
	if _, err := who.Require(Accept); err != nil {
		return 0, nil
	}
	var waiting int
	err := r.DB.Read(ctx).GetContext(ctx, &waiting,
		`SELECT count(*) FROM indicator_value WHERE year = $1 AND state = 'entered' AND $2 <> ALL (hands)`, year, who.ID)
	return waiting, err
}
