-- Data Mart: transactions of each year; dates are d/m/yy.

SELECT 2000 + CAST(split_part(week_date, '/', 3) AS INTEGER) AS y, sum(transactions) FROM
  weekly_sales GROUP BY y ORDER BY y
=> 2018|346406460 / 2019|365639285 / 2020|375813651
