DROP TABLE money_step;
DROP TABLE award_line;
DROP TABLE award;
DROP TABLE plan_drafter;
DROP TABLE plan;
DROP FUNCTION plan_frozen();
