package app

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/indicator"
	"matbang/internal/vnd"
)

// record is a row of a seed file by its header. What cannot be read is noted in the file's table and told once, with file and row.
type record struct {
	table *table
	row   int
	cells map[string]string
}

type table struct {
	name string
	errs []error
}

// readTable reads a CSV of the seeds. The caller asks err() after reading all cells.
func readTable(files fs.FS, name string) ([]record, *table, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, nil, fmt.Errorf("seeds: %w", err)
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(f)
	header, err := r.Read()
	if err != nil {
		return nil, nil, fmt.Errorf("seeds: %s: %w", name, err)
	}
	t := &table{name: name}
	var records []record
	for row := 2; ; row++ {
		values, err := r.Read()
		if errors.Is(err, io.EOF) {
			return records, t, nil
		}
		if err != nil {
			return nil, nil, fmt.Errorf("seeds: %s: %w", name, err)
		}
		cells := make(map[string]string, len(header))
		for i, title := range header {
			cells[title] = strings.TrimSpace(values[i])
		}
		records = append(records, record{t, row, cells})
	}
}

func (t *table) err() error {
	if len(t.errs) == 0 {
		return nil
	}
	return errors.Join(t.errs...)
}

func (r record) wrong(column string, err error) {
	r.table.errs = append(r.table.errs, fmt.Errorf("seeds: %s row %d, %s %q: %w", r.table.name, r.row, column, r.cells[column], err))
}

var errNoColumn = errors.New("no such column")

func (r record) text(column string) string {
	value, ok := r.cells[column]
	if !ok {
		r.wrong(column, errNoColumn)
	}
	return value
}

func (r record) list(column string) []string {
	if text := r.text(column); text != "" {
		return strings.Split(text, "|")
	}
	return nil
}

func (r record) flag(column string) bool { return r.text(column) == "true" }

func (r record) int(column string) int {
	n, err := strconv.Atoi(r.text(column))
	if err != nil {
		r.wrong(column, err)
	}
	return n
}

func (r record) money(column string) vnd.Amount {
	a, err := vnd.Parse(r.text(column))
	if err != nil {
		r.wrong(column, err)
	}
	return a
}

// area reads a plain decimal with a point, as the seed files write it.
func (r record) area(column string) area.Area {
	var a area.Area
	if err := a.Scan(r.text(column)); err != nil {
		r.wrong(column, err)
	}
	return a
}

func (r record) day(column string) day.Date {
	text := r.text(column)
	if text == "" {
		return day.Date{}
	}
	d, err := day.Parse(text)
	if err != nil {
		r.wrong(column, err)
	}
	return d
}

func (r record) month(column string) day.Month {
	m, err := day.ParseMonth(r.text(column))
	if err != nil {
		r.wrong(column, err)
	}
	return m
}

func (r record) optionalInt(column string) *int {
	if r.text(column) == "" {
		return nil
	}
	n := r.int(column)
	return &n
}

// figure reads a figure of an indicator as people write it; empty is not known.
func (r record) figure(column string, decimals int) *indicator.Figure {
	text := r.text(column)
	if text == "" {
		return nil
	}
	f, err := indicator.Parse(text, decimals)
	if err != nil {
		r.wrong(column, err)
	}
	return &f
}

// each reads a file and hands every row to use; the first row that use refuses, or all rows that could not be read, end it.
func each(files fs.FS, name string, use func(r record) error) error {
	records, t, err := readTable(files, name)
	if err != nil {
		return err
	}
	for _, r := range records {
		if err := use(r); err != nil {
			return fmt.Errorf("seeds: %s row %d: %w", name, r.row, err)
		}
		if err := t.err(); err != nil {
			return err
		}
	}
	return nil
}

// grouped reads a file into rows by a column, keeping their order.
func grouped[T any](files fs.FS, name, by string, read func(r record) T) (map[string][]T, error) {
	groups := map[string][]T{}
	err := each(files, name, func(r record) error {
		groups[r.text(by)] = append(groups[r.text(by)], read(r))
		return nil
	})
	return groups, err
}
