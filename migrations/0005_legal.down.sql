DROP TABLE rest_day;
DROP TABLE legal_rule;
DROP TABLE rule_set;
