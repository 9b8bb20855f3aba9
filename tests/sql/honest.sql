-- Questions that people ask of the shop of world.c: all must run.

SELECT count(*) FROM account
=> 100

SELECT count(*) FROM contact
=> 300

SELECT count(*) FROM opportunity
=> 600

SELECT count(*) FROM line
=> 2000

SELECT count(*) FROM product
=> 20

SELECT sum(value) FROM opportunity
=> 18030150.0000

SELECT min(id), max(id) FROM account
=> 1|100

SELECT city, count(*) FROM account GROUP BY city ORDER BY city LIMIT 2
=> 台中|20 / 台北|20

SELECT count(DISTINCT city) FROM account
=> 5

SELECT count(*) FROM contact WHERE email IS NULL
=> 42

SELECT stage, count(*) FROM opportunity GROUP BY 1 ORDER BY 1
=> lost|150 / offer|150 / prospect|150 / won|150

SELECT today()
=> 2026-11-22

SELECT current_date
=> 2026-11-22

SELECT now()
=> 2026-11-22 10:00:00

SELECT current_timestamp
=> 2026-11-22 10:00:00

SELECT 1
=> 1

SELECT 1 + 1 AS two
=> 2

SELECT 'O''Brien'
=> O'Brien

SELECT NULL
=> null

SELECT true AND false
=> false

SELECT 0.1 + 0.2
=> 0.3

SELECT CAST('12' AS INTEGER) + 1
=> 13

SELECT CAST('x' AS INTEGER)
=> null

SELECT '12'::INTEGER
=> 12

SELECT DATE '2026-01-31' + INTERVAL 1 MONTH
=> 2026-02-28 00:00:00

SELECT date_diff('day', DATE '2026-01-01', DATE '2026-02-01')
=> 31

SELECT 7 // 2, 7 % 2
=> 3|1

SELECT coalesce(NULL, 5)
=> 5

SELECT nullif(1, 1)
=> null

SELECT CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END
=> b

SELECT upper('abc') || lower('DEF')
=> ABCdef

SELECT substr('台北市', 1, 2)
=> 台北

SELECT length('台北市')
=> 3

SELECT replace('a-b', '-', '+')
=> a+b

SELECT round(2.567, 2)
=> 2.57

SELECT greatest(1, 5, 3), least(1, 5, 3)
=> 5|1

SELECT 170141183460469231731687303715884105727
=> 170141183460469231731687303715884105727

SELECT 12345678901234567890
=> 12345678901234567890

SELECT -5
=> -5

SELECT 1e3
=> 1000

SELECT repeat('ab', 3)
=> ababab

SELECT lpad('7', 3, '0')
=> 007

SELECT string_agg(name, ',' ORDER BY name) FROM product WHERE id <= 2
=> Product 1,Product 2

SELECT [1, 2, 3][2]
=> 2

SELECT list_contains([1, 2], 2)
=> true

SELECT * FROM range(3)
=> 0 / 1 / 2

SELECT * FROM generate_series(1, 3) g(n)
=> 1 / 2 / 3

SELECT * FROM (VALUES (1, 'a'), (2, 'b')) v(x, y)
=> 1|a / 2|b

VALUES (1), (2)
=> 1 / 2

SELECT 1 UNION ALL SELECT 2 ORDER BY 1
=> 1 / 2

SELECT 1 UNION SELECT 1
=> 1

SELECT 1 EXCEPT SELECT 2
=> 1

SELECT 1 INTERSECT SELECT 1
=> 1

WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT sum(n) FROM r
=> 15

WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT y FROM b
=> 2

WITH a AS MATERIALIZED (SELECT 3 AS x) SELECT x FROM a
=> 3

WITH account AS (SELECT * FROM account WHERE id < 5) SELECT count(*) FROM account
=> 4

SELECT (SELECT max(id) FROM account)
=> 100

SELECT count(*) FROM account WHERE id IN (SELECT account FROM opportunity WHERE stage = 'won')
=> 25

SELECT count(*) FROM account a WHERE EXISTS (SELECT 1 FROM contact c WHERE c.account = a.id)
=> 100

SELECT count(*) FROM account a WHERE NOT EXISTS (SELECT 1 FROM contact c WHERE c.account = a.id)
=> 0

SELECT count(*) FROM account a JOIN contact c ON c.account = a.id
=> 300

