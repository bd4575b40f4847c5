-- grain: one row per grain
{{ config(materialized='view') }}
{% for grain in period_grains() %}
select '{{ grain }}' as period_grain
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
