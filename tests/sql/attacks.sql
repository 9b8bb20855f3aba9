-- What must be refused before anything runs, or (harmless) may run and show nothing.

SELECT * FROM '/etc/passwd'

SELECT * FROM "/etc/passwd"

SELECT * FROM 'canary.csv'

SELECT * FROM read_text('/etc/passwd')

SELECT * FROM read_blob('/etc/passwd')

SELECT * FROM read_csv('/etc/passwd')

SELECT * FROM read_csv_auto('/etc/passwd')

SELECT * FROM read_parquet('/tmp/x.parquet')

SELECT * FROM parquet_scan('/tmp/x')

SELECT * FROM parquet_metadata('/tmp/x')

SELECT * FROM parquet_schema('/tmp/x')

SELECT * FROM read_json('/etc/passwd')

SELECT * FROM read_json_auto('/etc/passwd')

SELECT * FROM read_ndjson('/etc/passwd')

SELECT * FROM read_json_objects('/etc/passwd')

SELECT * FROM sniff_csv('/etc/passwd')

SELECT * FROM glob('/**')

SELECT * FROM query('SELECT 1')

SELECT * FROM query_table('account')

SELECT * FROM query_table(['account', 'secret'])

SELECT * FROM secret

SELECT * FROM main.secret

SELECT * FROM o_secret.main.secret

SELECT * FROM "o_secret"."main"."secret"

SELECT * FROM main.account

SELECT * FROM memory.main.account

SELECT * FROM o_account.main.account

SELECT * FROM o_account.account

SELECT * FROM temp.main.account

SELECT * FROM system.main.duckdb_tables

SELECT * FROM information_schema.tables

SELECT * FROM information_schema.columns

SELECT * FROM information_schema.schemata

SELECT * FROM pg_catalog.pg_tables

SELECT * FROM pg_catalog.pg_class

SELECT * FROM pg_catalog.pg_attribute

SELECT * FROM pg_catalog.pg_settings

SELECT * FROM sqlite_master

SELECT * FROM sqlite_schema

SELECT * FROM sqlite_temp_master

SELECT * FROM duckdb_tables

SELECT * FROM duckdb_tables()

SELECT * FROM duckdb_columns()

SELECT * FROM duckdb_columns

SELECT * FROM duckdb_databases()

SELECT * FROM duckdb_databases

SELECT * FROM duckdb_settings()

SELECT * FROM duckdb_settings

SELECT * FROM duckdb_secrets()

SELECT * FROM duckdb_functions()

SELECT * FROM duckdb_extensions()

SELECT * FROM duckdb_views()

SELECT * FROM duckdb_memory()

SELECT * FROM duckdb_temporary_files()

SELECT * FROM duckdb_logs()

SELECT * FROM duckdb_log_contexts()

SELECT * FROM duckdb_variables()

SELECT * FROM duckdb_keywords()

SELECT * FROM duckdb_types()

SELECT * FROM duckdb_schemas()

SELECT * FROM duckdb_sequences()

SELECT * FROM duckdb_indexes()

SELECT * FROM duckdb_constraints()

SELECT * FROM duckdb_dependencies()

SELECT * FROM duckdb_optimizers()

SELECT * FROM duckdb_prepared_statements()

SELECT * FROM duckdb_external_file_cache()

SELECT * FROM pragma_database_list

SELECT * FROM pragma_database_list()

SELECT * FROM pragma_database_size()

SELECT * FROM pragma_table_info('account')

SELECT * FROM pragma_storage_info('account')

SELECT * FROM pragma_show('account')

SELECT * FROM pragma_version()

SELECT * FROM pragma_platform()

SELECT * FROM pragma_user_agent()

SELECT * FROM pragma_metadata_info()

SELECT * FROM storage_info('account')

SELECT * FROM show_tables()

SELECT * FROM which_secret('x', 'y')

SELECT * FROM json_execute_serialized_sql('{}')

SELECT * FROM sql_auto_complete('SEL')

SELECT * FROM summary((SELECT 1))

SELECT * FROM test_all_types()

SELECT * FROM repeat(1, 100000000)

SELECT * FROM repeat_row(1, num_rows := 100000000)

SELECT * FROM seq_scan('account')

SELECT * FROM arrow_scan(1, 2, 3)

SELECT * FROM pandas_scan(1)

SELECT * FROM python_map_function(1)

SELECT * FROM sqlite_scan('x.db', 't')

SELECT * FROM sqlite_attach('x.db')

SELECT * FROM postgres_scan('', '', '')

SELECT * FROM mysql_query('', '')

SELECT * FROM iceberg_scan('/tmp')

