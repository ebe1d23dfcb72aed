package bank

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"matbang/internal/vnd"
)

// Exact is a number of a statement in any currency: whole units and hundred-thousandths of one, never a float. The zero Exact is 0.
type Exact struct {
	whole int64
	parts int32 // hundred-thousandths, with the sign of the number
	shown int8  // how many decimals the file writes
}

const (
	exactParts  = 100000
	exactPlaces = 5
	exactDigits = 18
)

// exact reads an amount of the interbank formats, which have a mark before the decimals and none between thousands: at most 18 digits
// before it and 5 behind it. Decimals that are all zero are dropped, others stay as they were written.
func exact(text string, negative bool) (Exact, bool) {
	whole, decimals := text, ""
	if at := strings.IndexAny(text, ",."); at >= 0 {
		whole, decimals = text[:at], text[at+1:]
	}
	if len(whole) == 0 || len(whole) > exactDigits || len(decimals) > exactPlaces || !digits(whole) || !digits(decimals) {
		return Exact{}, false
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return Exact{}, false
	}
	e := Exact{whole: n}
	if parts, _ := strconv.ParseInt((decimals + "00000")[:exactPlaces], 10, 32); parts != 0 {
		e.parts, e.shown = int32(parts), int8(len(decimals)) //nolint:gosec // five digits
	}
	if negative {
		e = e.Neg()
	}
	return e, true
}

func digits(text string) bool { return strings.Trim(text, "0123456789") == "" }

// dong is an amount of whole đồng as an Exact.
func dong(a vnd.Amount) Exact { return Exact{whole: int64(a)} }

// Add adds without rounding.
func (e Exact) Add(o Exact) Exact {
	whole, parts := e.whole+o.whole, int64(e.parts)+int64(o.parts)
	whole += parts / exactParts
	parts %= exactParts
	switch {
	case whole > 0 && parts < 0:
		whole, parts = whole-1, parts+exactParts
	case whole < 0 && parts > 0:
		whole, parts = whole+1, parts-exactParts
	}
	return Exact{whole, int32(parts), max(e.shown, o.shown)} //nolint:gosec // below exactParts
}

// Neg turns the sign.
func (e Exact) Neg() Exact { return Exact{-e.whole, -e.parts, e.shown} }

// Sub takes o away.
func (e Exact) Sub(o Exact) Exact { return e.Add(o.Neg()) }

// Sign is −1, 0 or 1.
func (e Exact) Sign() int { return cmp.Or(cmp.Compare(e.whole, 0), cmp.Compare(e.parts, 0)) }

// Is tells whether two numbers have one value, however they are written.
func (e Exact) Is(o Exact) bool { return e.whole == o.whole && e.parts == o.parts }

// Dong is the number as whole đồng; false when it has decimals or is larger than an amount may be.
func (e Exact) Dong() (vnd.Amount, bool) {
	a := vnd.Amount(e.whole)
	return a, e.parts == 0 && a <= vnd.Max && a >= -vnd.Max
}

// String is the number with a point before its decimals and nothing between thousands.
func (e Exact) String() string {
	text := strconv.FormatInt(e.whole, 10)
	if e.parts == 0 {
		return text
	}
	parts := int64(e.parts)
	if parts < 0 {
		parts = -parts
		if e.whole == 0 {
			text = "-0"
		}
	}
	decimals := strconv.FormatInt(exactParts+parts, 10)[1:]
	for len(decimals) > int(e.shown) && strings.HasSuffix(decimals, "0") {
		decimals = decimals[:len(decimals)-1]
	}
	return text + "." + decimals
}

// MarshalText writes String, so that JSON carries a text and no float.
func (e Exact) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// figure is a number as a sentence shows it: đồng with dots between thousands.
func figure(e Exact) any {
	if a, ok := e.Dong(); ok {
		return a
	}
	return e.String()
}

// Shown is a number as a page shows it: whole ones with dots between thousands.
func (e Exact) Shown() string { return fmt.Sprint(figure(e)) }
