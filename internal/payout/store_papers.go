package payout

import (
	"context"
	"encoding/json"

	"matbang/internal/day"
	"matbang/internal/id"
)

const paperOrder = `SELECT n.parent, n.agency, n.project, n.source, n.signer FROM (
	SELECT 0 AS rank, p.* FROM order_paper p WHERE p.order_id = $1 UNION ALL SELECT 1, p.* FROM order_paper_now p WHERE p.order_id = $1) n ORDER BY rank LIMIT 1`

// The bank's number is found by its name as it was written on the person's file, among those in force when the order was made.
const paperRows = `SELECT p.code, p.payee_name, p.identity_no, p.bank_name, p.account_no,
	COALESCE((SELECT b.bin FROM bank_bin b WHERE b.alias LIKE '%|' || fold(btrim(p.bank_name)) || '|%' AND p.bank_name <> ''
	  AND b.valid_from <= o.day AND (b.valid_to IS NULL OR b.valid_to >= o.day) ORDER BY b.valid_from DESC, b.bin LIMIT 1), '') AS bin,
	COALESCE(pp.address, pn.address) AS address, COALESCE(pp.parcels, pn.parcels) AS parcels, COALESCE(pp.area, pn.area) AS area,
	c.code AS case_code, pl.code AS plan_code, pl.decision_no, pl.decided_on, p.amount, a.total AS awarded, a.deducted, p.state,
	COALESCE((SELECT code FROM payment WHERE id = p.reissue_of), '') AS reissue_of, l.*
	FROM payment p JOIN payout_order o ON o.id = p.order_id JOIN land_case c ON c.id = p.case_id JOIN award a ON a.id = p.award_id JOIN plan pl ON pl.id = a.plan_id
	LEFT JOIN payment_paper pp ON pp.payment_id = p.id LEFT JOIN payment_paper_now pn ON pn.payment_id = p.id AND pp.payment_id IS NULL
	CROSS JOIN LATERAL (SELECT COALESCE(sum(amount) FILTER (WHERE category = 'land'), 0)::bigint AS land,
	  COALESCE(sum(amount) FILTER (WHERE category = 'structure'), 0)::bigint AS structure, COALESCE(sum(amount) FILTER (WHERE category = 'crop'), 0)::bigint AS crop,
	  COALESCE(sum(amount) FILTER (WHERE category IN ('moving', 'investment', 'support')), 0)::bigint AS other,
	  COALESCE(sum(amount) FILTER (WHERE category = 'deduction'), 0)::bigint AS withheld FROM award_line WHERE award_id = a.id) l
	WHERE p.order_id = $1 ORDER BY c.code, p.id`

func (s store) fill(ctx context.Context, p *Paper) error {
	var head struct {
		Parent  string `db:"parent"`
		Agency  string `db:"agency"`
		Project string `db:"project"`
		Source  string `db:"source"`
		Signer  string `db:"signer"`
	}
	if err := s.q.GetContext(ctx, &head, paperOrder, p.Order.ID); err != nil {
		return err
	}
	p.Parent, p.Agency, p.Project, p.Source, p.Signer = head.Parent, head.Agency, head.Project, head.Source, head.Signer
	p.Rows = nil // a transaction may run again
	if err := s.q.SelectContext(ctx, &p.Rows, paperRows, p.Order.ID); err != nil {
		return err
	}
	var err error
	p.Codes, err = s.codes(ctx, p.Order.ProjectID, p.Order.Day)
	return err
}

func (s store) codes(ctx context.Context, project id.Project, on day.Date) (map[string]string, error) {
	var rows []struct {
		Key   string `db:"key"`
		Value string `db:"value"`
	}
	codes := map[string]string{}
	err := s.q.SelectContext(ctx, &rows, `SELECT DISTINCT ON (key) key, value FROM treasury_code WHERE project_id = $1 AND valid_from <= $2
		ORDER BY key, valid_from DESC, id DESC`, project, on)
	for _, r := range rows {
		if r.Value != "" {
			codes[r.Key] = r.Value
		}
	}
	return codes, err
}