SELECT * FROM delta_scan('/tmp')

SELECT * FROM st_read('/tmp')

SELECT * FROM checkpoint()

SELECT * FROM force_checkpoint()

SELECT * FROM enable_profiling()

SELECT * FROM enable_logging()

SELECT * FROM truncate_duckdb_logs()

SELECT * FROM unnest_wrong([1])

SELECT * FROM a POSITIONAL JOIN b

SELECT * FROM account POSITIONAL JOIN contact

SELECT * FROM account AT (VERSION => 1)

SELECT * FROM account PIVOT (count(*) FOR city IN ('台北'))

SELECT * FROM (PIVOT account ON city USING count(*))

FROM account UNPIVOT (v FOR n IN (name, city))

PIVOT account ON city USING count(*)

UNPIVOT account ON name, city INTO NAME n VALUE v

SHOW TABLES

SHOW ALL TABLES

SHOW DATABASES

DESCRIBE secret

SUMMARIZE secret

DESCRIBE '/etc/passwd'

SUMMARIZE duckdb_settings

EXPLAIN SELECT 1

EXPLAIN ANALYZE SELECT * FROM account

INSERT INTO account SELECT * FROM account

UPDATE account SET name = 'x'

DELETE FROM account

TRUNCATE account

MERGE INTO account USING contact ON true WHEN MATCHED THEN DELETE

CREATE TABLE t (a INT)

CREATE TABLE t AS SELECT * FROM account

CREATE TEMP TABLE t AS SELECT 1

CREATE VIEW v AS SELECT 1

CREATE OR REPLACE MACRO f(x) AS x

CREATE MACRO t() AS TABLE SELECT * FROM account

CREATE SECRET s (TYPE S3)

CREATE TYPE mood AS ENUM ('a')

CREATE SEQUENCE s

CREATE SCHEMA s

CREATE INDEX i ON account (id)

CREATE FUNCTION f(x) AS x

ALTER TABLE account ADD COLUMN x INT

DROP TABLE account

DROP DATABASE o_account

ATTACH '/tmp/x.db' AS x

ATTACH ':memory:' AS x

DETACH o_account

USE o_account

COPY account TO '/tmp/x.csv'

COPY (SELECT 1) TO '/tmp/x.csv'

COPY account FROM '/etc/passwd'

COPY FROM DATABASE o_account TO x

EXPORT DATABASE '/tmp/x'

IMPORT DATABASE '/tmp/x'

INSTALL httpfs

FORCE INSTALL httpfs

LOAD httpfs

UPDATE EXTENSIONS

SET threads = 100

SET memory_limit = '100GB'

SET enable_external_access = true

SET GLOBAL lock_configuration = false

RESET memory_limit

SET VARIABLE x = 1

PRAGMA database_list

PRAGMA version

PRAGMA enable_profiling

PRAGMA threads = 100

CALL pragma_version()

CALL enable_logging('QueryLog')

CALL duckdb_settings()

BEGIN

COMMIT

ROLLBACK

CHECKPOINT

VACUUM

ANALYZE

PREPARE p AS SELECT 1

EXECUTE p

DEALLOCATE p

SELECT 1; SELECT 2

SELECT 1; DROP TABLE account

SELECT 1; ATTACH '/etc/passwd' AS x

SELECT getenv('GUANXI_SECRET')

SELECT getenv('HOME')

SELECT current_setting('temp_directory')

SELECT current_setting('memory_limit')

SELECT set_config('threads', '1', true)

SELECT getvariable('x')

SELECT current_database()

SELECT current_schema()

SELECT current_schemas(true)

SELECT version()

SELECT library_version()

SELECT pg_typeof(1)

SELECT typeof(1)

SELECT txid_current()

SELECT current_query()

SELECT current_query_id()

SELECT current_connection_id()

SELECT current_transaction_id()

SELECT in_search_path('a', 'b')

SELECT nextval('s')

SELECT currval('s')

SELECT error('x')

SELECT write_log('x')

SELECT json_structure('{}')

SELECT json_serialize_sql('SELECT 1')

SELECT json_deserialize_sql('{}')

SELECT json_serialize_plan('SELECT 1')

SELECT json_transform('{}', '{}')

SELECT from_json('{}', '{}')

SELECT json('{}')

SELECT to_json(1)

SELECT parse_path('/etc')

SELECT parse_dirname('/etc')

SELECT read_text('/etc/passwd')

SELECT file_exists('/etc/passwd')

SELECT list_transform([1], lambda x: x + 1)

SELECT list_transform([1], x -> x + 1)

