package disbursement

import (
	"context"
	"encoding/json"

	"github.com/lib/pq"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/vnd"
)

const voucherColumns = `v.id, v.code, p.code AS project_code, p.name AS project_name, v.plan_year, v.source, f.name AS source_name, v.kind, v.purpose,
	COALESCE(c.code, '') AS contract_code, COALESCE(x.code, '') AS bill_code, COALESCE(a.code, '') AS advance_code, COALESCE(w.code, '') AS with_code,
	COALESCE(o.code, '') AS reversal_of_code, COALESCE(r.code, '') AS reversed_by_code, v.amount, v.cash, v.completed, v.number, v.paid_on, v.note,
	u.full_name AS recorded_by_name, v.recorded_at`

const voucherFrom = ` FROM disbursement_voucher v JOIN project p ON p.id = v.project_id JOIN funding_source f ON f.code = v.source
	JOIN app_user u ON u.id = v.recorded_by LEFT JOIN contract c ON c.id = v.contract_id LEFT JOIN bill x ON x.id = v.bill_id
	LEFT JOIN disbursement_voucher a ON a.id = v.advance_id LEFT JOIN disbursement_voucher w ON w.id = v.with_id
	LEFT JOIN disbursement_voucher o ON o.id = v.reversal_of LEFT JOIN disbursement_voucher r ON r.reversal_of = v.id`

// voucherWhere limits vouchers v of works p by the scope and the filter.
const voucherWhere = ` WHERE` + inScope + `
	AND ($4 = '' OR v.code ILIKE $4 || '%' OR fold(v.number) LIKE '%' || fold($4) || '%' OR p.name_fold LIKE '%' || fold($4) || '%' OR p.code LIKE $4 || '%')
	AND ($5 = '' OR p.code = $5) AND ($6 = 0 OR v.plan_year = $6) AND ($7 = '' OR v.source = $7) AND ($8 = '' OR v.kind = $8) AND ($9 = '' OR v.purpose = $9)
	AND ($10::date IS NULL OR v.paid_on >= $10::date AND v.paid_on < $10::date + interval '1 month')`

func sortColumns() map[string]string {
	return map[string]string{"code": "v.code", "project": "p.code", "amount": "v.amount", "source": "f.rank", "kind": "v.kind", "day": "v.paid_on"}
}

func (s store) list(ctx context.Context, scope actor.Scope, f Filter, q listing.Query) (listing.Answer[Voucher], Sums, error) {
	answer := listing.Answer[Voucher]{Items: []Voucher{}, Query: q}
	args := []any{scope.Unit, scope.Ward, scope.Member, q.Like(), f.Project, f.Year, f.Source, f.Kind, f.Purpose, f.Month}
	var head struct {
		Total int `db:"total"`
		Sums
	}
	if err := s.q.GetContext(ctx, &head, `SELECT count(*) AS total, `+sums+` FROM (SELECT v.* FROM disbursement_voucher v JOIN project p ON p.id = v.project_id`+
		voucherWhere+`) chosen`, args...); err != nil {
		return answer, Sums{}, err
	}
	answer.Total = min(head.Total, listing.CountCap+1)
	err := s.q.SelectContext(ctx, &answer.Items, `SELECT `+voucherColumns+voucherFrom+voucherWhere+`
		AND ($11 = '' OR v.id < (SELECT id FROM disbursement_voucher WHERE code = $11)) ORDER BY `+orderOf(q)+` LIMIT $12 OFFSET $13`,
		append(args, q.After, q.Limit(), q.Offset())...)
	return answer, head.Sums, err
}

// orderOf is the newest day first, unless the page asks for another order; the API goes on by the newest voucher.
func orderOf(q listing.Query) string {
	if q.Sort == "" && q.Page == 0 {
		return "v.id DESC"
	}
	return q.Order(sortColumns(), "v.paid_on DESC, v.id DESC")
}

func (s store) years(ctx context.Context, project id.Project) ([]int, error) {
	years := []int{}
	err := s.q.SelectContext(ctx, &years, `SELECT year FROM capital_fund WHERE project_id = $1 UNION SELECT plan_year FROM disbursement_voucher WHERE project_id = $1
		ORDER BY 1 DESC LIMIT 100`, project)
	return years, err
}

