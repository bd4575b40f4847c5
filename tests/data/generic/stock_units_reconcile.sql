{# The same for a stock: fails where used and excluded units are not together the units that would be
   in the base at the period's end, whatever speaks against them. A row of `units` brings its `unit`
   in on `enters_on` (plus the catalogue's `enters_after` days, and not before `not_before`) and takes
   it out on `leaves_on` or after the catalogue's `stays_for` days. With `by_period` units enter and
   leave with the period after. Several rows of a unit count once. #}
{% test stock_units_reconcile(
    model, units, unit, enters_on, enters_after=none, not_before=none, leaves_on=none,
    stays_for=none, condition='true', by_period=false
) %}
{{ config(tags=['all_rows']) }}
with

stays as (
    select
        {{ 'grains.period_grain' if by_period else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as period_grain,
        {{ unit }} as unit_id,
        {% if by_period -%}
        {{ add_periods('grains.period_grain', period_start('grains.period_grain', enters_on), 1) }}
        {%- else -%}
        greatest(
            {{ add_days(enters_on, 'coalesce(catalogue.' ~ (enters_after or 'window_days * 0') ~ ', 0)') }},
            {{ not_before or enters_on }}
        )
        {%- endif %} as from_date,
        {% if by_period -%}
        {{ add_periods('grains.period_grain', period_start('grains.period_grain', leaves_on), 1) }}
        {%- elif leaves_on -%}
        {{ leaves_on }}
        {%- else -%}
        {{ add_days(enters_on, 'coalesce(catalogue.' ~ (enters_after or 'window_days * 0') ~ ', 0) + catalogue.' ~ stays_for) }}
        {%- endif %} as to_date
    from {{ units }} as units
    {% if by_period %}cross join {{ ref('int_period_grains') }} as grains{% endif %}
    inner join {{ ref('indicators') }} as catalogue
        on catalogue.indicator_id = '{{ model.identifier }}'
    where {{ condition }}
),

pieces as (
    select
        period_grain,
        from_date,
        {{ earliest_date(
            'to_date',
            'lead(from_date) over (partition by period_grain, unit_id order by from_date)',
        ) }} as to_date
    from stays
    where to_date is null or from_date < to_date
),

changes as (
    select period_grain, from_date as change_date, 1 as change from pieces
    union all
    select period_grain, to_date as change_date, -1 as change from pieces
    where to_date is not null
),

daily_changes as (
    select
        period_grain,
        change_date,
        sum(change) as change
    from changes
    group by period_grain, change_date
),

read_units as (
    select
        periods.period_grain,
        periods.period_start_date,
        sum(daily_changes.change) as unit_count
    from {{ ref('int_periods') }} as periods
    cross join {{ ref('int_night') }} as night
    inner join daily_changes
        on
            periods.period_grain = coalesce(daily_changes.period_grain, periods.period_grain)
            and daily_changes.change_date < periods.next_period_start_date
            and daily_changes.change_date <= night.as_of_date
    group by periods.period_grain, periods.period_start_date
)

{{ units_that_differ('read_units', model.identifier) }}
{% endtest %}
