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

-- Who runs this system: one row. Since a merger can end a city while its files run on, name and heading are data, not code.
CREATE TABLE city (
  single       boolean PRIMARY KEY DEFAULT true CONSTRAINT city_single CHECK (single),
  code         text NOT NULL,
  name         text NOT NULL,
  name_en      text NOT NULL,
  parent_body  text NOT NULL,
  issuing_body text NOT NULL,
  place        text NOT NULL,
  sample       boolean NOT NULL DEFAULT false,
  business_day date,
  CONSTRAINT city_fixed_day_is_sample CHECK (business_day IS NULL OR sample)
);
