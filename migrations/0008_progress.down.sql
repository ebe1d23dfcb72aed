DROP TABLE obstacle;
DROP TABLE progress_entry;
