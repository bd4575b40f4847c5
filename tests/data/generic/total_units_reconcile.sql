{# For a flow that dates its units by what they do later: fails with the grains in which its used and
   excluded units of all periods are not together all units that its table names. #}
{% test total_units_reconcile(model, units, unit) %}
{{ config(tags=['all_rows']) }}
with

read_units as (
    select count(distinct {{ unit }}) as unit_count
    from {{ units }}
),

accounted_units as (
    select
        period_grain,
        sum(unit_count) as unit_count
    from (
        select period_grain, denominator as unit_count
        from {{ ref('fct_indicator_values') }}
        where indicator_id = '{{ model.identifier }}' and segment_dimension = 'all'
        union all
        select period_grain, unit_count
        from {{ ref('fct_indicator_exclusions') }}
        where indicator_id = '{{ model.identifier }}'
    ) as accounts
    group by period_grain
)

select
    accounted_units.period_grain,
    accounted_units.unit_count as accounted_count,
    read_units.unit_count as read_count
from accounted_units
cross join read_units
where accounted_units.unit_count != read_units.unit_count
{% endtest %}
