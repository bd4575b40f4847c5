-- grain: one row per calendar day; MetricFlow's time spine
select date_day
from {{ ref('dim_dates') }}