SELECT count(*) FROM account a LEFT JOIN contact c ON c.account = a.id AND c.email IS NULL

SELECT count(*) FROM account CROSS JOIN product
=> 2000

SELECT count(*) FROM account a SEMI JOIN contact c ON c.account = a.id
=> 100

SELECT count(*) FROM account a ANTI JOIN contact c ON c.account = a.id
=> 0

SELECT row_number() OVER (ORDER BY id) FROM product LIMIT 2
=> 1 / 2

SELECT id, lag(id) OVER (ORDER BY id) FROM product LIMIT 2
=> 1|null / 2|1

SELECT DISTINCT line FROM product ORDER BY line
=> basic / plus / pro

SELECT name FROM product ORDER BY price DESC LIMIT 1
=> Product 20

SELECT count(*) FILTER (WHERE stage = 'won') FROM opportunity
=> 150

SELECT * EXCLUDE (name, line) FROM product WHERE id = 1
=> 1|10.9900

SELECT * REPLACE (upper(name) AS name) FROM product WHERE id = 1
=> 1|PRODUCT 1|plus|10.9900

SELECT id FROM account WHERE name LIKE 'Company 00_' ORDER BY id DESC LIMIT 1
=> 9

SELECT count(*) FROM contact WHERE name = '王小明'
=> 60

SELECT date_trunc('month', DATE '2026-05-17')
=> 2026-05-01

SELECT extract(year FROM DATE '2026-05-17')
=> 2026

SELECT strftime(DATE '2026-05-17', '%Y/%m')
=> 2026/05

SELECT count(account.*) FROM account
=> 100

DESCRIBE product
=> 4 rows

SUMMARIZE product
=> 4 rows

TABLE product
=> 20 rows

FROM product
=> 20 rows

SELECT product.name FROM product WHERE product.id = 3
=> Product 3

SELECT p.id FROM product AS p(id, n, l, c) WHERE n = 'Product 4'
=> 4

SELECT count(*) FROM account WHERE active

SELECT stage AS g, count(*) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT account AS g, count(*) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT probability AS g, count(*) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT year(close_date) AS g, count(*) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT date_trunc('month', close_date) AS g, count(*) AS v FROM opportunity GROUP BY 1 ORDER BY
  1 LIMIT 5

