DROP TRIGGER progress_call_roll ON report_issue;
DROP FUNCTION progress_call_roll();
DROP TABLE progress_roll;
DROP TRIGGER progress_adjuster_never_accepts ON progress_entry;
DROP FUNCTION progress_adjuster_never_accepts();
DROP TABLE progress_adjustment;
DROP FUNCTION progress_adjustment_open();
DROP FUNCTION progress_owed(date);
ALTER TABLE progress_entry DROP COLUMN first_submitted_on, DROP COLUMN reason;
