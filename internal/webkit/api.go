package webkit

import (
	"encoding/base64"
	"strconv"
	"strings"

	"matbang/internal/fault"
	"matbang/internal/listing"
)

// ListInput is what every list of the API takes.
type ListInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
	Cursor string `query:"cursor" doc:"next_cursor of the answer before"`
}

// After is the place the cursor stands for; a cursor that is none of ours starts from the beginning.
func (l ListInput) After() string {
	after, err := base64.RawURLEncoding.DecodeString(l.Cursor)
	if err != nil {
		return ""
	}
	return string(after)
}

// Body wraps an answer.
type Body[T any] struct{ Body T }

// ListBody is the body of every list.
type ListBody[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor"`
}

// ListOutput is the answer of every list.
type ListOutput[T any] struct{ Body ListBody[T] }

// Listed makes the answer of a list; place is where the next one goes on, by the order of the list.
func Listed[T any](a listing.Answer[T], place func(T) string) *ListOutput[T] {
	out := &ListOutput[T]{Body: ListBody[T]{Items: a.Items}}
	if n := len(a.Items); n > 0 && n == a.Limit() {
		out.Body.NextCursor = base64.RawURLEncoding.EncodeToString([]byte(place(a.Items[n-1])))
	}
	return out
}

// Versioned is one thing with its version, which a later change sends back as If-Match.
type Versioned[T any] struct {
	ETag string `header:"ETag"`
	Body T
}

// WithVersion makes a Versioned answer.
func WithVersion[T any](body T, version int) *Versioned[T] {
	return &Versioned[T]{ETag: strconv.Quote(strconv.Itoa(version)), Body: body}
}

// Match is the header of a change.
type Match struct {
	IfMatch string `header:"If-Match" doc:"version of the thing as it was read"`
}

// Version reads the header; without it a change is refused, because it could overwrite another person's.
func (m Match) Version() (int, error) {
	n, err := strconv.Atoi(strings.Trim(strings.TrimPrefix(m.IfMatch, "W/"), `"`))
	if err != nil {
		return 0, fault.InvalidField("If-Match", "if_match_needed")
	}
	return n, nil
}

// Idempotent is the header of an act that moves money.
type Idempotent struct {
	Key string `header:"Idempotency-Key" doc:"chosen by the caller, 8 to 255 characters; the same key and content gets the first answer again"`
}
