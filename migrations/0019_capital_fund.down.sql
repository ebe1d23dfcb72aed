DROP TABLE capital_month_plan;
DROP TABLE capital_month_head;
DROP TABLE medium_term_line;
DROP TRIGGER project_capital_within_investment ON project;
DROP TRIGGER capital_line_within_investment ON capital_line;
DROP FUNCTION capital_within_investment();
DROP TABLE capital_fund;
