-- grain: one row per kind of order and horizon: what the churn window should be
with

horizons as (
    {%- for days in [30, 60, 90, 120, 180, 365] %}
    select {{ days }} as horizon_days
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

curve as (
    select * from {{ ref('fct_reorder_curve') }}
),

ends as (
    select
        order_kind,
        max(elapsed_days) as last_elapsed_days
    from curve
    group by order_kind
),

-- the curve stands still between its steps; beyond its end nothing is known
steps as (
    select
        ends.order_kind,
        horizons.horizon_days,
        max(curve.elapsed_days) as elapsed_days
    from ends
    cross join horizons
    left join curve
        on
            ends.order_kind = curve.order_kind
            and horizons.horizon_days >= curve.elapsed_days
            and ends.last_elapsed_days >= horizons.horizon_days
    group by ends.order_kind, horizons.horizon_days
)

select
    steps.order_kind,
    steps.horizon_days,
    curve.silent_share,
    curve.return_chance_beyond
from steps
left join curve
    on steps.order_kind = curve.order_kind and steps.elapsed_days = curve.elapsed_days
