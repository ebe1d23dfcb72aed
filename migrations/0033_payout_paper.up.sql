-- The papers of an order: what they say of a payee beside name, identity and account; the codes of the treasury's forms; calls to come and
-- collect; the numbers of banks and the layouts of their files.

-- Copied when the order is approved, as name and account are: a paper printed again says the same, whatever became of the files meanwhile.
CREATE TABLE order_paper (
  order_id bigint PRIMARY KEY REFERENCES payout_order,
  parent   text NOT NULL DEFAULT '',
  agency   text NOT NULL DEFAULT '',
  project  text NOT NULL DEFAULT '',
  source   text NOT NULL DEFAULT '',
  signer   text NOT NULL DEFAULT ''
);
CREATE TABLE payment_paper (
  payment_id bigint PRIMARY KEY REFERENCES payment,
  address    text NOT NULL DEFAULT '',
  parcels    text NOT NULL DEFAULT '',
  area       area_m2 NOT NULL DEFAULT 0
);

-- Today's state of what a paper says: of orders not yet approved, and what the copy is taken from.
CREATE VIEW order_paper_now AS
SELECT o.id AS order_id, COALESCE((SELECT c.name FROM unit c WHERE c.kind = 'city' ORDER BY c.id LIMIT 1), '') AS parent, u.name AS agency, p.name AS project,
  f.name AS source, m.full_name AS signer
FROM payout_order o JOIN app_user m ON m.id = o.made_by JOIN unit u ON u.id = m.unit_id JOIN project p ON p.id = o.project_id
JOIN funding_source f ON f.code = o.source;
CREATE VIEW payment_paper_now AS
SELECT y.id AS payment_id, y.order_id, h.address,
  COALESCE((SELECT string_agg(x.place, '; ' ORDER BY x.place) FROM (SELECT DISTINCT pc.map_sheet || '/' || pc.number AS place
    FROM case_parcel cp JOIN parcel pc ON pc.id = cp.parcel_id WHERE cp.case_id = y.case_id) x), '') AS parcels, c.recovered_area AS area
FROM payment y JOIN land_case c ON c.id = y.case_id JOIN holder h ON h.id = c.holder_id;

CREATE FUNCTION order_paper_copy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO order_paper SELECT * FROM order_paper_now WHERE order_id = NEW.id ON CONFLICT DO NOTHING;
  INSERT INTO payment_paper SELECT payment_id, address, parcels, area FROM payment_paper_now WHERE order_id = NEW.id ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER payout_order_paper AFTER UPDATE OF state ON payout_order FOR EACH ROW
  WHEN (NEW.state = 'approved' AND OLD.state <> 'approved') EXECUTE FUNCTION order_paper_copy();
INSERT INTO order_paper SELECT n.* FROM order_paper_now n JOIN payout_order o ON o.id = n.order_id WHERE o.state IN ('approved', 'released');
INSERT INTO payment_paper SELECT n.payment_id, n.address, n.parcels, n.area FROM payment_paper_now n JOIN payout_order o ON o.id = n.order_id
  WHERE o.state IN ('approved', 'released');
CREATE TRIGGER order_paper_append_only BEFORE UPDATE OR DELETE ON order_paper FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payment_paper_append_only BEFORE UPDATE OR DELETE ON payment_paper FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Codes of a work that the treasury's forms want and nobody can compute: from a day on, the last one entered. An empty value takes one back.
CREATE TABLE treasury_code (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id  bigint NOT NULL REFERENCES project,
  key         text NOT NULL CONSTRAINT treasury_code_key CHECK (key ~ '^[a-z_]{2,40}$'),
  value       text NOT NULL,
  valid_from  date NOT NULL,
  recorded_by bigint NOT NULL REFERENCES app_user,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX treasury_code_project ON treasury_code (project_id, key, valid_from DESC, id DESC);
CREATE TRIGGER treasury_code_append_only BEFORE UPDATE OR DELETE ON treasury_code FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Calls to come and collect: the first, the second, the third, each on a later day. They prove that somebody was called and did not come.
CREATE TABLE payment_call (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payment_id  bigint NOT NULL REFERENCES payment,
  number      integer NOT NULL CONSTRAINT payment_call_number CHECK (number BETWEEN 1 AND 9),
  day         date NOT NULL,
  hour        text NOT NULL CONSTRAINT payment_call_hour CHECK (hour ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  place       text NOT NULL CONSTRAINT payment_call_place CHECK (btrim(place) <> ''),
  bring       text NOT NULL DEFAULT '',
  made_by     bigint NOT NULL REFERENCES app_user,
  made_on     date NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT payment_call_once UNIQUE (payment_id, number),
  CONSTRAINT payment_call_one_a_day UNIQUE (payment_id, day),
  CONSTRAINT payment_call_in_advance CHECK (day >= made_on)
);
CREATE TRIGGER payment_call_append_only BEFORE UPDATE OR DELETE ON payment_call FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Banks by the number that transfers and payment pictures carry; alias are their names as people write them, folded, between bars.
CREATE TABLE bank_bin (
  bin        text NOT NULL CONSTRAINT bank_bin_form CHECK (bin ~ '^[0-9]{6}$'),
  name       text NOT NULL,
  alias      text NOT NULL,
  valid_from date NOT NULL,
  valid_to   date,
  basis      text NOT NULL,
  confirmed  boolean NOT NULL,
  PRIMARY KEY (bin, valid_from)
);

-- What banks want a file of many transfers to look like, from a day on.
CREATE TABLE transfer_layout (
  code       text NOT NULL,
  name       text NOT NULL,
  valid_from date NOT NULL,
  content    jsonb NOT NULL,
  basis      text NOT NULL,
  confirmed  boolean NOT NULL,
  PRIMARY KEY (code, valid_from)
);
