-- How many of each month's new customers came back within 30, 90 and 365 days?
select
    cohort_month_date,
    max(customer_count) as new_customers,
    max(case when elapsed_days = 30 then returned_rate end) as within_30_days,
    max(case when elapsed_days = 90 then returned_rate end) as within_90_days,
    max(case when elapsed_days = 365 then returned_rate end) as within_365_days
from retention.fct_repurchase_cohorts
group by cohort_month_date
order by cohort_month_date;
