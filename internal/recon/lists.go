package recon

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/vnd"
)

// Item is one thing that our book and the bank do not tell alike. Amounts are in đồng, negative for money out; a side that says nothing is zero.
type Item struct {
	PaymentCode string     `db:"payment_code" json:"payment,omitempty"`
	OrderCode   string     `db:"order_code" json:"order,omitempty"`
	Payee       string     `db:"payee_name" json:"payee,omitempty"`
	Kind        string     `db:"kind" json:"kind"` // what the book says: ordered, paid, deposited, returned; line when it says nothing
	BookDay     day.Date   `db:"book_day" json:"book_day"`
	Book        vnd.Amount `db:"book" json:"book_vnd"`
	LineID      id.Line    `db:"line_id" json:"line,omitempty"`
	BankDay     day.Date   `db:"bank_day" json:"bank_day"`
	Bank        vnd.Amount `db:"bank" json:"bank_vnd"`
	Memo        string     `db:"memo" json:"memo"`
	Placed      bool       `db:"placed" json:"placed"` // not: nothing tells from which account it goes
	Count       int        `db:"total" json:"-"`
	BookSum     vnd.Amount `db:"book_sum" json:"-"`
	BankSum     vnd.Amount `db:"bank_sum" json:"-"`
	PlacedSum   vnd.Amount `db:"placed_sum" json:"-"`
	PlacedCount int        `db:"placed_count" json:"-"`
}

// List is a bounded list with the count and sums of all it stands for.
type List struct {
	Items []Item     `json:"items"`
	Count int        `json:"count"`
	Book  vnd.Amount `json:"book_vnd"`
	Bank  vnd.Amount `json:"bank_vnd"`
	// What is known to go through this account, of the book.
	Placed      vnd.Amount `json:"book_placed_vnd"`
	PlacedCount int        `json:"count_placed"`
}

// Lists are what an accountant wants after matching, as of the end of a day.
type Lists struct {
	Book    List `json:"in_book_only"` // paid, deposited or returned in the book, no line yet
	Waiting List `json:"ordered"`      // released, with neither a result nor a line: the bank has not done it yet
	Bank    List `json:"at_bank_only"` // lines nothing explains, and lines of payments the book has no result of
	Differ  List `json:"different"`    // in both, on another day or with another amount
}

// listLimit bounds each list; count and sums are of all.
const listLimit = 1000

// placeSQL places payments at the account their lines are in, else at that of the other payments of their order. $1 account, $2 day.
const placeSQL = `WITH linked AS (
  SELECT m.payment_id, m.kind = 'return' AS back, m.amount + m.withheld AS amount, l.id AS line_id, l.account_id, l.day, l.description
  FROM recon_match m JOIN statement_line l ON l.id = m.line_id WHERE m.undone_at IS NULL AND m.payment_id IS NOT NULL),
own AS (SELECT payment_id, back, min(account_id) AS account_id FROM linked GROUP BY payment_id, back),
home AS (SELECT DISTINCT ON (order_id) order_id, account_id FROM (
    SELECT p.order_id, w.account_id, count(*) AS n FROM own w JOIN payment p ON p.id = w.payment_id GROUP BY p.order_id, w.account_id) c ORDER BY order_id, n DESC, account_id),
told AS (SELECT r.payment_id, r.kind = 'returned' AS back, max(r.kind) AS kind, max(r.day) AS day, sum(r.amount)::bigint AS amount
  FROM payment_result r WHERE r.kind IN ('paid', 'deposited', 'returned') AND r.day <= $2 AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.reverses = r.journal_id) GROUP BY 1, 2),
seen AS (SELECT payment_id, back, sum(amount)::bigint AS amount, max(day) AS day, min(line_id) AS line_id, min(description) AS memo
  FROM linked WHERE day <= $2 GROUP BY 1, 2),
pair AS (SELECT payment_id, back, t.kind, t.day AS book_day, t.amount AS book, s.line_id, s.day AS bank_day, s.amount AS bank, s.memo
  FROM told t FULL JOIN seen s USING (payment_id, back)),
placed AS (SELECT x.*, p.code, p.payee_name, o.code AS order_code, CASE WHEN x.back THEN 1 ELSE -1 END AS sign, COALESCE(w.account_id, h.account_id) AS account_id
  FROM pair x JOIN payment p ON p.id = x.payment_id JOIN payout_order o ON o.id = p.order_id LEFT JOIN own w ON w.payment_id = p.id AND w.back = x.back LEFT JOIN home h ON h.order_id = p.order_id
  WHERE COALESCE(w.account_id, h.account_id, $1) = $1)`

