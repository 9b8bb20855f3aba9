-- Foodie-Fi: customers, and who went.

SELECT count(DISTINCT customer_id) FROM subscriptions
=> 1000

SELECT p.plan_name, count(*) FROM subscriptions s JOIN plans p USING (plan_id) WHERE
  s.start_date > DATE '2020-12-31' GROUP BY p.plan_id, p.plan_name ORDER BY p.plan_id
=> basic monthly|8 / pro monthly|60 / pro annual|63 / churn|71

SELECT count(DISTINCT customer_id), round(100.0 * count(DISTINCT customer_id) / (SELECT
  count(DISTINCT customer_id) FROM subscriptions), 1) FROM subscriptions WHERE plan_id = 4
=> 307|30.7

SELECT count(*) FROM (SELECT customer_id, plan_id, lag(plan_id) OVER (PARTITION BY customer_id
  ORDER BY start_date, plan_id) AS before FROM subscriptions) WHERE plan_id = 4 AND before = 0
=> 92
