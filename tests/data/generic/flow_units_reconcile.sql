{# Fails with every grain and period in which an indicator's used and excluded units are not together
   the units that its table holds. `units` is the table, `date_column` dates its rows, `condition`
   picks those that the indicator is about. #}
{% test flow_units_reconcile(model, units, date_column, condition='true') %}
with

read_days as (
    select
        {{ date_column }} as read_date,
        count(*) as unit_count
    from {{ units }}
    where {{ condition }}
    group by {{ date_column }}
),

read_units as (
    select
        periods.period_grain,
        periods.period_start_date,
        sum(read_days.unit_count) as unit_count
    from read_days
    inner join {{ ref('int_periods') }} as periods
        on
            read_days.read_date >= periods.period_start_date
            and read_days.read_date < periods.next_period_start_date
    group by periods.period_grain, periods.period_start_date
)

{{ units_that_differ('read_units', model.identifier) }}
{% endtest %}
