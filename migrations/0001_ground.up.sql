-- What every room stands on: search without marks, refusal of changes to written history, money and month as types.
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- unaccent() is only STABLE because its dictionary could change; ours never does, so names may be indexed through it.
CREATE FUNCTION fold(value text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  AS $$ SELECT lower(public.unaccent('public.unaccent', normalize(value, NFC))) $$;

-- Money is whole đồng; 2^53-1 is the largest integer a JSON client keeps exactly.
CREATE DOMAIN dong AS bigint CONSTRAINT dong_range CHECK (VALUE BETWEEN -9007199254740991 AND 9007199254740991);
CREATE DOMAIN area_m2 AS numeric(14,2) CONSTRAINT area_positive CHECK (VALUE >= 0);
CREATE DOMAIN month_start AS date CONSTRAINT month_is_first_day CHECK (extract(day FROM VALUE) = 1);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only', TABLE = TG_TABLE_NAME;
END $$;

-- Serial numbers of codes, one row a series: taken by UPDATE … RETURNING, so no deletion ever gives a number twice.
CREATE TABLE serial (
  series text PRIMARY KEY,
  last   integer NOT NULL
);
