-- How many customers are active each month, and what do they do?
select
    month_date,
    count(*) as customers,
    sum(case when order_count > 0 then 1 else 0 end) as buyers,
    sum(order_count) as orders,
    sum(case when answer_count > 0 then 1 else 0 end) as who_answered,
    sum(case when case_count > 0 then 1 else 0 end) as with_a_case
from core.fct_customer_months
group by month_date
order by month_date desc;