const itemColumns = ` SELECT code AS payment_code, order_code, payee_name, COALESCE(kind, 'line') AS kind, book_day, COALESCE(sign * book, 0)::bigint AS book, COALESCE(line_id, 0) AS line_id,
  bank_day, COALESCE(sign * bank, 0)::bigint AS bank, COALESCE(memo, '') AS memo, account_id IS NOT NULL AS placed`

// bounded counts and sums all items of a list and cuts it.
func bounded(items string) string {
	return `SELECT i.*, count(*) OVER () AS total, sum(i.book) OVER ()::bigint AS book_sum, sum(i.bank) OVER ()::bigint AS bank_sum,
	   COALESCE(sum(i.book) FILTER (WHERE i.placed) OVER (), 0)::bigint AS placed_sum,
	   count(*) FILTER (WHERE i.placed) OVER () AS placed_count
	 FROM (` + items + `) i ORDER BY COALESCE(i.book_day, i.bank_day), i.payment_code, i.line_id LIMIT $3`
}

// Lists compares book and bank of an account as of the end of a day. What no account can be told of stands in the lists of all, marked.
func (r Recon) Lists(ctx context.Context, who actor.Actor, account id.Account, through day.Date) (Lists, error) {
	var lists Lists
	if _, err := who.Require(bank.Read); err != nil {
		return lists, err
	}
	err := r.DB.Snapshot(ctx, func(ctx context.Context) error {
		for _, l := range []struct {
			list *List
			sql  string
		}{
			{&lists.Book, placeSQL + bounded(itemColumns+` FROM placed WHERE line_id IS NULL`)},
			{&lists.Waiting, placeSQL + bounded(waitingItems)},
			{&lists.Bank, placeSQL + bounded(itemColumns+` FROM placed WHERE kind IS NULL UNION ALL `+openItems)},
			{&lists.Differ, placeSQL + bounded(itemColumns+` FROM placed WHERE line_id IS NOT NULL AND (book <> bank OR book_day <> bank_day)`)},
		} {
			l.list.Items = []Item{}
			if err := r.DB.Read(ctx).SelectContext(ctx, &l.list.Items, l.sql, account, through, listLimit); err != nil {
				return err
			}
			if len(l.list.Items) > 0 {
				first := l.list.Items[0]
				l.list.Count, l.list.Book, l.list.Bank, l.list.Placed, l.list.PlacedCount = first.Count, first.BookSum, first.BankSum, first.PlacedSum, first.PlacedCount
			}
		}
		return nil
	})
	return lists, err
}

const openItems = `SELECT '', '', l.counterparty, 'line', NULL::date, 0::bigint, l.id, l.day, l.amount, l.description, true
  FROM statement_line l WHERE l.account_id = $1 AND l.day <= $2 AND` + openLines

const waitingItems = ` SELECT p.code AS payment_code, o.code AS order_code, p.payee_name, 'ordered' AS kind, o.released_on AS book_day, -p.amount AS book, 0::bigint AS line_id,
  NULL::date AS bank_day, 0::bigint AS bank, '' AS memo, h.account_id IS NOT NULL AS placed
  FROM payment p JOIN payout_order o ON o.id = p.order_id AND o.state = 'released' AND o.released_on <= $2 LEFT JOIN home h ON h.order_id = p.order_id
  WHERE p.state <> 'cancelled' AND COALESCE(h.account_id, $1) = $1 AND NOT EXISTS (SELECT 1 FROM pair x WHERE x.payment_id = p.id AND NOT x.back)
    AND NOT EXISTS (SELECT 1 FROM own w WHERE w.payment_id = p.id AND NOT w.back AND w.account_id <> $1)`

// Agreement is what we and the bank or treasury sign for a period: both balances, their movements, and every item that makes them differ.
type Agreement struct {
	Account     bank.Account `json:"account"`
	From        day.Date     `json:"from"`
	Through     day.Date     `json:"through"`
	Book        Side         `json:"book"`
	Bank        Side         `json:"bank"`
	Moved       Moved        `json:"bank_movements"`
	Lists       Lists        `json:"lists"`
	Difference  vnd.Amount   `json:"difference_vnd"`  // bank less book, at the end
	Unexplained vnd.Amount   `json:"unexplained_vnd"` // what the lists do not explain of it: anything but 0 is a fault
	Parent      string       `json:"parent"`          // the body above whoever keeps the account
	Agency      string       `json:"agency"`
	Stated      *Stated      `json:"stated"` // what the last statement says itself; nil without a statement
}

