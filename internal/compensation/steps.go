package compensation

import (
	"context"
	"slices"

	"github.com/lib/pq"

	"matbang/internal/id"
	"matbang/internal/tx"
)

// The steps of money, from the draft of the plan to the release of the order.
const (
	StepDraft        = "draft"
	StepAppraise     = "appraise"
	StepApprove      = "approve"
	StepOrderMake    = "order_make"
	StepOrderApprove = "order_approve"
	StepOrderSecond  = "order_second" // the second approval of a large order
	StepOrderRelease = "order_release"
)

// RecordSteps writes that a person did a step of the money of these awards, in the act's transaction. The same person may do the same step
// again (an award paid in parts); another step of the same money is refused with ErrSamePerson, also against an act running beside this one:
// the primary key makes the second wait for the first.
func RecordSteps(ctx context.Context, q tx.Querier, awards []id.Award, user id.User, step string) error {
	ids := awardIDs(awards)
	if _, err := q.ExecContext(ctx,
		`INSERT INTO money_step (award_id, user_id, step) SELECT a, $2, $3 FROM unnest($1::bigint[]) AS a ORDER BY a
		 ON CONFLICT (award_id, user_id) DO NOTHING`, ids, user, step); err != nil {
		return refuse(err)
	}
	var other bool
	if err := q.GetContext(ctx, &other,
		`SELECT EXISTS (SELECT 1 FROM money_step WHERE award_id = ANY($1::bigint[]) AND user_id = $2 AND step <> $3)`, ids, user, step); err != nil {
		return err
	}
	if other {
		return ErrSamePerson
	}
	return nil
}

func awardIDs(awards []id.Award) pq.Int64Array {
	ids := make(pq.Int64Array, len(awards))
	for i, a := range awards {
		ids[i] = int64(a)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
