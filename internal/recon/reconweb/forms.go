package reconweb

import (
	"errors"
	"strconv"

	"matbang/internal/actor"
	"matbang/internal/bank"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/webkit"
)

// fileLimit is far above one month of a city's account.
const fileLimit = 10 << 20

// number reads an id of an address; what is none names nothing.
func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// fileFault is one thing wrong with a refused file, in the order of its rows. Row is 0 when the whole file is meant.
type fileFault struct {
	Row  string
	Text string
}

func fileFaults(c *webkit.Ctx, err error) []fileFault {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return nil
	}
	rows := make([]fileFault, 0, len(f.Fields))
	for _, field := range f.Fields {
		row := ""
		if after, found := cutRow(field.Name); found {
			row = after
		}
		rows = append(rows, fileFault{row, c.T("fault."+field.Code, field.Args...)})
	}
	return rows
}

func cutRow(name string) (string, bool) {
	const prefix = "row "
	if len(name) > len(prefix) && name[:len(prefix)] == prefix {
		return name[len(prefix):], true
	}
	return "", false
}

// masked hides the account numbers of persons from whoever may not open them.
func masked(who actor.Actor, l bank.Line) bank.Line {
	if !who.Can(bank.OpenIdentity) {
		l.CounterpartyAccount = webkit.Mask(l.CounterpartyAccount)
	}
	return l
}

func maskedAll(who actor.Actor, lines []bank.Line) []bank.Line {
	for i := range lines {
		lines[i] = masked(who, lines[i])
	}
	return lines
}

func lineID(c *webkit.Ctx) id.Line { return id.Line(number(c.Param("line"))) }
