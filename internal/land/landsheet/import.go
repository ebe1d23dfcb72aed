package landsheet

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/land"
	"matbang/internal/region"
	"matbang/internal/sheet"
)

var errKeepNothing = errors.New("nothing is kept")

// Import reads a file and opens its cases, all or none; a dry run only tells what would be opened. Faults of the file stand in the Result; an
// error means that the file cannot be read at all, or that the person may not edit cases.
func (i Importer) Import(ctx context.Context, who actor.Actor, name string, content []byte, opts Options) (Result, error) {
	if _, err := who.Require(land.Edit); err != nil {
		return Result{}, err
	}
	wards, err := i.wards(ctx, opts.Today)
	if err != nil {
		return Result{}, err
	}
	rows, faults, err := sheet.Read(name, content, Spec(wards, opts.Project))
	if err != nil {
		return Result{}, err
	}
	drafts, found := convert(rows, wards, opts.Project, faults)
	b := batch{Importer: i, who: who, today: opts.Today, drafts: drafts, faults: append(faults, found...)}
	b.keep = !opts.DryRun && len(b.faults) == 0
	if err := b.judge(ctx); err != nil {
		return Result{}, err
	}
	return b.result(len(rows), wards), nil
}

// batch is the cases of one file while the act judges them.
type batch struct {
	Importer
	who    actor.Actor
	today  day.Date
	drafts []*draft
	faults []sheet.Fault
	keep   bool
}

// judge tries to open the cases. The act stops at the first kind of fault; so that a person sees all faults at once, the faulty cases are
// taken out and the rest is tried again, with nothing kept.
func (b *batch) judge(ctx context.Context) error {
	for {
		wrong, err := b.try(ctx)
		if err != nil {
			return err
		}
		if len(wrong) == 0 {
			return nil
		}
		b.keep = false
		var left []*draft
		for n, d := range b.drafts {
			if wrong[n] == nil {
				left = append(left, d)
			}
			b.faults = append(b.faults, wrong[n]...)
		}
		b.drafts = left
	}
}

// verdict is the faults of drafts by their place.
type verdict map[int][]sheet.Fault

func (v verdict) add(n int, f ...sheet.Fault) { v[n] = append(v[n], f...) }

func (b *batch) try(ctx context.Context) (verdict, error) {
	var wrong verdict
	err := b.Land.DB.Run(ctx, func(ctx context.Context) error {
		wrong = verdict{}
		for _, stage := range []func(context.Context, verdict) error{b.checkKnown, b.checkNamed, b.open} {
			if err := stage(ctx, wrong); err != nil {
				return err
			}
			if len(wrong) > 0 {
				return errKeepNothing
			}
		}
		if !b.keep {
			return errKeepNothing
		}
		return nil
	})
	if errors.Is(err, errKeepNothing) {
		err = nil
	}
	return wrong, err
}

// checkKnown refuses new holders who are there already: sending a file twice must not make everybody twice.
func (b *batch) checkKnown(ctx context.Context, wrong verdict) error {
	var seeks []land.Seek
	var at []int
	for n, d := range b.drafts {
		if d.in.HolderCode == "" {
			who := personOf(d.rows[0])
			seeks, at = append(seeks, land.Seek{Project: d.in.Project, Name: spaces(d.in.Holder.Name), IdentityNo: who.identity}), append(at, n)
		}
	}
	seen, err := b.Land.Known(ctx, b.who, seeks)
	for _, s := range seen {
		first := b.drafts[at[s.Row]].rows[0]
		switch {
		case s.Case != "" && seeks[s.Row].IdentityNo == "":
			wrong.add(at[s.Row], first.Fault("name", "landsheet.name_there", s.Holder, s.Case))
		case s.Case != "":
			wrong.add(at[s.Row], first.Fault("name", "land.holder_twice", s.Holder, s.Case))
		default:
			wrong.add(at[s.Row], first.Fault("identity_no", "landsheet.holder_known", s.Holder))
		}
	}
	return err
}

// checkNamed refuses a code beside a name that is not that holder's: a slip of one digit would give the land to somebody else.
func (b *batch) checkNamed(ctx context.Context, wrong verdict) error {
	for n, d := range b.drafts {
		name := spaces(d.rows[0].Text("name"))
		if d.in.HolderCode == "" || name == "" {
			continue
		}
		h, err := b.Land.Holder(ctx, b.who, d.in.HolderCode)
		switch {
		case errors.Is(err, land.ErrHolderMissing): // the act says so
		case err != nil:
			return err
		case !strings.EqualFold(spaces(h.Name), name):
			wrong.add(n, d.rows[0].Fault("name", "landsheet.name_differs", d.in.HolderCode, h.Name))
		}
	}
	return nil
}