// funds are the sources of a work in a year; what the treasury confirmed last stands beside what our vouchers say until the same day.
func (s store) funds(ctx context.Context, project id.Project, year int) ([]FundRow, error) {
	rows := []FundRow{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT f.code AS source, f.name AS source_name, COALESCE(k.drawable, 0) AS drawable, COALESCE(v.advanced, 0) AS advanced, COALESCE(v.paid, 0) AS paid,
		   COALESCE(v.recovered, 0) AS recovered, COALESCE(v.refunded, 0) AS refunded, COALESCE(t.amount, 0) AS confirmed, t.through, t.agreed_on,
		   COALESCE((SELECT sum(o.cash) FROM disbursement_voucher o WHERE o.project_id = $1 AND o.plan_year = $2 AND o.source = f.code AND o.paid_on <= t.through), 0) AS ours
		 FROM funding_source f
		 LEFT JOIN (SELECT source, plan + carried_over + advanced AS drawable FROM capital_fund WHERE project_id = $1 AND year = $2) k ON k.source = f.code
		 LEFT JOIN (SELECT source, `+sums+` FROM disbursement_voucher WHERE project_id = $1 AND plan_year = $2 GROUP BY 1) v ON v.source = f.code
		 LEFT JOIN LATERAL (SELECT amount, through, agreed_on FROM treasury_confirmation
		   WHERE project_id = $1 AND plan_year = $2 AND source = f.code ORDER BY through DESC, id DESC LIMIT 1) t ON true
		 WHERE k.source IS NOT NULL OR v.source IS NOT NULL OR t.through IS NOT NULL ORDER BY f.rank LIMIT 100`, project, year)
	return rows, err
}

// inMonth is the month of a plan year that a day falls into; the 13th takes the January after and whatever came later.
const inMonth = `LEAST(13, (extract(year FROM paid_on)::int - plan_year) * 12 + extract(month FROM paid_on)::int)`

// months are the thirteen months of a plan year, of one work or of all (project 0). The treasury's figure of a month is what each source was agreed
// at last until its end.
func (s store) months(ctx context.Context, project id.Project, year int) ([]MonthRow, error) {
	rows := []MonthRow{}
	err := s.q.SelectContext(ctx, &rows,
		`WITH m AS (SELECT g AS month, CASE WHEN g < 13 THEN (make_date($2, g, 1) + interval '1 month' - interval '1 day')::date ELSE 'infinity'::date END AS upto
		    FROM generate_series(1, 13) g),
		  v AS (SELECT `+inMonth+` AS month, sum(cash) AS cash, sum(completed) AS completed, sum(on_advance) AS on_advance
		    FROM disbursement_voucher WHERE plan_year = $2 AND ($1 = 0 OR project_id = $1) GROUP BY 1),
		  t AS (SELECT project_id, source, amount, through,
		      COALESCE(lead(through) OVER (PARTITION BY project_id, source ORDER BY through, id), 'infinity'::date) AS until
		    FROM treasury_confirmation WHERE plan_year = $2 AND ($1 = 0 OR project_id = $1))
		 SELECT m.month, COALESCE(v.cash, 0)::bigint AS cash, COALESCE(sum(v.cash) OVER w, 0)::bigint AS drawn, COALESCE(sum(v.completed) OVER w, 0)::bigint AS completed,
		   COALESCE(sum(v.on_advance) OVER w, 0)::bigint AS balance,
		   COALESCE((SELECT sum(t.amount) FROM t WHERE t.through <= m.upto AND (t.until > m.upto OR t.until = 'infinity')), 0)::bigint AS confirmed
		 FROM m LEFT JOIN v ON v.month = m.month WINDOW w AS (ORDER BY m.month) ORDER BY m.month`, project, year)
	return rows, err
}

func (s store) confirmations(ctx context.Context, project id.Project, year int) ([]Confirmation, error) {
	rows := []Confirmation{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT p.code AS project_code, t.plan_year, t.source, f.name AS source_name, t.through, t.amount, t.agreed_on, t.number, t.note,
		   u.full_name AS recorded_by_name, t.recorded_at, COALESCE((SELECT sum(v.cash) FROM disbursement_voucher v
		     WHERE v.project_id = t.project_id AND v.plan_year = t.plan_year AND v.source = t.source AND v.paid_on <= t.through), 0) AS ours
		 FROM treasury_confirmation t JOIN project p ON p.id = t.project_id JOIN funding_source f ON f.code = t.source JOIN app_user u ON u.id = t.recorded_by
		 WHERE t.project_id = $1 AND ($2 = 0 OR t.plan_year = $2) ORDER BY t.through DESC, f.rank, t.id DESC LIMIT 500`, project, year)
	return rows, err
}

