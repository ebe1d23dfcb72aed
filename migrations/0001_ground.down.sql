DROP TABLE serial;
DROP FUNCTION refuse_change();
DROP DOMAIN month_start;
DROP DOMAIN area_m2;
DROP DOMAIN dong;
DROP FUNCTION fold(text);
DROP EXTENSION pg_trgm;
DROP EXTENSION unaccent;
