DROP INDEX legal_rule_key;
DELETE FROM legal_rule WHERE rule_set IN (SELECT code FROM rule_set WHERE subject <> 'land');
DELETE FROM rule_set WHERE subject <> 'land';
ALTER TABLE rule_set DROP COLUMN subject;
