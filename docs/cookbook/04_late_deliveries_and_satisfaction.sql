-- Does satisfaction follow punctual delivery, month by month?
select
    period_start_date,
    max(case when indicator_id = 'on_time_delivery_rate' then indicator_value end)
        as on_time_delivery_rate,
    max(case when indicator_id = 'delivery_satisfaction' then indicator_value end)
        as delivery_satisfaction,
    max(case when indicator_id = 'csat' then indicator_value end) as csat
from indicators.fct_indicator_values
where period_grain = 'month' and segment_dimension = 'all' and not is_partial
group by period_start_date
order by period_start_date desc;
