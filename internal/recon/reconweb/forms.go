package reconweb

import (
	"strconv"

	"matbang/internal/actor"
	"matbang/internal/bank"
	"matbang/internal/id"
	"matbang/internal/webkit"
)

// fileLimit is far above a year of a city's account, in bytes; the file is read in pieces.
const fileLimit = 60 << 20

// number reads an id of an address; what is none names nothing.
func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
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
