-- Law about more than land: what a rule set is about. A file about land never falls under a rule of public investment.
ALTER TABLE rule_set ADD COLUMN subject text NOT NULL DEFAULT 'land'
  CONSTRAINT rule_set_subject CHECK (subject IN ('land', 'investment', 'office'));
CREATE INDEX legal_rule_key ON legal_rule (key, valid_from);