// open opens the cases. Whoever loses land to two works in one file is one holder with two cases: the later ones wait for its code.
func (b *batch) open(ctx context.Context, wrong verdict) error {
	first, later, of := b.order()
	if err := b.openHeld(ctx, first, nil, wrong); err != nil || len(wrong) > 0 || len(later) == 0 {
		return err
	}
	held := make(map[int]string, len(later))
	for _, n := range later {
		c, err := b.Land.Find(ctx, b.who, b.drafts[of[n]].code)
		if err != nil {
			return err
		}
		held[n] = c.HolderCode
	}
	return b.openHeld(ctx, later, held, wrong)
}

// order parts the drafts into those that can be opened at once and those whose new holder comes with an earlier one, of.
func (b *batch) order() (first, later []int, of map[int]int) {
	seen := map[person]int{}
	of = map[int]int{}
	for n, d := range b.drafts {
		who := personOf(d.rows[0])
		earlier, twice := seen[who]
		if d.in.HolderCode == "" && who.identity != "" && twice {
			later, of[n] = append(later, n), earlier
			continue
		}
		seen[who] = n
		first = append(first, n)
	}
	return first, later, of
}

// openHeld opens the cases at some places; held are the codes of holders that the file itself brought.
func (b *batch) openHeld(ctx context.Context, places []int, held map[int]string, wrong verdict) error {
	ins := make([]land.NewCase, len(places))
	for i, n := range places {
		ins[i] = b.drafts[n].in
		if held[n] != "" {
			ins[i].HolderCode = held[n]
		}
	}
	codes, err := b.Land.OpenCases(ctx, b.who, ins, b.today)
	if faults, rows := land.Rows(err); rows {
		for _, f := range faults {
			n := places[f.Row]
			wrong.add(n, b.drafts[n].place(f.Field, func(row int) int { return b.drafts[places[row]].rows[0].Number }))
		}
		return nil
	}
	for i, code := range codes {
		b.drafts[places[i]].code = code
	}
	return err
}

// place finds the cell of a field that the act refused; numberOf turns a place among the cases into a row of the file.
func (d *draft) place(f fault.Field, numberOf func(row int) int) sheet.Fault {
	if f.Code == "land.holder_twice_rows" && len(f.Args) == 2 {
		if at, ok := f.Args[1].(int); ok {
			f.Args = []any{f.Args[0], numberOf(at - 1)}
		}
	}
	row, key := d.cell(f.Name)
	return row.Fault(key, f.Code, f.Args...)
}

func (d *draft) cell(field string) (sheet.Row, string) {
	first := d.rows[0]
	if rest, ok := strings.CutPrefix(field, "parcels."); ok {
		at, name, _ := strings.Cut(rest, ".")
		if n, err := strconv.Atoi(at); err == nil && n < len(d.rows) {
			return d.rows[n], name
		}
	}
	if rest, ok := strings.CutPrefix(field, "holder.parties.0."); ok {
		if rest == "identity_no" || rest == "account_no" {
			return d.filled(rest), rest
		}
		return first, "name"
	}
	switch field {
	case "holder.ward":
		return d.filled("residence"), "residence"
	case "holder.kind", "holder.state":
		key := strings.TrimPrefix(field, "holder.")
		return d.filled(key), key
	case "project", "ward", "opened_on":
		return d.filled(field), field
	case "rule_set":
		return d.filled("opened_on"), "opened_on"
	case "parcels":
		return first, "number"
	case "holder_code":
		if d.in.HolderCode != "" {
			return first, "holder_code"
		}
	}
	return first, "name"
}

// filled is the first row of the case that fills a column, else its first row.
func (d *draft) filled(key string) sheet.Row {
	if at := slices.IndexFunc(d.rows, func(r sheet.Row) bool { return r.Has(key) }); at >= 0 {
		return d.rows[at]
	}
	return d.rows[0]
}

func (b *batch) result(rows int, wards []region.Ward) Result {
	slices.SortStableFunc(b.faults, func(x, y sheet.Fault) int { return cmp.Compare(x.Row, y.Row) })
	r := Result{Rows: rows, Cases: len(b.drafts), Planned: []Planned{}, Faults: b.faults, Written: b.keep && len(b.drafts) > 0}
	words := wardWords(wards)
	for _, d := range b.drafts {
		p := d.planned(words)
		if !r.Written {
			p.Code = ""
		}
		r.Planned = append(r.Planned, p)
		r.Parcels += len(d.in.Parcels)
		r.Recovered += p.Recovered
	}
	return r
}

func (d *draft) planned(wards []word) Planned {
	p := Planned{Code: d.code, Project: d.in.Project, Holder: cmp.Or(spaces(d.rows[0].Text("name")), d.in.HolderCode), Ward: d.in.Ward}
	for _, w := range wards {
		if w.code == d.in.Ward {
			p.Ward = w.text
		}
	}
	var places []string
	var sum area.Area
	for i, parcel := range d.in.Parcels {
		places = append(places, parcel.MapSheet+"/"+parcel.Number)
		sum += parcel.Recovered
		p.Rows = append(p.Rows, d.rows[i].Number)
	}
	p.Parcels, p.Recovered = strings.Join(slices.Compact(places), ", "), sum
	return p
}
