-- Northwind: the questions of the lab, with the answers of this copy.

SELECT count(*) FROM products WHERE supplier_id IN (2, 5, 16, 8, 9) AND category_id IN (1, 2, 4)
  AND unit_price > 15
=> 8

SELECT count(*) FROM products WHERE supplier_id IN (1, 4, 8) AND category_id IN (3, 4) OR
  supplier_id IN (2, 5, 16, 8, 9) AND category_id IN (1, 2, 4) AND unit_price > 15
=> 12

SELECT count(*) FROM products WHERE product_name LIKE '_h%'
=> 8

SELECT count(*) FROM products WHERE product_name LIKE '_a%e'
=> 2

SELECT count(*) FROM customers WHERE contact_title = 'Owner' AND (region IS NULL OR fax IS NULL)
=> 14

SELECT count(*) FROM orders
=> 830

SELECT count(*) FROM (SELECT date_trunc('month', order_date) AS m FROM orders GROUP BY m HAVING
  count(*) < 25)
=> 3

SELECT round(sum(unit_price * quantity * (1 - discount)), 2) FROM order_details
=> 1265793.04

SELECT count(*) FROM (SELECT DISTINCT s.company_name, s.contact_name, p.product_name FROM
  suppliers s JOIN products p USING (supplier_id))
=> 77

SELECT count(*) FROM customers c JOIN orders o ON o.customer_id = c.customer_id
=> 830

SELECT count(DISTINCT o.customer_id) FROM orders o JOIN order_details d USING (order_id) JOIN
  products p USING (product_id) WHERE p.product_name = 'Tofu'
=> 18

SELECT count(*) FROM (SELECT first_name || ' ' || last_name AS n, address, city FROM employees
  UNION SELECT contact_name, address, city FROM customers UNION SELECT contact_name, address,
  city FROM suppliers)
=> 129

SELECT count(*) FROM (SELECT c.customer_id, count(o.order_id) FROM customers c LEFT JOIN orders
  o USING (customer_id) GROUP BY 1)
=> 91

SELECT year(order_date), count(*) FROM orders GROUP BY 1 ORDER BY 1
=> 1996|152 / 1997|408 / 1998|270

SELECT count(*), round(sum(unit_price * quantity), 2) FROM order_details
=> 2155|1354458.59