// Side is one side's period, in đồng.
type Side struct {
	Opening vnd.Amount `db:"opening" json:"opening_vnd"`
	In      vnd.Amount `db:"credits" json:"in_vnd"`
	Out     vnd.Amount `db:"debits" json:"out_vnd"`
	Closing vnd.Amount `db:"closing" json:"closing_vnd"`
}

// Moved parts the bank's movements by what explains them: lines and their sums, positive.
type Moved struct {
	Payments    int        `db:"payments" json:"payments"`
	PaymentSum  vnd.Amount `db:"payment_sum" json:"payments_vnd"`
	Returns     int        `db:"returns" json:"returns"`
	ReturnSum   vnd.Amount `db:"return_sum" json:"returns_vnd"`
	Fees        int        `db:"fees" json:"fees"`
	FeeSum      vnd.Amount `db:"fee_sum" json:"fees_vnd"`
	OtherOut    int        `db:"other_out" json:"other_out"`
	OtherOutSum vnd.Amount `db:"other_out_sum" json:"other_out_vnd"`
	OtherIn     int        `db:"other_in" json:"other_in"`
	OtherInSum  vnd.Amount `db:"other_in_sum" json:"other_in_vnd"`
	OpenOut     int        `db:"open_out" json:"open_out"`
	OpenOutSum  vnd.Amount `db:"open_out_sum" json:"open_out_vnd"`
	OpenIn      int        `db:"open_in" json:"open_in"`
	OpenInSum   vnd.Amount `db:"open_in_sum" json:"open_in_vnd"`
}

// Stated is the closing balance of the last statement that ends in the period or before it.
type Stated struct {
	Day     day.Date   `db:"to_day" json:"day"`
	Closing vnd.Amount `db:"closing" json:"closing_vnd"`
	Agrees  bool       `db:"agrees" json:"agrees"` // with the opening of the first statement and all lines since
}

// Agreement makes the minutes of an account and a period. The book begins where the first statement does: before it we know nothing of the account.
func (r Recon) Agreement(ctx context.Context, who actor.Actor, account string, from, through day.Date) (Agreement, error) {
	a := Agreement{From: from, Through: through}
	var err error
	if a.Account, err = r.Bank.Account(ctx, who, account); err != nil {
		return a, err
	}
	err = r.DB.Snapshot(ctx, func(ctx context.Context) error {
		if a.Lists, err = r.Lists(ctx, who, a.Account.ID, through); err != nil {
			return err
		}
		read := r.DB.Read(ctx)
		if err := read.GetContext(ctx, &a.Bank, bankSideSQL, a.Account.ID, through, from); err != nil {
			return err
		}
		if err := read.GetContext(ctx, &a.Book, placeSQL+bookSideSQL, a.Account.ID, through, from); err != nil {
			return err
		}
		if err := read.GetContext(ctx, &a.Moved, movedSQL, a.Account.ID, through, from); err != nil {
			return err
		}
		owner := []struct{ Parent, Agency string }{}
		if err := read.SelectContext(ctx, &owner, ownerSQL, a.Account.ID); err != nil {
			return err
		}
		if len(owner) > 0 {
			a.Parent, a.Agency = owner[0].Parent, owner[0].Agency
		}
		stated := []Stated{}
		if err := read.SelectContext(ctx, &stated, statedSQL, a.Account.ID, through); err != nil || len(stated) == 0 {
			return err
		}
		a.Stated = &stated[0]
		return nil
	})
	a.Difference = a.Bank.Closing - a.Book.Closing
	a.Unexplained = a.Difference - a.explained()
	return a, err
}

// explained is what the lists say bank and book differ by. What no account can be told of is in no book of an account.
func (a Agreement) explained() vnd.Amount {
	return a.Lists.Bank.Bank + a.Lists.Differ.Bank - a.Lists.Differ.Book - a.Lists.Book.Placed
}

const baseSQL = `COALESCE((SELECT opening FROM statement WHERE account_id = $1 ORDER BY from_day, id LIMIT 1), 0)`

const bankSideSQL = `SELECT ` + baseSQL + ` + COALESCE(sum(amount) FILTER (WHERE day < $3), 0)::bigint AS opening, COALESCE(sum(amount) FILTER (WHERE day >= $3 AND amount > 0), 0)::bigint AS credits,
  -COALESCE(sum(amount) FILTER (WHERE day >= $3 AND amount < 0), 0)::bigint AS debits, ` + baseSQL + ` + COALESCE(sum(amount), 0)::bigint AS closing
  FROM statement_line WHERE account_id = $1 AND day <= $2`