func (s store) totals(ctx context.Context, projects []id.Project, year int, until day.Date) (map[id.Project]ProjectTotals, error) {
	ids := make(pq.Int64Array, len(projects))
	for i, p := range projects {
		ids[i] = int64(p)
	}
	var rows []ProjectTotals
	err := s.q.SelectContext(ctx, &rows,
		`SELECT project_id, COALESCE(advanced, 0) AS advanced, COALESCE(paid, 0) AS paid, COALESCE(recovered, 0) AS recovered, COALESCE(refunded, 0) AS refunded,
		   COALESCE(confirmed, 0) AS confirmed, agreed_on
		 FROM (SELECT project_id, `+sums+` FROM disbursement_voucher WHERE plan_year = $2 AND project_id = ANY($1) AND paid_on <= $3 GROUP BY 1) v
		 FULL JOIN (SELECT project_id, sum(amount)::bigint AS confirmed, min(agreed_on) AS agreed_on FROM
		   (SELECT DISTINCT ON (project_id, source) project_id, amount, agreed_on FROM treasury_confirmation
		    WHERE plan_year = $2 AND project_id = ANY($1) AND through <= $3 ORDER BY project_id, source, through DESC, id DESC) latest GROUP BY 1) t USING (project_id)`,
		ids, year, until)
	found := make(map[id.Project]ProjectTotals, len(rows))
	for _, r := range rows {
		found[r.Project] = r
	}
	return found, err
}

func (s store) paidFor(ctx context.Context, contracts []id.Contract) (map[id.Contract]vnd.Amount, error) {
	ids := make(pq.Int64Array, len(contracts))
	for i, c := range contracts {
		ids[i] = int64(c)
	}
	var rows []struct {
		Contract id.Contract `db:"contract_id"`
		Cash     vnd.Amount  `db:"cash"`
	}
	err := s.q.SelectContext(ctx, &rows, `SELECT contract_id, cash FROM disbursement_contract WHERE contract_id = ANY($1)`, ids)
	paid := make(map[id.Contract]vnd.Amount, len(rows))
	for _, r := range rows {
		paid[r.Contract] = r.Cash
	}
	return paid, err
}

func (s store) advanceChoices(ctx context.Context, project id.Project) ([]AdvanceChoice, error) {
	rows := []AdvanceChoice{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT v.code, v.purpose, COALESCE(c.code, '') AS contract_code, v.plan_year, v.source, v.paid_on, a.balance
		 FROM disbursement_advance a JOIN disbursement_voucher v ON v.id = a.voucher_id LEFT JOIN contract c ON c.id = a.contract_id
		 WHERE a.project_id = $1 AND a.balance > 0 ORDER BY v.paid_on, v.id LIMIT 500`, project)
	return rows, err
}

func (s store) contractChoices(ctx context.Context, project id.Project) ([]ContractChoice, error) {
	rows := []ContractChoice{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT c.code, c.number, c.value, COALESCE(d.advanced, 0) AS advanced, COALESCE(d.paid, 0) AS paid, COALESCE(d.recovered, 0) AS recovered,
		   COALESCE(d.refunded, 0) AS refunded
		 FROM contract c LEFT JOIN disbursement_contract d ON d.contract_id = c.id WHERE c.project_id = $1 ORDER BY c.code LIMIT 500`, project)
	return rows, err
}

func (s store) billChoices(ctx context.Context, project id.Project) ([]BillChoice, error) {
	rows := []BillChoice{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT x.code, c.code AS contract_code, x.number, x.payable - COALESCE(d.paid, 0) AS left_to_pay, x.advance_recovered - COALESCE(d.recovered, 0) AS left_to_recover
		 FROM bill x JOIN contract c ON c.id = x.contract_id LEFT JOIN disbursement_bill d ON d.bill_id = x.id
		 WHERE c.project_id = $1 AND x.state = 'approved' AND (x.payable > COALESCE(d.paid, 0) OR x.advance_recovered > COALESCE(d.recovered, 0))
		 ORDER BY c.code, x.number LIMIT 500`, project)
	return rows, err
}

// openAdvances are the advances of the control list that stood open on a day, by the vouchers until then.
func (s store) openAdvances(ctx context.Context, scope actor.Scope, project string) ([]OpenAdvance, error) {
	rows := []OpenAdvance{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT v.code, p.code AS project_code, p.name AS project_name, v.plan_year, v.source, f.name AS source_name, v.purpose, v.paid_on, v.number,
		   a.amount, a.balance, LEAST(a.held, a.balance) AS held
		 FROM disbursement_advance a JOIN disbursement_voucher v ON v.id = a.voucher_id JOIN project p ON p.id = a.project_id JOIN funding_source f ON f.code = v.source
		 WHERE`+inScope+` AND a.balance > 0 AND a.contract_id IS NULL AND ($4 = '' OR p.code = $4) ORDER BY v.paid_on, v.id LIMIT 2000`,
		scope.Unit, scope.Ward, scope.Member, project)
	return rows, err
}

