-- grain: one row per calendar day; MetricFlow's time spine
{{ config(schema='semantic', materialized='table') }}

select date_day
from {{ ref('dim_dates') }}
