-- grain: one row per kind of order and number of days since it
-- The Kaplan-Meier estimate of the time to the next order: Kaplan and Meier (1958), Journal of the
-- American Statistical Association 53, 457-481; standard error after Greenwood (1926).
with

-- a spell that is open is censored on the night's date
spells as (
    select
        spells.order_kind,
        coalesce(
            spells.elapsed_days,
            {{ days_between('spells.open_since_date', 'night.as_of_date') }}
        ) as elapsed_days,
        case when spells.open_since_date is null then spells.row_count else 0 end as returned_count,
        case when spells.open_since_date is null then 0 else spells.row_count end as censored_count
    from {{ ref('int_reorder_days') }} as spells
    cross join {{ ref('int_night') }} as night
),

ended as (
    select
        order_kind,
        elapsed_days,
        sum(returned_count) as returned_count,
        sum(censored_count) as censored_count
    from spells
    group by order_kind, elapsed_days
),

days as (
    select
        *,
        sum(returned_count + censored_count) over (
            partition by order_kind order by elapsed_days desc
        ) as at_risk_count
    from ended
),

steps as (
    select
        *,
        -- the last customers at risk all returned: nobody is left from here on
        max(case when returned_count = at_risk_count then 1 else 0 end) over so_far as is_exhausted,
        sum(
            case
                when returned_count < at_risk_count
                    then ln(1 - cast(returned_count as {{ type_double() }}) / at_risk_count)
                else 0
            end
        ) over so_far as log_silent_share,
        sum(
            case
                when returned_count < at_risk_count
                    then
                        cast(returned_count as {{ type_double() }})
                        / (
                            cast(at_risk_count as {{ type_double() }})
                            * (at_risk_count - returned_count)
                        )
                else 0
            end
        ) over so_far as greenwood_sum
    from days
    window so_far as (partition by order_kind order by elapsed_days)
),

curve as (
    select
        *,
        case when is_exhausted = 1 then 0 else exp(log_silent_share) end as silent_share
    from steps
),

ends as (
    select
        order_kind,
        min(silent_share) as last_silent_share
    from curve
    group by order_kind
)

select
    curve.order_kind,
    cast(curve.elapsed_days as integer) as elapsed_days,
    cast(curve.at_risk_count as bigint) as at_risk_count,
    cast(curve.returned_count as bigint) as returned_count,
    cast(curve.censored_count as bigint) as censored_count,
    curve.silent_share,
    curve.silent_share * sqrt(curve.greenwood_sum) as standard_error,
    -- of those silent for so long, who came back within the time that can be seen
    case
        when curve.silent_share > 0 then 1 - ends.last_silent_share / curve.silent_share
    end as return_chance_beyond
from curve
inner join ends on curve.order_kind = ends.order_kind
