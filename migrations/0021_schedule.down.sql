DROP TABLE baseline_milestone;
DROP TABLE schedule_baseline;
DROP FUNCTION schedule_baseline_whole();
DROP TABLE milestone_progress;
DROP TABLE milestone;
DROP TABLE schedule;
