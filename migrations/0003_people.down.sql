DROP TABLE sessions;
DROP TABLE login_failure;
DROP TABLE api_token;
DROP TABLE user_role;
DROP TABLE app_user;
DROP TABLE unit;
