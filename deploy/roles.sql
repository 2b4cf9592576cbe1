-- Once, as a superuser of the PostgreSQL server (15 or newer):  psql -f roles.sql
-- Then set both passwords with \password, which sends them hashed.
CREATE ROLE sanfuwu_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE ROLE sanfuwu_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE DATABASE sanfuwu OWNER sanfuwu_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE sanfuwu FROM PUBLIC;
GRANT CONNECT ON DATABASE sanfuwu TO sanfuwu_app;
\connect sanfuwu
ALTER SCHEMA public OWNER TO sanfuwu_owner;
