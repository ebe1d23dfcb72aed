DROP TABLE project_decision;
DROP TABLE project_member;
DROP TABLE project_ward;
DROP TABLE project;
