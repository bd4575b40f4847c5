{# Periods in which an indicator's used and excluded units are not those of `read_units`. An indicator
   that lacks a table reads nothing. #}
{% macro units_that_differ(read_units, indicator_id) -%}
, accounted_units as (
    select
        period_grain,
        period_start_date,
        sum(unit_count) as unit_count
    from (
        select period_grain, period_start_date, denominator as unit_count
        from {{ ref('fct_indicator_values') }}
        where indicator_id = '{{ indicator_id }}' and segment_dimension = 'all'
        union all
        select period_grain, period_start_date, unit_count
        from {{ ref('fct_indicator_exclusions') }}
        where indicator_id = '{{ indicator_id }}'
    ) as accounts
    group by period_grain, period_start_date
)

select
    accounted_units.period_grain,
    accounted_units.period_start_date,
    accounted_units.unit_count as accounted_count,
    coalesce(read_units.unit_count, 0) as read_count
from accounted_units
inner join {{ ref('int_indicator_coverage') }} as coverage
    on coverage.indicator_id = '{{ indicator_id }}' and coverage.is_covered
left join {{ read_units }} as read_units
    on
        accounted_units.period_grain = read_units.period_grain
        and accounted_units.period_start_date = read_units.period_start_date
where accounted_units.unit_count != coalesce(read_units.unit_count, 0)
{%- endmacro %}