SELECT list_filter([1], lambda x: x > 0)

SELECT list_reduce([1, 2], lambda a, b: a + b)

SELECT apply([1], lambda x: x)

SELECT [x FOR x IN [1, 2]]

SELECT list_aggregate([1], 'sum')

SELECT list_aggr([1], 'string_agg')

SELECT COLUMNS(*) FROM account

SELECT COLUMNS('.*') FROM account

SELECT COLUMNS(c -> true) FROM account

SELECT min(COLUMNS(*)) FROM account

SELECT *COLUMNS(*) FROM account

SELECT * LIKE '%' FROM account

SELECT * FROM account WHERE COLUMNS(*) = 1

SELECT $1

SELECT $x

SELECT ?

SELECT 'x'::BLOB

SELECT '{}'::JSON

SELECT 1::STRUCT(a INT)

SELECT 'a'::ENUM('a', 'b')

SELECT 1::UNION(a INT)

SELECT MAP {'a': 1}

SELECT {'a': 1}

SELECT struct_pack(a := 1)

SELECT row_to_json(account) FROM account

SELECT a FROM (SELECT {'a': 1} AS a)

SELECT account FROM account WHERE account.x.y.z = 1

SELECT CAST(1 AS BIT)

SELECT CAST(1 AS UUID)

SELECT CAST(now() AS TIMESTAMP WITH TIME ZONE)

SELECT x.* REPLACE ((SELECT word FROM secret) AS name) FROM account x

SELECT * REPLACE ((SELECT content FROM read_text('/etc/passwd')) AS name) FROM account

SELECT * REPLACE (getenv('HOME') AS name) FROM account

SELECT (SELECT content FROM read_text('/etc/passwd'))

SELECT name FROM account WHERE EXISTS (SELECT 1 FROM secret)

SELECT name FROM account WHERE name IN (SELECT word FROM secret)

SELECT name FROM account WHERE id = (SELECT count(*) FROM duckdb_settings())

SELECT name FROM account ORDER BY (SELECT word FROM secret)

SELECT name FROM account GROUP BY name HAVING count(*) > (SELECT count(*) FROM secret)

SELECT name FROM account LIMIT (SELECT count(*) FROM duckdb_tables())

SELECT name FROM account LIMIT 1 OFFSET (SELECT count(*) FROM secret)

SELECT name FROM account QUALIFY row_number() OVER (ORDER BY (SELECT word FROM secret)) = 1

SELECT sum(id) FILTER (WHERE id IN (SELECT 1 FROM secret)) FROM account

SELECT sum(id ORDER BY (SELECT word FROM secret)) FROM account

SELECT sum(id) OVER (PARTITION BY (SELECT word FROM secret)) FROM account

SELECT sum(id) OVER (ORDER BY id ROWS BETWEEN (SELECT count(*) FROM secret) PRECEDING AND
  CURRENT ROW) FROM account

SELECT lag(id, (SELECT count(*) FROM secret)) OVER (ORDER BY id) FROM account

SELECT CASE WHEN EXISTS (SELECT 1 FROM secret) THEN 1 END

SELECT 1 UNION ALL SELECT word FROM secret

SELECT name FROM account EXCEPT SELECT word FROM secret

SELECT name FROM account INTERSECT SELECT word FROM secret

WITH q AS (SELECT * FROM secret) SELECT * FROM q

WITH q AS MATERIALIZED (SELECT * FROM secret) SELECT * FROM q

WITH q AS MATERIALIZED (SELECT * FROM secret) SELECT 1

WITH q AS (SELECT * FROM read_text('/etc/passwd')) SELECT * FROM q

WITH RECURSIVE q AS (SELECT word FROM secret UNION ALL SELECT word FROM q) SELECT * FROM q

WITH RECURSIVE q AS (SELECT 1 UNION ALL SELECT s.id FROM secret s) SELECT * FROM q

WITH RECURSIVE t(a, b) USING KEY (a) AS (SELECT 1, 2 UNION SELECT a, b FROM t) TABLE t

SELECT * FROM (WITH q AS (SELECT * FROM secret) SELECT * FROM q)

SELECT * FROM account JOIN secret ON true

SELECT * FROM account JOIN LATERAL (SELECT * FROM secret) ON true

SELECT * FROM account, secret

SELECT * FROM account LEFT JOIN '/etc/passwd' ON true

SELECT * FROM account NATURAL JOIN secret

SELECT * FROM (VALUES ((SELECT word FROM secret)))

SELECT * FROM (VALUES (getenv('HOME')))

SELECT * FROM range((SELECT count(*) FROM secret))

