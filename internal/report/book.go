package report

import (
	"context"
	"time"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/ledger"
	"matbang/internal/vnd"
)

// Book is how the book of the month stood when the report was made: closed or not, and what the month took in of closed months before it, in đồng.
// A report may be issued before its month is closed, and says so; what must be zero is the bridge, of every work.
type Book struct {
	Closed      bool                `json:"closed"`
	Adjustments []ledger.Adjustment `json:"adjustments"`
	Sum         vnd.Amount          `json:"adjustments_vnd"`
}

func (b *builder) bookOf(ctx context.Context) error {
	closed, err := ledger.ClosedAt(ctx, b.q, b.month, b.known)
	if err != nil {
		return err
	}
	taken, err := ledger.TakenIn(ctx, b.q, b.month, b.known)
	b.report.Book = &Book{Closed: closed, Adjustments: taken.Items, Sum: taken.Sum}
	return err
}

// bridgesClose refuses a month in which the bridge of a work does not close: two works that differ by the same amount do not make up for each other.
func (r Reports) bridgesClose(ctx context.Context, on day.Date, known time.Time) error {
	works, err := r.Ledger.ByProject(ctx, ledger.Limits{AsOf: on, Known: known})
	for _, bridge := range works {
		if bridge.Difference != 0 {
			return fault.Conflicting("report.bridge_open", bridge.Difference)
		}
	}
	return err
}
