-- Four plans for every work with cases, an award and a payment of each for every case: a million of each out of 250,000 cases. All but one in a hundred
-- are paid and proved by a line of the bank; one in twenty is paid late. Steps begin with a line "-- step"; each sees what the ones before wrote.
-- step recovery decisions: the clock of half the cases has started
INSERT INTO case_step (case_id, kind, done_on, effective_on, document_no, recorded_by)
SELECT id, 'recovery_decision', '2023-03-01', '2023-03-01', 'QĐ-' || id, changed_by FROM land_case WHERE id % 2 = 0
-- step plans
INSERT INTO plan (code, project_id, name, rule_set, state, decision_no, decided_on, effective_on, drafted_by, changed_by, submitted_by, appraised_by, approved_by, approved_at)
SELECT 'PA-' || p.code || '-' || n, p.id, 'Phương án đợt ' || n, 'A-2013', 'approved', 'QĐ', make_date(2023, n, 1), make_date(2023, n, 1), w.id, w.id, w.id, a.id, l.id, now()
FROM project p, generate_series(1, 4) n, app_user w, app_user a, app_user l
WHERE w.username = 'clearance' AND a.username = 'appraiser' AND l.username = 'leader' AND EXISTS (SELECT 1 FROM land_case c WHERE c.project_id = p.id)
-- step awards
INSERT INTO award (plan_id, project_id, case_id, total) SELECT pl.id, c.project_id, c.id, 1000000 + (c.id * 7919 + pl.id * 104729) % 900000 * 1000 FROM plan pl JOIN land_case c ON c.project_id = pl.project_id
-- step orders: up to a hundred payments each
CREATE TEMP TABLE place ON COMMIT DROP AS
SELECT a.id, a.plan_id, a.project_id, a.case_id, a.total, pl.effective_on, (row_number() OVER (PARTITION BY a.plan_id ORDER BY a.case_id) - 1) / 100 AS part FROM award a JOIN plan pl ON pl.id = a.plan_id
-- step orders
INSERT INTO payout_order (code, project_id, method, source, content, state, day, total, payment_count, made_by, changed_by, approved_by, approved_at, released_by, released_at, released_on, plan_year, release_journal)
SELECT 'LC-' || o.plan_id || '-' || o.part, o.project_id, CASE o.plan_id % 20 WHEN 0 THEN 'cash' ELSE 'transfer' END, 'province', 'Chi trả bồi thường', 'released', o.effective_on + 20, o.total, o.n, m.id, m.id, a.id, now(), r.id, now(), o.effective_on + 20, 2023, 1
FROM (SELECT plan_id, project_id, part, effective_on, sum(total) AS total, count(*) AS n FROM place GROUP BY 1, 2, 3, 4) o, app_user m, app_user a, app_user r
WHERE m.username = 'accountant' AND a.username = 'chief-accountant' AND r.username = 'director'
-- step payments: of a hundred one waits for the bank, one came back every 200, one is deposited every 200
INSERT INTO payment (code, order_id, project_id, case_id, award_id, party_id, amount, open, paid, returned, deposited, state, payee_name, identity_no, bank_name, account_no)
SELECT 'GPMB' || x.id, o.id, x.project_id, x.case_id, x.id, t.id, x.total, x.total * (s.state = 'ordered')::int, x.total * (s.state = 'paid')::int, x.total * (s.state = 'returned')::int,
  x.total * (s.state = 'deposited')::int, s.state, t.full_name, lpad(t.id::text, 12, '0'), 'Agribank', '8600' || lpad(t.id::text, 9, '0')
FROM place x JOIN payout_order o ON o.code = 'LC-' || x.plan_id || '-' || x.part JOIN land_case c ON c.id = x.case_id JOIN holder_party t ON t.holder_id = c.holder_id
CROSS JOIN LATERAL (SELECT CASE WHEN x.id % 100 = 1 THEN 'ordered' WHEN x.id % 200 = 2 THEN 'returned' WHEN x.id % 200 = 3 THEN 'deposited' ELSE 'paid' END) s(state)
-- step journals: approved and released at once for each order, then one of each payment
INSERT INTO journal (kind, reference, project_id, day, made_by) SELECT 'order_released', code, project_id, released_on, released_by FROM payout_order ORDER BY released_on, id
-- step journals
INSERT INTO journal (kind, reference, project_id, day, made_by)
SELECT 'payment_' || p.state, p.code, p.project_id, o.released_on + CASE p.id % 20 WHEN 7 THEN 10 + (p.id % 50)::int ELSE (p.id % 10)::int END, o.made_by FROM payment p JOIN payout_order o ON o.id = p.order_id WHERE p.state <> 'ordered' ORDER BY 4, p.id
-- step postings
INSERT INTO posting (journal_id, account, project_id, case_id, amount)
SELECT j.id, x.account, p.project_id, p.case_id, x.sign * p.amount FROM journal j JOIN payout_order o ON o.code = j.reference JOIN payment p ON p.order_id = o.id
CROSS JOIN (VALUES ('approved', -1), ('with_treasury', 1)) x(account, sign) ORDER BY j.id
-- step postings
INSERT INTO posting (journal_id, account, project_id, case_id, amount)
SELECT j.id, x.account, p.project_id, p.case_id, x.sign * p.amount FROM journal j JOIN payment p ON p.code = j.reference
CROSS JOIN LATERAL (VALUES ('with_treasury', -1), (p.state, 1)) x(account, sign) ORDER BY j.id
-- step balances
INSERT INTO ledger_balance (case_id, project_id, account, amount, since, moved) SELECT b.case_id, b.project_id, b.account, b.amount, s.since, s.moved
  FROM (SELECT case_id, project_id, account, sum(amount) AS amount FROM posting GROUP BY 1, 2, 3) b JOIN (SELECT array_agg(case_id ORDER BY case_id, account) AS cases, array_agg(account ORDER BY case_id, account) AS accounts
    FROM (SELECT DISTINCT case_id, account FROM posting) x) k ON true CROSS JOIN LATERAL ledger_standing('infinity', k.cases, k.accounts) s WHERE s.case_id = b.case_id AND s.account = b.account
