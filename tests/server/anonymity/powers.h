/* powers.h - what somebody at psql would try besides reading tables. */
#ifndef NORIA_TESTS_POWERS_H
#define NORIA_TESTS_POWERS_H

/* Each must be refused. */
static const char *const powers[] = {
    "SET ROLE noria_ofii",
    "SET SESSION AUTHORIZATION noria_ofii",
    "SELECT rolpassword FROM pg_authid",
    "SELECT passwd FROM pg_shadow",
    "SELECT stavalues1::text FROM pg_statistic",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_read_binary_file('base')",
    "SELECT pg_ls_dir('.')",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY (SELECT 1) TO '/tmp/noria-probe'",
    "SELECT lo_import('/etc/passwd')",
    "SELECT data FROM pg_largeobject",
    "SELECT lo_export(1, '/tmp/noria-probe')",
    "CREATE TABLE t_mine (a int)",
    "CREATE FUNCTION t_mine() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    "CREATE EXTENSION dblink",
    "CREATE EXTENSION pageinspect",
    "CREATE ROLE t_mine",
    "ALTER ROLE noria_employer BYPASSRLS",
    "ALTER SYSTEM SET log_statement = 'all'",
    "SET log_statement = 'all'",
    "SET session_replication_role = replica",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> current_user",
    "SELECT pg_create_logical_replication_slot('t', 'test_decoding')",
    "SELECT pg_reload_conf()",
    "ALTER FUNCTION placement_unseal(bigint, text) OWNER TO noria_employer",
    "DROP POLICY candidate_proposed ON candidate",
    "GRANT noria_ofii TO noria_employer",
};
/* Allowed, and showing nothing. */
static const char *const views[] = {
    "SELECT query, application_name, client_addr FROM pg_stat_activity",
    "SELECT * FROM pg_prepared_statements",
    "SELECT * FROM pg_cursors",
    "SELECT * FROM pg_locks",
    "SELECT * FROM pg_stat_all_tables",
    "SELECT * FROM pg_statio_all_tables",
    "SELECT * FROM pg_stats",
    "SELECT * FROM pg_stats_ext",
    "SELECT * FROM pg_largeobject_metadata",
    "SELECT * FROM pg_seclabels",
    "SELECT * FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT * FROM information_schema.routines WHERE routine_schema = 'public'",
    "SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "SELECT name, setting FROM pg_settings",
    "SELECT last_value FROM pg_sequences",
    "SELECT placement_unseal(p, 'because') FROM generate_series(1, 100) p",
};

#endif
