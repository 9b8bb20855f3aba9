-- Danny's Diner: what each customer spent, and how often they came.

SELECT s.customer_id, sum(m.price) FROM sales s JOIN menu m USING (product_id) GROUP BY 1 ORDER BY 1
=> A|76 / B|74 / C|36

SELECT customer_id, count(DISTINCT order_date) FROM sales GROUP BY 1 ORDER BY 1
=> A|4 / B|6 / C|2
