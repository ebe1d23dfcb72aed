// Package vnd is money: whole Vietnamese đồng in an int64, never a float.
package vnd

import (
	"errors"
	"math/bits"
	"strconv"
	"strings"
)

// Amount is a sum of money in whole đồng. It may be negative (an adjustment, money out of an account).
type Amount int64

// Max is the largest amount the system carries: 2^53-1 đồng, the largest integer a JSON client keeps exactly.
const Max Amount = 1<<53 - 1

// Errors of Parse and Share. A form shows each with its own sentence.
var (
	ErrEmpty  = errors.New("vnd: no amount")
	ErrForm   = errors.New("vnd: not a whole number of đồng")
	ErrRange  = errors.New("vnd: amount out of range")
	ErrSecond = errors.New("vnd: decimals do not exist in đồng")
)

// Parse reads what a person types: digits, or digits grouped by threes with dots or spaces ("20.000" is twenty thousand).
// A comma, decimals, an exponent or broken groups are refused, so that "20.00" is never taken for 20 or 2000.
func Parse(text string) (Amount, error) {
	s := strings.TrimSpace(strings.ReplaceAll(text, "\u00a0", " "))
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(s, "đồng"), "đ"))
	if s == "" {
		return 0, ErrEmpty
	}
	negative := strings.HasPrefix(s, "-")
	digits, err := ungroup(strings.TrimPrefix(s, "-"))
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || Amount(n) > Max {
		return 0, ErrRange
	}
	if negative {
		n = -n
	}
	return Amount(n), nil
}

func ungroup(s string) (string, error) {
	if strings.ContainsRune(s, ',') {
		return "", ErrSecond
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == ' ' })
	joined := strings.Join(parts, "")
	if joined == "" || strings.Trim(joined, "0123456789") != "" {
		return "", ErrForm
	}
	if len(joined)+len(parts)-1 != len(s) {
		return "", ErrForm
	}
	if len(parts) > 1 && !groupedByThree(parts) {
		return "", ErrForm
	}
	return joined, nil
}

func groupedByThree(parts []string) bool {
	if len(parts[0]) == 0 || len(parts[0]) > 3 {
		return false
	}
	for _, p := range parts[1:] {
		if len(p) != 3 {
			return false
		}
	}
	return true
}

// String groups the digits by dots, as Vietnamese papers do: 1.234.567.
func (a Amount) String() string {
	digits := strconv.FormatInt(int64(a), 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// MulDiv is a × num ÷ den rounded half away from zero, in 128 bits between. den must be positive.
// It is the one rounding rule of money; it returns ErrRange when the result leaves ±Max.
func MulDiv(a Amount, num, den int64) (Amount, error) {
	negative := (a < 0) != (num < 0)
	hi, lo := bits.Mul64(magnitude(int64(a)), magnitude(num))
	lo, carry := bits.Add64(lo, uint64(den)/2, 0)
	hi += carry
	if den <= 0 || hi >= uint64(den) {
		return 0, ErrRange
	}
	quotient, _ := bits.Div64(hi, lo, uint64(den))
	if quotient > uint64(Max) {
		return 0, ErrRange
	}
	if negative {
		return -Amount(quotient), nil
	}
	return Amount(quotient), nil
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}

// Ratio is part ÷ whole in basis points (10,000 = 100 %), rounded half up; 0 when whole is not positive.
func Ratio(part, whole Amount) int64 {
	if whole <= 0 {
		return 0
	}
	bp, err := MulDiv(part, 10000, int64(whole))
	if err != nil {
		return 0
	}
	return int64(bp)
}

// Split divides a among shares given in basis points that add up to 10,000. Each gets the part rounded down; the đồng left over
// go one each to the first sharers, so that the parts always add up to a. Shares that do not add up are no shares: nil.
func Split(a Amount, shares []int64) []Amount {
	var whole int64
	for _, share := range shares {
		if share < 0 {
			return nil
		}
		whole += share
	}
	if whole != 10_000 || a < 0 {
		return nil
	}
	parts := make([]Amount, len(shares))
	left := a
	for i, share := range shares {
		hi, lo := bits.Mul64(uint64(a), uint64(share))
		q, _ := bits.Div64(hi, lo, 10000)
		parts[i] = Amount(q)
		left -= parts[i]
	}
	for i := 0; left > 0; i = (i + 1) % len(parts) {
		if shares[i] > 0 {
			parts[i]++
			left--
		}
	}
	return parts
}
