DROP TABLE reminder;
UPDATE obstacle o SET answer = a.content FROM obstacle_answer a WHERE a.obstacle_id = o.id AND a.number = o.answers AND o.resolved_on IS NULL;
DROP INDEX obstacle_content_search, obstacle_open_households, obstacle_open_project, obstacle_open_age, obstacle_by_due;
DROP TABLE obstacle_answer, obstacle_case, obstacle_work;
ALTER TABLE obstacle DROP COLUMN content_fold, DROP COLUMN reopens, DROP COLUMN resolved_at, DROP COLUMN answers, DROP COLUMN held_length, DROP COLUMN held_area,
  DROP COLUMN households, DROP COLUMN body;
