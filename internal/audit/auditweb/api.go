package auditweb

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/listing"
	"matbang/internal/webkit"
)

type listInput struct {
	webkit.ListInput
	ObjectKind string `query:"object_kind" doc:"user, project, case, order …"`
	ObjectCode string `query:"object_code"`
	Actor      string `query:"actor" doc:"user name"`
	Act        string `query:"act" doc:"room.verb, such as people.roles"`
}

// event is a row of the log with before and after as JSON values.
type event struct {
	ID         int64     `json:"id"`
	RecordedAt time.Time `json:"recorded_at"`
	Actor      string    `json:"actor"`
	Act        string    `json:"act"`
	ObjectKind string    `json:"object_kind"`
	ObjectCode string    `json:"object_code"`
	Before     any       `json:"before"`
	After      any       `json:"after"`
	Reason     string    `json:"reason"`
}

func eventOf(r audit.Row) event {
	return event{r.ID, r.RecordedAt, r.ActorName, r.Act, r.ObjectKind, r.ObjectCode, value(r.Before), value(r.After), r.Reason}
}

func value(text *string) any {
	if text == nil {
		return nil
	}
	return json.RawMessage(*text)
}

func (w Web) apiList(ctx context.Context, who actor.Actor, in *listInput) (*webkit.ListOutput[event], error) {
	before, _ := strconv.ParseInt(in.After(), 10, 64) // a cursor that is none of ours starts from the newest
	answer := listing.Answer[event]{Query: listing.Query{Per: in.Limit}, Items: []event{}}
	rows, err := w.Log.List(ctx, who, audit.Filter{ObjectKind: in.ObjectKind, ObjectCode: in.ObjectCode, Actor: in.Actor, Act: in.Act,
		Before: max(before, 0), Limit: answer.Limit()})
	for _, r := range rows {
		answer.Items = append(answer.Items, eventOf(r))
	}
	return webkit.Listed(answer, func(e event) string { return strconv.FormatInt(e.ID, 10) }), err
}
