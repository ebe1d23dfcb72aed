-- The log of what was done: append-only, each row chained to the one before by hash, so that a change or a cut shows.
CREATE TABLE audit_event (
  id          bigint PRIMARY KEY,
  recorded_at timestamptz NOT NULL,
  actor_id    bigint,
  actor_name  text NOT NULL,
  act         text NOT NULL,
  object_kind text NOT NULL,
  object_code text NOT NULL,
  before      jsonb,
  after       jsonb,
  reason      text NOT NULL DEFAULT '',
  prev_hash   bytea NOT NULL,
  hash        bytea NOT NULL
);
CREATE INDEX audit_event_object ON audit_event (object_kind, object_code, id);
CREATE INDEX audit_event_actor ON audit_event (actor_id, id);
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- One row: the end of the chain. Writing an event locks it, so numbers have no gap and no two events share a parent;
-- a tail cut off the log no longer meets it.
CREATE TABLE audit_head (
  single  boolean PRIMARY KEY DEFAULT true CONSTRAINT audit_head_single CHECK (single),
  last_id bigint NOT NULL,
  hash    bytea NOT NULL
);
INSERT INTO audit_head (last_id, hash) VALUES (0, '\x00');
