-- Units, users, their roles, sessions and API tokens.
CREATE TABLE unit (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code    text NOT NULL CONSTRAINT unit_code_once UNIQUE,
  name    text NOT NULL,
  kind    text NOT NULL CONSTRAINT unit_kind CHECK (kind IN ('city', 'management', 'clearance', 'finance', 'department', 'ward')),
  ward_id bigint REFERENCES ward
);

CREATE TABLE app_user (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  username      text NOT NULL CONSTRAINT app_user_username_once UNIQUE CONSTRAINT app_user_username_form CHECK (username ~ '^[a-z][a-z0-9.-]{1,39}$'),
  full_name     text NOT NULL,
  password_hash text NOT NULL,
  unit_id       bigint NOT NULL REFERENCES unit,
  ward_id       bigint REFERENCES ward,
  sample        boolean NOT NULL DEFAULT false,
  disabled_at   timestamptz,
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  version       integer NOT NULL DEFAULT 1
);

CREATE TABLE user_role (
  user_id bigint NOT NULL REFERENCES app_user,
  role    text NOT NULL,
  PRIMARY KEY (user_id, role)
);

CREATE TABLE api_token (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id    bigint NOT NULL REFERENCES app_user,
  token_hash bytea NOT NULL CONSTRAINT api_token_once UNIQUE,
  name       text NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  revoked_at timestamptz
);

CREATE TABLE login_failure (
  username text NOT NULL,
  address  text NOT NULL,
  at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX login_failure_recent ON login_failure (username, at);

-- The session library's own table: the token is stored hashed.
CREATE TABLE sessions (
  token  text PRIMARY KEY,
  data   bytea NOT NULL,
  expiry timestamptz NOT NULL
);
CREATE INDEX sessions_expiry_idx ON sessions (expiry);
