-- Days to periods, and every column of a value.
create temp table levels as
with sums as (
    select
        segment_days.indicator_id,
        indicators.kind,
        periods.grain,
        -- what entered a stock before the first period is in it when that period begins
        case when indicators.kind = 'stock'
            then greatest(date_trunc(periods.grain, day)::date, periods.first_date)
            else date_trunc(periods.grain, day)::date
        end as start_date,
        dimension,
        segment,
        reason,
        sum(n) as n,
        sum(total) as total,
        sum(squares) as squares
    from segment_days
    inner join input.seeds.indicators on segment_days.indicator_id = indicators.indicator_id
    inner join (
        select grain, min(start_date) as first_date from periods group by grain
    ) as periods on coalesce(segment_days.grain, periods.grain) = periods.grain
    group by all
),

stock_periods as (
    select segments.*, periods.start_date
    from (
        select distinct indicator_id, grain, dimension, segment, reason
        from sums
        where kind = 'stock'
    ) as segments
    inner join periods using (grain)
),

running as (
    select
        stock_periods.*,
        sum(n) over running as n,
        sum(total) over running as total,
        sum(squares) over running as squares
    from stock_periods
    left join sums
        on
            stock_periods.indicator_id = sums.indicator_id
            and stock_periods.grain = sums.grain
            and stock_periods.start_date = sums.start_date
            and stock_periods.dimension = sums.dimension
            and stock_periods.segment = sums.segment
            and coalesce(stock_periods.reason, '') = coalesce(sums.reason, '')
    window running as (
        partition by
            stock_periods.indicator_id,
            stock_periods.grain,
            stock_periods.dimension,
            stock_periods.segment,
            stock_periods.reason
        order by stock_periods.start_date
    )
),

covered as (
    select indicator_id
    from input.seeds.indicators
    where list_has_all(
        (select list(entity) from input.control.landed_entities),
        string_split(needed_entities, '|')
    )
),

counted as (
    select * exclude (kind) from sums where kind = 'flow'
    union all by name
    select * from running
)

select
    indicator_id,
    grain,
    start_date,
    dimension,
    segment,
    reason,
    n::bigint as n,
    total::double as total,
    squares
from counted
semi join covered using (indicator_id)
where n > 0;

create table indicators.fct_indicator_exclusions as
select
    indicator_id,
    grain as period_grain,
    start_date as period_start_date,
    reason as exclusion_reason,
    n as unit_count
from levels
where reason is not null;

create temp macro clipped(x, low, high) as least(greatest(x, low), high);
create temp macro wilson(n, p, z) as clipped(
    (p + z * z / (2 * n) + z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n), 0, 1
);
create temp macro adjusted_wald(n, total, squares, z) as clipped(
    total / (n + 3)
    + z * sqrt(((squares + 1.5) / (n + 3) - power(total / (n + 3), 2)) / (n + 3)),
    -1,
    1
);

create table indicators.fct_indicator_values as
with measured as (
    select indicator_id, grain, start_date, dimension, segment, n, total, squares
    from levels
    where reason is null
    union all
    -- the total has a row for every period
    select indicator_id, grain, start_date, 'all', 'all', 0, 0, 0
    from input.seeds.indicators
    cross join periods
    anti join levels
        on
            indicators.indicator_id = levels.indicator_id
            and periods.grain = levels.grain
            and periods.start_date = levels.start_date
            and levels.dimension = 'all'
            and levels.reason is null
),

means as (
    select
        measured.*,
        unit,
        target_direction,
        target_value,
        definition_version,
        is_partial,
        n >= minimum_base as is_reportable,
        total / nullif(n, 0) as mean,
        sqrt(greatest(squares / n - power(total / n, 2), 0) / n) as spread,
        spread * sqrt(n / nullif(n - 1, 0)) as sample_spread
    from measured
    inner join input.seeds.indicators using (indicator_id)
    inner join periods using (grain, start_date)
),

estimates as (
    select
        *,
        case unit when 'points' then 100 * mean else mean end as value,
        case
            when n = 0 then null
            when unit = 'points' then 100 * spread
            when unit = 'amount' then sample_spread
            else spread
        end as error,
        case
            when n = 0 then null
            when unit = 'points' then 100 * adjusted_wald(n, total, squares, -1.959963984540054)
            when unit = 'amount' then mean - 1.959963984540054 * sample_spread
            else wilson(n, mean, -1.959963984540054)
        end as ci_lower,
        case
            when n = 0 then null
            when unit = 'points' then 100 * adjusted_wald(n, total, squares, 1.959963984540054)
            when unit = 'amount' then mean + 1.959963984540054 * sample_spread
            else wilson(n, mean, 1.959963984540054)
        end as ci_upper,
        (start_date - case grain
            when 'week' then interval 7 days
            when 'month' then interval 1 month
            when 'quarter' then interval 3 months
            else interval 1 year
        end)::date as previous_date
    from means
),

changes as (
    select
        estimates.*,
        previous.value as previous_value,
        coalesce(previous.is_reportable, false) as is_previous_reportable,
        (estimates.value - previous.value)
        / nullif(sqrt(power(estimates.error, 2) + power(previous.error, 2)), 0) as z_score
    from estimates
    left join estimates as previous
        on
            estimates.indicator_id = previous.indicator_id
            and estimates.grain = previous.grain
            and estimates.dimension = previous.dimension
            and estimates.segment = previous.segment
            and estimates.previous_date = previous.start_date
)

select
    indicator_id,
    grain as period_grain,
    start_date as period_start_date,
    dimension as segment_dimension,
    segment as segment_value,
    total as numerator,
    n as denominator,
    value as indicator_value,
    error as standard_error,
    ci_lower,
    ci_upper,
    target_value,
    case
        when n = 0 then 'no_data'
        when not is_reportable then 'not_reportable'
        when target_value is null then 'no_target'
        when target_direction = 'above' and ci_lower > target_value then 'met'
        when target_direction = 'above' and ci_upper <= target_value then 'missed'
        when target_direction = 'below' and ci_upper < target_value then 'met'
        when target_direction = 'below' and ci_lower >= target_value then 'missed'
        else 'not_distinguishable'
    end as status,
    is_partial,
    is_reportable,
    previous_value,
    value - previous_value as change,
    z_score as change_z_score,
    coalesce(abs(z_score) >= 1.96, false) and is_reportable and is_previous_reportable
        as is_significant_change,
    definition_version
from changes;

alter table core.fct_memberships drop column person;
alter table core.fct_memberships drop column country_code;
alter table core.fct_orders drop column person;
alter table core.fct_deliveries drop column person;
alter table core.fct_support_cases drop column person;
alter table core.fct_survey_invitations drop column person;
alter table core.fct_survey_answers drop column person;
alter table core.fct_survey_answers drop column answered_in_time;
alter table core.fct_program_events drop column person;
alter table core.fct_program_events drop column member;
alter table core.fct_shares drop column person;