// toAgree counts works and sources whose vouchers until a day no agreement covers.
func (s store) toAgree(ctx context.Context, scope actor.Scope, until day.Date) (int, error) {
	var n int
	err := s.q.GetContext(ctx, &n,
		`SELECT count(*) FROM (SELECT v.project_id, v.plan_year, v.source, max(v.paid_on) AS newest FROM disbursement_voucher v JOIN project p ON p.id = v.project_id
		   WHERE`+inScope+` AND v.cash <> 0 AND v.paid_on <= $4 GROUP BY 1, 2, 3) x
		 WHERE NOT EXISTS (SELECT 1 FROM treasury_confirmation t
		   WHERE t.project_id = x.project_id AND t.plan_year = x.plan_year AND t.source = x.source AND t.through >= x.newest)`,
		scope.Unit, scope.Ward, scope.Member, until)
	return n, err
}

// agreed are the contents that a person's keys stand for already.
func (s store) agreed(ctx context.Context, by id.User, agreements []Agreement) (map[string]string, error) {
	keys := make(pq.StringArray, 0, len(agreements))
	for _, a := range agreements {
		keys = append(keys, a.Key)
	}
	var rows []struct {
		Key  string `db:"idempotency_key"`
		Hash string `db:"hash"`
	}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT idempotency_key, encode(input_hash, 'hex') AS hash FROM treasury_confirmation WHERE recorded_by = $1 AND idempotency_key = ANY($2)`, by, keys)
	known := make(map[string]string, len(keys))
	for _, r := range rows {
		known[r.Key] = r.Hash
	}
	return known, err
}

// agreementRow is an agreement on its way to the database.
type agreementRow struct {
	Agreement
	ProjectID id.Project `json:"project_id"`
	Key       string     `json:"idempotency_key"`
	Hash      string     `json:"input_hash"`
	Place     int        `json:"place"`
}

func agreementRows(b *book, agreements []Agreement) (string, error) {
	rows := make([]agreementRow, 0, len(agreements))
	for i, a := range agreements {
		rows = append(rows, agreementRow{a, b.projects[a.Project], a.Key, hashOf(a), i})
	}
	data, err := json.Marshal(rows)
	return string(data), err
}

const agreementSet = `jsonb_to_recordset($1::jsonb) AS r(place int, project_id bigint, plan_year int, source text, through date, amount_vnd bigint, agreed_on date, number text,
	note text, idempotency_key text, input_hash text)`

// agreedBefore is, for each agreement, the figure agreed last until its day or before.
func (s store) agreedBefore(ctx context.Context, b *book, agreements []Agreement) ([]vnd.Amount, error) {
	data, err := agreementRows(b, agreements)
	if err != nil {
		return nil, err
	}
	found := []vnd.Amount{}
	err = s.q.SelectContext(ctx, &found,
		`SELECT COALESCE((SELECT t.amount FROM treasury_confirmation t WHERE t.project_id = r.project_id AND t.plan_year = r.plan_year AND t.source = r.source
		   AND t.through <= r.through ORDER BY t.through DESC, t.id DESC LIMIT 1), 0) FROM `+agreementSet+` ORDER BY r.place`, data)
	return found, err
}

func (s store) addAgreements(ctx context.Context, b *book, agreements []Agreement, by id.User) error {
	data, err := agreementRows(b, agreements)
	if err != nil {
		return err
	}
	_, err = s.q.ExecContext(ctx,
		`INSERT INTO treasury_confirmation (project_id, plan_year, source, through, amount, agreed_on, number, note, idempotency_key, input_hash, recorded_by)
		 SELECT r.project_id, r.plan_year, r.source, r.through, r.amount_vnd, r.agreed_on, r.number, COALESCE(r.note, ''), r.idempotency_key, decode(r.input_hash, 'hex'), $2
		 FROM `+agreementSet+` ORDER BY r.place`, data, by)
	return err
}