func (s store) putCode(ctx context.Context, o Order, key, value string, from day.Date, who id.User) error {
	_, err := s.q.ExecContext(ctx, `INSERT INTO treasury_code (project_id, key, value, valid_from, recorded_by) VALUES ($1, $2, $3, $4, $5)`, o.ProjectID, key, value, from, who)
	return err
}

func (s store) putBank(ctx context.Context, b BankNumber) error {
	_, err := s.q.ExecContext(ctx, `INSERT INTO bank_bin (bin, name, alias, valid_from, valid_to, basis, confirmed)
		SELECT $1, $2, '|' || string_agg(fold(btrim(x)), '|') || '|', $4, $5, $6, $7 FROM unnest(string_to_array($3, ';')) x
		ON CONFLICT (bin, valid_from) DO UPDATE SET name = EXCLUDED.name, alias = EXCLUDED.alias, valid_to = EXCLUDED.valid_to, basis = EXCLUDED.basis, confirmed = EXCLUDED.confirmed`,
		b.BIN, b.Name, b.Alias, b.ValidFrom, b.ValidTo, b.Basis, b.Confirmed)
	return err
}

func (s store) putLayout(ctx context.Context, l Layout) error {
	content, err := json.Marshal(l)
	if err != nil {
		return err
	}
	_, err = s.q.ExecContext(ctx, `INSERT INTO transfer_layout (code, name, valid_from, content, basis, confirmed) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (code, valid_from) DO UPDATE SET name = EXCLUDED.name, content = EXCLUDED.content, basis = EXCLUDED.basis, confirmed = EXCLUDED.confirmed`,
		l.Code, l.Name, l.ValidFrom, string(content), l.Basis, l.Confirmed)
	return err
}

func (s store) layouts(ctx context.Context, on day.Date) ([]Layout, error) {
	var rows []string
	if err := s.q.SelectContext(ctx, &rows, `SELECT content::text FROM (SELECT DISTINCT ON (code) code, content FROM transfer_layout WHERE valid_from <= $1
		ORDER BY code, valid_from DESC) x ORDER BY code <> 'generic', code`, on); err != nil {
		return nil, err
	}
	layouts := make([]Layout, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal([]byte(r), &layouts[i]); err != nil {
			return nil, err
		}
	}
	return layouts, nil
}

func (s store) calls(ctx context.Context, order id.Order) ([]Call, error) {
	rows := []Call{}
	err := s.q.SelectContext(ctx, &rows, `SELECT p.code AS payment_code, p.payee_name, k.number, k.day, k.hour, k.place, k.bring, u.full_name AS made_by_name, k.made_on
		FROM payment_call k JOIN payment p ON p.id = k.payment_id JOIN app_user u ON u.id = k.made_by WHERE p.order_id = $1 ORDER BY k.number, p.code LIMIT 20000`, order)
	return rows, err
}

func (s store) callable(ctx context.Context, order id.Order) ([]callable, error) {
	rows := []callable{}
	err := s.q.SelectContext(ctx, &rows, `SELECT p.id, p.code, p.state IN ('ordered', 'part') AS open, COALESCE(max(k.number), 0) AS number, max(k.day) AS day
		FROM payment p LEFT JOIN payment_call k ON k.payment_id = p.id WHERE p.order_id = $1 GROUP BY p.id ORDER BY p.id`, order)
	return rows, err
}

func (s store) putCall(ctx context.Context, payment id.Payment, number int, in NewCall, who id.User, today day.Date) error {
	_, err := s.q.ExecContext(ctx, `INSERT INTO payment_call (payment_id, number, day, hour, place, bring, made_by, made_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		payment, number, in.Day, in.Hour, in.Place, in.Bring, who, today)
	return err
}