-- step results
INSERT INTO payment_result (payment_id, kind, came_from, day, amount, reason, evidence_kind, evidence_ref, journal_id, made_by)
SELECT p.id, p.state, 'ordered', j.day, p.amount, CASE p.state WHEN 'paid' THEN '' ELSE 'Sai số tài khoản' END, 'statement_line', 'statement_line ' || p.id, j.id, j.made_by
FROM journal j JOIN payment p ON p.code = j.reference ORDER BY j.id
-- step deposits
INSERT INTO deposit (payment_id, result_id, amount, opened_on, changed_by) SELECT payment_id, id, amount, day, made_by FROM payment_result WHERE kind = 'deposited'
-- step accounts
INSERT INTO bank_account (code, name, bank, number, profile) SELECT 'TK-' || n, 'Tài khoản chi trả ' || n, 'KBNN', '3761' || n, (SELECT min(code) FROM statement_profile) FROM generate_series(1, 2) n
-- step statements: a day is a statement
INSERT INTO statement (account_id, from_day, to_day, opening, closing, credits, debits, line_count, file_name, sha256, loaded_by)
SELECT a.id, r.day, r.day, 0, -sum(r.amount), 0, sum(r.amount), count(*), 'sao-ke-' || r.day, decode(md5(a.id || ':' || r.day), 'hex'), min(r.made_by)
FROM payment_result r JOIN bank_account a ON a.id = (SELECT min(id) FROM bank_account) + (r.payment_id % 10 = 0)::int GROUP BY a.id, r.day
-- step lines
INSERT INTO statement_line (statement_id, account_id, line_no, day, value_day, amount, reference, description, counterparty, counterparty_account, line_hash)
SELECT s.id, s.account_id, row_number() OVER (PARTITION BY s.id ORDER BY r.id), r.day, r.day, -r.amount, 'FT' || r.payment_id, 'CHI TRA BOI THUONG ' || p.code || ' ' || upper(unaccent(p.payee_name)), p.payee_name, p.account_no,
  decode(md5('line:' || r.payment_id), 'hex')
FROM payment_result r JOIN payment p ON p.id = r.payment_id JOIN statement s ON s.from_day = r.day AND s.account_id = (SELECT min(id) FROM bank_account) + (r.payment_id % 10 = 0)::int
-- step runs
INSERT INTO match_run (account_id, through, made_by, made_at) SELECT s.account_id, s.to_day, s.loaded_by, s.to_day + time '18:00' FROM statement s ORDER BY s.to_day
-- step matches: of a thousand lines one stays open
INSERT INTO recon_match (line_id, kind, payment_id, amount, rule, why, recorded, run_id, made_by)
SELECT l.id, 'payment', p.id, -l.amount, 'code_amount', 'mã ' || p.code, true, r.id, r.made_by
FROM statement_line l JOIN payment p ON p.id = substr(l.reference, 3)::bigint AND p.id % 1000 <> 5 JOIN match_run r ON r.account_id = l.account_id AND r.through = l.day
-- step settled awards, as the trigger keeps them
INSERT INTO award_settled SELECT * FROM award_settled_told(ARRAY(SELECT DISTINCT y.award_id FROM payment_result r JOIN payment y ON y.id = r.payment_id))
-- step owed awards, as the triggers keep them
INSERT INTO award_owed SELECT a.id FROM award a WHERE NOT EXISTS (SELECT 1 FROM award_settled s WHERE s.award_id = a.id)
-- step open lines, as the triggers keep them
INSERT INTO statement_line_open SELECT l.id, l.account_id, l.day FROM statement_line l WHERE NOT EXISTS (SELECT 1 FROM recon_match m WHERE m.line_id = l.id AND m.undone_at IS NULL)