SELECT quarter(close_date) AS g, count(*) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT stage AS g, sum(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT account AS g, sum(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT probability AS g, sum(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT year(close_date) AS g, sum(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT date_trunc('month', close_date) AS g, sum(value) AS v FROM opportunity GROUP BY 1 ORDER
  BY 1 LIMIT 5

SELECT quarter(close_date) AS g, sum(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT stage AS g, avg(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT account AS g, avg(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT probability AS g, avg(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT year(close_date) AS g, avg(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT date_trunc('month', close_date) AS g, avg(value) AS v FROM opportunity GROUP BY 1 ORDER
  BY 1 LIMIT 5

SELECT quarter(close_date) AS g, avg(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT stage AS g, min(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT account AS g, min(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT probability AS g, min(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT year(close_date) AS g, min(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT date_trunc('month', close_date) AS g, min(value) AS v FROM opportunity GROUP BY 1 ORDER
  BY 1 LIMIT 5

SELECT quarter(close_date) AS g, min(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT stage AS g, max(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT account AS g, max(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT probability AS g, max(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT year(close_date) AS g, max(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT date_trunc('month', close_date) AS g, max(value) AS v FROM opportunity GROUP BY 1 ORDER
  BY 1 LIMIT 5

SELECT quarter(close_date) AS g, max(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT stage AS g, median(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT account AS g, median(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT probability AS g, median(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT year(close_date) AS g, median(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT date_trunc('month', close_date) AS g, median(value) AS v FROM opportunity GROUP BY 1
  ORDER BY 1 LIMIT 5

SELECT quarter(close_date) AS g, median(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT stage AS g, stddev(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT account AS g, stddev(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT probability AS g, stddev(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT year(close_date) AS g, stddev(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT date_trunc('month', close_date) AS g, stddev(value) AS v FROM opportunity GROUP BY 1
  ORDER BY 1 LIMIT 5

SELECT quarter(close_date) AS g, stddev(value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT stage AS g, count(DISTINCT account) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT account AS g, count(DISTINCT account) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT probability AS g, count(DISTINCT account) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT year(close_date) AS g, count(DISTINCT account) AS v FROM opportunity GROUP BY 1 ORDER BY
  1 LIMIT 5

SELECT date_trunc('month', close_date) AS g, count(DISTINCT account) AS v FROM opportunity GROUP
  BY 1 ORDER BY 1 LIMIT 5

SELECT quarter(close_date) AS g, count(DISTINCT account) AS v FROM opportunity GROUP BY 1 ORDER
  BY 1 LIMIT 5

SELECT stage AS g, max(close_date) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT account AS g, max(close_date) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT probability AS g, max(close_date) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT year(close_date) AS g, max(close_date) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT date_trunc('month', close_date) AS g, max(close_date) AS v FROM opportunity GROUP BY 1
  ORDER BY 1 LIMIT 5

SELECT quarter(close_date) AS g, max(close_date) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT stage AS g, sum(value) FILTER (WHERE stage = 'won') AS v FROM opportunity GROUP BY 1
  ORDER BY 1 LIMIT 5

SELECT account AS g, sum(value) FILTER (WHERE stage = 'won') AS v FROM opportunity GROUP BY 1
  ORDER BY 1 LIMIT 5

SELECT probability AS g, sum(value) FILTER (WHERE stage = 'won') AS v FROM opportunity GROUP BY
  1 ORDER BY 1 LIMIT 5

SELECT year(close_date) AS g, sum(value) FILTER (WHERE stage = 'won') AS v FROM opportunity
  GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT date_trunc('month', close_date) AS g, sum(value) FILTER (WHERE stage = 'won') AS v FROM
  opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT quarter(close_date) AS g, sum(value) FILTER (WHERE stage = 'won') AS v FROM opportunity
  GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT stage AS g, quantile_cont(value, 0.9) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT account AS g, quantile_cont(value, 0.9) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT probability AS g, quantile_cont(value, 0.9) AS v FROM opportunity GROUP BY 1 ORDER BY 1
  LIMIT 5

SELECT year(close_date) AS g, quantile_cont(value, 0.9) AS v FROM opportunity GROUP BY 1 ORDER
  BY 1 LIMIT 5

SELECT date_trunc('month', close_date) AS g, quantile_cont(value, 0.9) AS v FROM opportunity
  GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT quarter(close_date) AS g, quantile_cont(value, 0.9) AS v FROM opportunity GROUP BY 1
  ORDER BY 1 LIMIT 5

SELECT stage AS g, mode(stage) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT account AS g, mode(stage) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT probability AS g, mode(stage) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT year(close_date) AS g, mode(stage) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT date_trunc('month', close_date) AS g, mode(stage) AS v FROM opportunity GROUP BY 1 ORDER
  BY 1 LIMIT 5

SELECT quarter(close_date) AS g, mode(stage) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT stage AS g, arg_max(name, value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT account AS g, arg_max(name, value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT probability AS g, arg_max(name, value) AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT year(close_date) AS g, arg_max(name, value) AS v FROM opportunity GROUP BY 1 ORDER BY 1
  LIMIT 5

SELECT date_trunc('month', close_date) AS g, arg_max(name, value) AS v FROM opportunity GROUP BY
  1 ORDER BY 1 LIMIT 5

SELECT quarter(close_date) AS g, arg_max(name, value) AS v FROM opportunity GROUP BY 1 ORDER BY
  1 LIMIT 5

SELECT stage AS g, bool_or(stage = 'won') AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT account AS g, bool_or(stage = 'won') AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT probability AS g, bool_or(stage = 'won') AS v FROM opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT year(close_date) AS g, bool_or(stage = 'won') AS v FROM opportunity GROUP BY 1 ORDER BY 1
  LIMIT 5

SELECT date_trunc('month', close_date) AS g, bool_or(stage = 'won') AS v FROM opportunity GROUP
  BY 1 ORDER BY 1 LIMIT 5

SELECT quarter(close_date) AS g, bool_or(stage = 'won') AS v FROM opportunity GROUP BY 1 ORDER
  BY 1 LIMIT 5

SELECT stage AS g, approx_count_distinct(account) AS v FROM opportunity GROUP BY 1 ORDER BY 1
  LIMIT 5

SELECT account AS g, approx_count_distinct(account) AS v FROM opportunity GROUP BY 1 ORDER BY 1
  LIMIT 5

SELECT probability AS g, approx_count_distinct(account) AS v FROM opportunity GROUP BY 1 ORDER
  BY 1 LIMIT 5

SELECT year(close_date) AS g, approx_count_distinct(account) AS v FROM opportunity GROUP BY 1
  ORDER BY 1 LIMIT 5

SELECT date_trunc('month', close_date) AS g, approx_count_distinct(account) AS v FROM
  opportunity GROUP BY 1 ORDER BY 1 LIMIT 5

SELECT quarter(close_date) AS g, approx_count_distinct(account) AS v FROM opportunity GROUP BY 1
  ORDER BY 1 LIMIT 5

SELECT * FROM account WHERE id > 10 ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE id > 10 ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE id > 10 ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE id > 10 ORDER BY id LIMIT 10

SELECT * FROM account WHERE id BETWEEN 5 AND 20 ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE id BETWEEN 5 AND 20 ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE id BETWEEN 5 AND 20 ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE id BETWEEN 5 AND 20 ORDER BY id LIMIT 10

SELECT * FROM account WHERE city IN ('台北', '台中') ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE city IN ('台北', '台中') ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE city IN ('台北', '台中') ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE city IN ('台北', '台中') ORDER BY id LIMIT 10

SELECT * FROM account WHERE city NOT IN ('台北') ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE city NOT IN ('台北') ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE city NOT IN ('台北') ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE city NOT IN ('台北') ORDER BY id LIMIT 10

SELECT * FROM account WHERE name LIKE '%1%' ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE name LIKE '%1%' ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE name LIKE '%1%' ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE name LIKE '%1%' ORDER BY id LIMIT 10

SELECT * FROM account WHERE name ILIKE 'company%' ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE name ILIKE 'company%' ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE name ILIKE 'company%' ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE name ILIKE 'company%' ORDER BY id LIMIT 10

SELECT * FROM account WHERE employees IS NOT NULL ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE employees IS NOT NULL ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE employees IS NOT NULL ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE employees IS NOT NULL ORDER BY id LIMIT 10

SELECT * FROM account WHERE parent IS NULL ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE parent IS NULL ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE parent IS NULL ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE parent IS NULL ORDER BY id LIMIT 10

SELECT * FROM account WHERE active ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE active ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE active ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE active ORDER BY id LIMIT 10

SELECT * FROM account WHERE NOT active ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE NOT active ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE NOT active ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE NOT active ORDER BY id LIMIT 10

SELECT * FROM account WHERE annual_revenue > 50000 ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE annual_revenue > 50000 ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE annual_revenue > 50000 ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE annual_revenue > 50000 ORDER BY id LIMIT 10

SELECT * FROM account WHERE created_at >= TIMESTAMP '2026-01-01' ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE created_at >= TIMESTAMP '2026-01-01' ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE created_at >= TIMESTAMP '2026-01-01' ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE created_at >= TIMESTAMP '2026-01-01' ORDER
  BY id LIMIT 10

SELECT * FROM account WHERE employees * 2 > 100 ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE employees * 2 > 100 ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE employees * 2 > 100 ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE employees * 2 > 100 ORDER BY id LIMIT 10

SELECT * FROM account WHERE length(name) = 11 ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE length(name) = 11 ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE length(name) = 11 ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE length(name) = 11 ORDER BY id LIMIT 10

SELECT * FROM account WHERE industry = 'food' AND city = '台北' ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE industry = 'food' AND city = '台北' ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE industry = 'food' AND city = '台北' ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE industry = 'food' AND city = '台北' ORDER BY
  id LIMIT 10

SELECT * FROM account WHERE industry = 'food' OR city = '台北' ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE industry = 'food' OR city = '台北' ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE industry = 'food' OR city = '台北' ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE industry = 'food' OR city = '台北' ORDER BY
  id LIMIT 10

SELECT * FROM account WHERE id = ANY (SELECT account FROM contact) ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE id = ANY (SELECT account FROM contact) ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE id = ANY (SELECT account FROM contact) ORDER BY id
  LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE id = ANY (SELECT account FROM contact)
  ORDER BY id LIMIT 10

SELECT * FROM account WHERE regexp_matches(name, '0[1-3]') ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE regexp_matches(name, '0[1-3]') ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE regexp_matches(name, '0[1-3]') ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE regexp_matches(name, '0[1-3]') ORDER BY id
  LIMIT 10

SELECT * FROM account WHERE coalesce(parent, 0) = 0 ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE coalesce(parent, 0) = 0 ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE coalesce(parent, 0) = 0 ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE coalesce(parent, 0) = 0 ORDER BY id LIMIT 10

SELECT * FROM account WHERE id % 7 = 3 ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE id % 7 = 3 ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE id % 7 = 3 ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE id % 7 = 3 ORDER BY id LIMIT 10

SELECT * FROM account WHERE city IS DISTINCT FROM '台北' ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE city IS DISTINCT FROM '台北' ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE city IS DISTINCT FROM '台北' ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE city IS DISTINCT FROM '台北' ORDER BY id LIMIT 10

SELECT * FROM account WHERE starts_with(name, 'Comp') ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE starts_with(name, 'Comp') ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE starts_with(name, 'Comp') ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE starts_with(name, 'Comp') ORDER BY id LIMIT 10

SELECT * FROM account WHERE contains(industry, 'o') ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE contains(industry, 'o') ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE contains(industry, 'o') ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE contains(industry, 'o') ORDER BY id LIMIT 10

SELECT * FROM account WHERE strpos(name, '9') > 0 ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE strpos(name, '9') > 0 ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE strpos(name, '9') > 0 ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE strpos(name, '9') > 0 ORDER BY id LIMIT 10

SELECT * FROM account WHERE employees NOT BETWEEN 1 AND 100 ORDER BY id LIMIT 10

SELECT id, name FROM account WHERE employees NOT BETWEEN 1 AND 100 ORDER BY id LIMIT 10

SELECT name AS n, city FROM account WHERE employees NOT BETWEEN 1 AND 100 ORDER BY id LIMIT 10

SELECT upper(name), employees + 1 FROM account WHERE employees NOT BETWEEN 1 AND 100 ORDER BY id
  LIMIT 10

SELECT id, row_number() OVER (PARTITION BY stage ORDER BY value DESC, id) FROM opportunity ORDER
  BY id LIMIT 5

SELECT * FROM (SELECT id, row_number() OVER (ORDER BY close_date, id ROWS BETWEEN 3 PRECEDING
  AND CURRENT ROW) AS w FROM opportunity) ORDER BY id LIMIT 5

SELECT id, rank() OVER (PARTITION BY stage ORDER BY value DESC, id) FROM opportunity ORDER BY id
  LIMIT 5

SELECT * FROM (SELECT id, rank() OVER (ORDER BY close_date, id ROWS BETWEEN 3 PRECEDING AND
  CURRENT ROW) AS w FROM opportunity) ORDER BY id LIMIT 5

SELECT id, dense_rank() OVER (PARTITION BY stage ORDER BY value DESC, id) FROM opportunity ORDER
  BY id LIMIT 5

SELECT * FROM (SELECT id, dense_rank() OVER (ORDER BY close_date, id ROWS BETWEEN 3 PRECEDING
  AND CURRENT ROW) AS w FROM opportunity) ORDER BY id LIMIT 5

SELECT id, percent_rank() OVER (PARTITION BY stage ORDER BY value DESC, id) FROM opportunity
  ORDER BY id LIMIT 5

SELECT * FROM (SELECT id, percent_rank() OVER (ORDER BY close_date, id ROWS BETWEEN 3 PRECEDING
  AND CURRENT ROW) AS w FROM opportunity) ORDER BY id LIMIT 5

SELECT id, cume_dist() OVER (PARTITION BY stage ORDER BY value DESC, id) FROM opportunity ORDER
  BY id LIMIT 5

SELECT * FROM (SELECT id, cume_dist() OVER (ORDER BY close_date, id ROWS BETWEEN 3 PRECEDING AND
  CURRENT ROW) AS w FROM opportunity) ORDER BY id LIMIT 5

SELECT id, ntile(4) OVER (PARTITION BY stage ORDER BY value DESC, id) FROM opportunity ORDER BY
  id LIMIT 5

SELECT * FROM (SELECT id, ntile(4) OVER (ORDER BY close_date, id ROWS BETWEEN 3 PRECEDING AND
  CURRENT ROW) AS w FROM opportunity) ORDER BY id LIMIT 5

SELECT id, sum(value) OVER (PARTITION BY stage ORDER BY value DESC, id) FROM opportunity ORDER
  BY id LIMIT 5

SELECT * FROM (SELECT id, sum(value) OVER (ORDER BY close_date, id ROWS BETWEEN 3 PRECEDING AND
  CURRENT ROW) AS w FROM opportunity) ORDER BY id LIMIT 5

SELECT id, avg(value) OVER (PARTITION BY stage ORDER BY value DESC, id) FROM opportunity ORDER
  BY id LIMIT 5

SELECT * FROM (SELECT id, avg(value) OVER (ORDER BY close_date, id ROWS BETWEEN 3 PRECEDING AND
  CURRENT ROW) AS w FROM opportunity) ORDER BY id LIMIT 5

SELECT id, lag(value, 1, 0) OVER (PARTITION BY stage ORDER BY value DESC, id) FROM opportunity
  ORDER BY id LIMIT 5

SELECT * FROM (SELECT id, lag(value, 1, 0) OVER (ORDER BY close_date, id ROWS BETWEEN 3
  PRECEDING AND CURRENT ROW) AS w FROM opportunity) ORDER BY id LIMIT 5

SELECT id, lead(value) OVER (PARTITION BY stage ORDER BY value DESC, id) FROM opportunity ORDER
  BY id LIMIT 5

SELECT * FROM (SELECT id, lead(value) OVER (ORDER BY close_date, id ROWS BETWEEN 3 PRECEDING AND
  CURRENT ROW) AS w FROM opportunity) ORDER BY id LIMIT 5

SELECT id, first_value(value) OVER (PARTITION BY stage ORDER BY value DESC, id) FROM opportunity
  ORDER BY id LIMIT 5

SELECT * FROM (SELECT id, first_value(value) OVER (ORDER BY close_date, id ROWS BETWEEN 3
  PRECEDING AND CURRENT ROW) AS w FROM opportunity) ORDER BY id LIMIT 5

SELECT id, last_value(value) OVER (PARTITION BY stage ORDER BY value DESC, id) FROM opportunity
  ORDER BY id LIMIT 5

SELECT * FROM (SELECT id, last_value(value) OVER (ORDER BY close_date, id ROWS BETWEEN 3
  PRECEDING AND CURRENT ROW) AS w FROM opportunity) ORDER BY id LIMIT 5

SELECT id, nth_value(value, 2) OVER (PARTITION BY stage ORDER BY value DESC, id) FROM
  opportunity ORDER BY id LIMIT 5

SELECT * FROM (SELECT id, nth_value(value, 2) OVER (ORDER BY close_date, id ROWS BETWEEN 3
  PRECEDING AND CURRENT ROW) AS w FROM opportunity) ORDER BY id LIMIT 5

SELECT id, count(*) OVER (PARTITION BY stage ORDER BY value DESC, id) FROM opportunity ORDER BY
  id LIMIT 5

SELECT * FROM (SELECT id, count(*) OVER (ORDER BY close_date, id ROWS BETWEEN 3 PRECEDING AND
  CURRENT ROW) AS w FROM opportunity) ORDER BY id LIMIT 5

SELECT a.industry, count(*), sum(o.value) FROM account a JOIN opportunity o ON o.account = a.id
  GROUP BY a.industry ORDER BY 2 DESC, 1

SELECT count(*) FROM opportunity o JOIN line l ON l.opportunity = o.id JOIN product p ON p.id =
  l.product

SELECT p.line, sum(l.amount) FROM product p JOIN line l ON l.product = p.id GROUP BY ROLLUP
  (p.line) ORDER BY 1 NULLS FIRST

SELECT a.industry, count(*), sum(o.value) FROM account a LEFT JOIN opportunity o ON o.account =
  a.id GROUP BY a.industry ORDER BY 2 DESC, 1

SELECT count(*) FROM opportunity o LEFT JOIN line l ON l.opportunity = o.id LEFT JOIN product p
  ON p.id = l.product

SELECT p.line, sum(l.amount) FROM product p LEFT JOIN line l ON l.product = p.id GROUP BY ROLLUP
  (p.line) ORDER BY 1 NULLS FIRST

SELECT a.industry, count(*), sum(o.value) FROM account a RIGHT JOIN opportunity o ON o.account =
  a.id GROUP BY a.industry ORDER BY 2 DESC, 1

SELECT count(*) FROM opportunity o RIGHT JOIN line l ON l.opportunity = o.id RIGHT JOIN product
  p ON p.id = l.product

SELECT p.line, sum(l.amount) FROM product p RIGHT JOIN line l ON l.product = p.id GROUP BY
  ROLLUP (p.line) ORDER BY 1 NULLS FIRST

SELECT a.industry, count(*), sum(o.value) FROM account a FULL JOIN opportunity o ON o.account =
  a.id GROUP BY a.industry ORDER BY 2 DESC, 1

SELECT count(*) FROM opportunity o FULL JOIN line l ON l.opportunity = o.id FULL JOIN product p
  ON p.id = l.product

SELECT p.line, sum(l.amount) FROM product p FULL JOIN line l ON l.product = p.id GROUP BY ROLLUP
  (p.line) ORDER BY 1 NULLS FIRST

SELECT stage,  count(*) FROM opportunity GROUP BY GROUPING SETS ((stage), ()) ORDER BY ALL LIMIT 20

SELECT stage, probability, count(*) FROM opportunity GROUP BY CUBE (stage, probability) ORDER BY
  ALL LIMIT 20

SELECT stage, probability, count(*) FROM opportunity GROUP BY ROLLUP (stage, probability) ORDER
  BY ALL LIMIT 20

SELECT stage, probability, count(*) FROM opportunity GROUP BY ALL ORDER BY ALL LIMIT 20

SELECT owner.n FROM (SELECT count(*) AS n FROM account) AS owner

SELECT name FROM account QUALIFY row_number() OVER (PARTITION BY city ORDER BY employees DESC) = 1

SELECT DISTINCT ON (city) city, name FROM account ORDER BY city, name

SELECT name FROM account ORDER BY name COLLATE NOCASE LIMIT 3

SELECT m, coalesce(n, 0) FROM generate_series(DATE '2025-01-01', DATE '2025-06-01', INTERVAL 1
  MONTH) g(m) LEFT JOIN (SELECT date_trunc('month', close_date) AS k, count(*) AS n FROM
  opportunity GROUP BY 1) ON k = m ORDER BY m

SELECT a.name, t.value FROM account a, LATERAL (SELECT o.value FROM opportunity o WHERE
  o.account = a.id ORDER BY o.value DESC LIMIT 1) t ORDER BY t.value DESC LIMIT 3

SELECT unnest([1, 2, 3])

SELECT count(*) FROM account USING SAMPLE 50%

SELECT name FROM account LIMIT 10%

SELECT * FROM account ORDER BY ALL LIMIT 1

SELECT 'a' AS "x y", "name" FROM account LIMIT 1

-- a remark
SELECT 1 /* and another */

SELECT * FROM account;

SELECT abs(-3)

SELECT ceil(1.2)

SELECT floor(1.8)

SELECT sqrt(16)

SELECT ln(1)

SELECT exp(0)

SELECT power(2, 3)

SELECT sign(-2)

SELECT trunc(1.9)

SELECT pi()

SELECT trim(' x ')

SELECT left('abc', 2)

SELECT right('abc', 2)

SELECT reverse('abc')

SELECT split_part('a,b', ',', 2)

SELECT concat('a', 1)

SELECT concat_ws('-', 'a', 'b')

SELECT position('b' IN 'abc')

SELECT md5('x')

SELECT regexp_replace('aaa', 'a', 'b', 'g')

SELECT regexp_extract('a12', '[0-9]+')

SELECT levenshtein('a', 'b')

SELECT strip_accents('é')

SELECT date_part('month', today())

SELECT last_day(today())

SELECT dayname(today())

SELECT monthname(today())

SELECT make_date(2026, 1, 2)

SELECT try_strptime('2026', '%Y')

SELECT age(DATE '2026-01-01', DATE '2025-01-01')

SELECT to_days(3)

SELECT list_sort([3, 1])

SELECT array_to_string([1, 2], ',')

SELECT isnan(0.0::DOUBLE)

SELECT hash('x') IS NOT NULL

SELECT TRY_CAST('x' AS DATE)

SELECT '2026-01-01'::DATE

SELECT 1::DECIMAL(10, 2)

SELECT INTERVAL '3 days'

SELECT ifnull(NULL, 1)

SELECT if(true, 1, 2)

SELECT 'a' < 'b'

SELECT 1 IS NULL

SELECT string_split('a b', ' ')

SELECT chr(65)

SELECT ascii('A')

SELECT week(today())

SELECT isodow(today())

SELECT epoch(TIMESTAMP '2026-01-01')

