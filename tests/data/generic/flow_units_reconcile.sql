{# Fails with every grain and period in which an indicator's used and excluded units are not together
   the units that its table holds. `units` is the table, `date_column` dates its rows, `condition`
   picks those that the indicator is about. #}
{% test flow_units_reconcile(model, units, date_column, condition='true') %}
with

read_units as (
    select
        periods.period_grain,
        periods.period_start_date,
        count(*) as unit_count
    from {{ units }} as units
    inner join {{ ref('int_periods') }} as periods
        on
            units.{{ date_column }} >= periods.period_start_date
            and units.{{ date_column }} < periods.next_period_start_date
    where {{ condition }}
    group by periods.period_grain, periods.period_start_date
)

{{ units_that_differ('read_units', model.identifier) }}
{% endtest %}
