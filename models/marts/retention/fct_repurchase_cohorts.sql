-- grain: one row per month of first orders and number of elapsed days
-- A cell is closed when even the month's last new customer has had all its days; until then it is
-- null, never 0.
with

first_returns as (
    select * from {{ ref('int_first_returns') }}
),

horizons as (
    {%- for days in [30, 60, 90, 180, 365] %}
    select {{ days }} as elapsed_days
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

cells as (
    select
        first_returns.cohort_month_date,
        horizons.elapsed_days,
        cast(sum(first_returns.row_count) as bigint) as customer_count,
        sum(
            case
                when first_returns.days_to_second <= horizons.elapsed_days
                    then first_returns.row_count
                else 0
            end
        ) as returned_count
    from first_returns
    cross join horizons
    group by first_returns.cohort_month_date, horizons.elapsed_days
),

closed_cells as (
    select
        cells.*,
        {{ add_days(dbt.last_day('cells.cohort_month_date', 'month'), 'cells.elapsed_days') }}
        <= night.as_of_date as is_closed
    from cells
    cross join {{ ref('int_night') }} as night
)

select
    cohort_month_date,
    elapsed_days,
    customer_count,
    is_closed,
    cast(case when is_closed then returned_count end as bigint) as returned_count,
    case
        when is_closed then cast(returned_count as {{ type_double() }}) / customer_count
    end as returned_rate
from closed_cells
