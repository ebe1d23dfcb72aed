-- Wards and communes. A code is reused after a merger with another name and border, so identity is (code, valid_from).
CREATE TABLE ward (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code         text NOT NULL CONSTRAINT ward_code_form CHECK (code ~ '^[0-9]{5}$'),
  name         text NOT NULL,
  kind         text NOT NULL CONSTRAINT ward_kind CHECK (kind IN ('ward', 'commune')),
  valid_from   date NOT NULL,
  valid_to     date,
  successor_id bigint REFERENCES ward,
  CONSTRAINT ward_code_once UNIQUE (code, valid_from),
  CONSTRAINT ward_valid_order CHECK (valid_to IS NULL OR valid_to >= valid_from)
);
