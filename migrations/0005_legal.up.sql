-- Law as dated data: sets of rules chosen per plan, single values with their source, rest days.
CREATE TABLE rule_set (
  code       text PRIMARY KEY,
  name       text NOT NULL,
  valid_from date NOT NULL,
  valid_to   date,
  basis      text NOT NULL,
  CONSTRAINT rule_set_valid_order CHECK (valid_to IS NULL OR valid_to >= valid_from)
);

CREATE TABLE legal_rule (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rule_set   text NOT NULL REFERENCES rule_set,
  key        text NOT NULL,
  value      bigint NOT NULL,
  unit       text NOT NULL,
  valid_from date NOT NULL,
  valid_to   date,
  basis      text NOT NULL,
  confirmed  boolean NOT NULL DEFAULT true,
  CONSTRAINT legal_rule_once UNIQUE (rule_set, key, valid_from),
  CONSTRAINT legal_rule_valid_order CHECK (valid_to IS NULL OR valid_to >= valid_from)
);

CREATE TABLE rest_day (
  day  date PRIMARY KEY,
  name text NOT NULL
);