SELECT * FROM generate_series(1, getenv('HOME')::INT)

SELECT * FROM unnest((SELECT list(word) FROM secret))

VALUES ((SELECT word FROM secret))

TABLE secret

TABLE duckdb_settings

FROM secret

FROM '/etc/passwd' SELECT *

SELECT repeat('x', 1000000000)

SELECT repeat('x', id) FROM account

SELECT repeat(repeat('x', 1000), 1000)

SELECT lpad('x', 1000000000, 'y')

SELECT rpad(lpad('x', 1000, 'y'), 1000, 'z')

SELECT rpad('x', employees, 'y') FROM account

SELECT system('ls')

SELECT shell('ls')

SELECT load_extension('x')

SELECT pg_read_file('/etc/passwd')

SELECT lo_import('/etc/passwd')

SELECT dblink('x', 'y')

SELECT xp_cmdshell('ls')

SELECT pg_sleep(10)

SELECT sleep(10)

SELECT sleep_ms(1000)

SELECT benchmark(1, 1)

SELECT main.getenv('HOME')

SELECT system.main.getenv('HOME')

SELECT pg_catalog.current_setting('threads')

SELECT "getenv"('HOME')

SELECT GETENV('HOME')

SELECT getenv ('HOME')

SELECT get_bit('1'::BIT, 0)

SELECT encode('x')

SELECT decode('x')

SELECT from_base64('eA==')

SELECT bar(1, 0, 10)

SELECT format('{}', 1)

SELECT printf('%1000000000d', 1)

SELECT array_resize([1], 1000000000)

SELECT list_resize([1], 1000000000)

SELECT range(1000000000)

SELECT generate_series(1, 1000000000)

SELECT list_zip([1], [2])

SELECT flatten([[1]])

SELECT histogram(id) FROM account

SELECT uuid()

SELECT gen_random_uuid()

SELECT setseed(0.5)

SELECT cast_to_type(1, 'x')

SELECT can_cast_implicitly(1, 'x')

SELECT vector_type(1)

SELECT alias(1)

SELECT stats(id) FROM account

SELECT combine(1, 2)

SELECT finalize(1)

SELECT icu_sort_key('a', 'b')

SELECT name COLLATE de FROM account

SELECT TRY(getenv('HOME'))

SELECT /* comment */ getenv /* x */ ('HOME')

SELECT 1 FROM account WHERE getenv('HOME') LIKE 'a%'

SELEC 1

SELECT

SELECT FROM

(

'

";

SELECT ''' FROM account

SELECT 1 FROM

)))

\x00

SELECT * FROM account a CROSS JOIN line b CROSS JOIN line c CROSS JOIN line d
=> harmless

SELECT count(*) FROM range(1000000000) a, range(1000000000) b
=> harmless

WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r
=> harmless

WITH RECURSIVE r AS (SELECT 'x' AS s UNION ALL SELECT s || s FROM r) SELECT max(length(s)) FROM r
=> harmless

SELECT string_agg(repeat('x', 1000), '') FROM range(100000000)
=> harmless

SELECT list(i) FROM range(1000000000) r(i)
=> harmless

SELECT CAST(name AS INTEGER) FROM account
=> harmless

SELECT 1 / (id - 1) FROM account
=> harmless

SELECT name::DATE FROM account
=> harmless

SELECT tax_id FROM account
=> harmless

SELECT current_user
=> harmless

SELECT "current_user"
=> harmless

SELECT user
=> harmless

SELECT rowid FROM account LIMIT 1
=> harmless

SELECT regexp_matches(repeat('a', 1000), '(a+)+$')
=> harmless

SELECT name FROM account WHERE name SIMILAR TO '(a|b)*'
=> harmless

WITH duckdb_settings AS (SELECT 1 AS x) SELECT * FROM duckdb_settings
=> harmless

WITH "sqlite_master" AS (SELECT 2) TABLE "sqlite_master"
=> harmless

SELECT * FROM (SELECT 1 AS "'; DROP TABLE account; --")
=> harmless

SELECT 'x' AS "a""b"
=> harmless

SELECT '''; DROP TABLE account; --'
=> harmless

SELECT levenshtein(repeat('a', 1000), repeat('b', 1000)) FROM range(100000)
=> harmless

SELECT (SELECT id FROM account)
=> harmless

SELECT 9223372036854775807 + 1
=> harmless

SELECT substr('abc', 'x')
=> harmless

SELECT sum(name) FROM account
=> harmless

SELECT nothing FROM account
=> harmless

SELECT account.nothing FROM account
=> harmless

SELECT id, count(*) FROM account
=> harmless

