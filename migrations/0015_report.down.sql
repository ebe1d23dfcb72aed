DROP TRIGGER progress_month_issued ON progress_entry;
DROP FUNCTION progress_month_issued();
DROP TABLE report_issue;
