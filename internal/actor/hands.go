package actor

import (
	"slices"
	"strconv"
	"strings"

	"matbang/internal/id"
)

// Hands are all who ever had a hand in something that another accepts, as the database tells them: their numbers with commas between.
type Hands string

// Has tells whether a person is one of them.
func (h Hands) Has(who id.User) bool {
	return slices.Contains(strings.Split(string(h), ","), strconv.FormatInt(int64(who), 10))
}