// bookSideSQL: results of payments of this account, less what the bank kept of money it sent back, and what a person or rule said of other lines.
const bookSideSQL = `, moves AS (
  SELECT r.day, CASE WHEN r.kind = 'returned' THEN r.amount - COALESCE((SELECT m.withheld FROM recon_match m WHERE m.payment_id = r.payment_id AND m.undone_at IS NULL
      AND m.withheld > 0 AND r.evidence_ref = 'statement_line ' || m.line_id), 0) ELSE -r.amount END AS amount
  FROM payment_result r JOIN placed x ON x.payment_id = r.payment_id AND x.back = (r.kind = 'returned') AND x.account_id IS NOT NULL
  WHERE r.kind IN ('paid', 'deposited', 'returned') AND r.day <= $2 AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.reverses = r.journal_id)
  UNION ALL SELECT l.day, l.amount FROM recon_match m JOIN statement_line l ON l.id = m.line_id
  WHERE m.undone_at IS NULL AND m.payment_id IS NULL AND l.account_id = $1 AND l.day <= $2)
SELECT ` + baseSQL + ` + COALESCE(sum(amount) FILTER (WHERE day < $3), 0)::bigint AS opening, COALESCE(sum(amount) FILTER (WHERE day >= $3 AND amount > 0), 0)::bigint AS credits,
  -COALESCE(sum(amount) FILTER (WHERE day >= $3 AND amount < 0), 0)::bigint AS debits, ` + baseSQL + ` + COALESCE(sum(amount), 0)::bigint AS closing FROM moves`

const movedSQL = `SELECT count(*) FILTER (WHERE kind = 'payment') AS payments, COALESCE(sum(-amount) FILTER (WHERE kind = 'payment'), 0)::bigint AS payment_sum,
  count(*) FILTER (WHERE kind = 'return') AS returns, COALESCE(sum(amount) FILTER (WHERE kind = 'return'), 0)::bigint AS return_sum,
  count(*) FILTER (WHERE kind = 'fee') AS fees, COALESCE(sum(-amount) FILTER (WHERE kind = 'fee'), 0)::bigint AS fee_sum,
  count(*) FILTER (WHERE kind = 'other' AND amount < 0) AS other_out, COALESCE(sum(-amount) FILTER (WHERE kind = 'other' AND amount < 0), 0)::bigint AS other_out_sum,
  count(*) FILTER (WHERE kind = 'other' AND amount > 0) AS other_in, COALESCE(sum(amount) FILTER (WHERE kind = 'other' AND amount > 0), 0)::bigint AS other_in_sum,
  count(*) FILTER (WHERE kind IS NULL AND amount < 0) AS open_out, COALESCE(sum(-amount) FILTER (WHERE kind IS NULL AND amount < 0), 0)::bigint AS open_out_sum,
  count(*) FILTER (WHERE kind IS NULL AND amount > 0) AS open_in, COALESCE(sum(amount) FILTER (WHERE kind IS NULL AND amount > 0), 0)::bigint AS open_in_sum
  FROM (SELECT l.amount, m.kind FROM statement_line l LEFT JOIN recon_match m ON m.line_id = l.id AND m.undone_at IS NULL AND m.part = 1
    WHERE l.account_id = $1 AND l.day BETWEEN $3 AND $2) x`

const statedSQL = `SELECT s.to_day, s.closing, s.closing = ` + baseSQL + ` + COALESCE((SELECT sum(amount) FROM statement_line WHERE account_id = $1 AND day <= s.to_day), 0) AS agrees
  FROM statement s WHERE s.account_id = $1 AND s.to_day <= $2 ORDER BY s.to_day DESC, s.id DESC LIMIT 1`

// ownerSQL: an account's keeper is the office of whoever loads its statements.
const ownerSQL = `SELECT COALESCE((SELECT name FROM unit WHERE kind = 'city' ORDER BY id LIMIT 1), '') AS parent, n.name AS agency
  FROM statement s JOIN app_user u ON u.id = s.loaded_by JOIN unit n ON n.id = u.unit_id WHERE s.account_id = $1 ORDER BY s.id DESC LIMIT 1`

// Gap is one figure of what the two sides differ by, bank less book, by its name; of a name it does not know, nothing.
func (a Agreement) Gap(name string) vnd.Amount {
	return map[string]vnd.Amount{"opening": a.Bank.Opening - a.Book.Opening, "in": a.Bank.In - a.Book.In, "out": a.Bank.Out - a.Book.Out, "book": -a.Lists.Book.Placed,
		"differ": a.Lists.Differ.Bank - a.Lists.Differ.Book, "explained": a.explained(), "waiting": -a.Lists.Waiting.Book}[name]
}
