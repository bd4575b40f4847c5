-- A small published file: four indicators, 14 months and a running one, a few answers.
create schema publication;
create table publication.generation as
select
    'loyalty_20260616T010000Z_001' as generation,
    'n1' as night_id,
    date '2026-06-14' as as_of_date,
    timestamp '2026-06-16 01:00:00' as published_at;

create schema indicators;
create table indicators.dim_indicators as
select
    * replace (target_value::double as target_value),
    'definition of ' || indicator_id as definition_en,
    'definitionen av ' || indicator_id as definition_sv,
    30 as minimum_base,
    1 as definition_version
from (values
    ('promoting', 'Promoting', 'Ambassadörskap', 'points', 'flow', 'answer', true, 'above', 50.0,
        'source_id|survey_kind', 'survey_answers', 10),
    ('returning', 'Returning', 'Återköp', 'share', 'flow', 'customer', true, 'above', 0.3,
        'country_code|months_since_joining', 'orders', 20),
    ('binding', 'Binding', 'Bindning', 'share', 'stock', 'member', true, 'above', 0.4,
        'country_code', 'orders|memberships', 30),
    ('leaving', 'Leaving', 'Avhopp', 'share', 'stock', 'customer', true, 'below', 0.1,
        'country_code', 'orders', 40),
    ('punctual', 'Punctual <b>', 'Punktlig', 'share', 'flow', 'delivery', false, null, null,
        'carrier', 'deliveries', 50)
) as catalogue (
    indicator_id, label_en, label_sv, unit, kind, unit_of_analysis, is_headline, target_direction,
    target_value, dimensions, needed_entities, display_order
);

-- Values by indicator and month; what is not named here is no_data.
create table indicators.fct_indicator_values as
with

periods as (
    select 'month' as period_grain, start::date as period_start_date
    from range(date '2025-04-01', date '2026-07-01', interval 1 month) as months (start)
    union all
    select 'quarter', start::date
    from range(date '2025-04-01', date '2026-07-01', interval 3 month) as quarters (start)
    union all
    select 'week', start::date
    from range(date '2026-03-30', date '2026-06-15', interval 7 day) as weeks (start)
),

measured as (
    select
        periods.*,
        dim_indicators.*,
        case
            when indicator_id = 'binding' then null
            when indicator_id = 'promoting' then 4.0 / 12 * 100
            when indicator_id = 'leaving' and period_start_date < '2026-05-01' then 0.05
            when indicator_id = 'leaving' then 0.4412
            when indicator_id = 'returning' and month(period_start_date) = 3 then null
            else 0.3 + month(period_start_date) / 100
        end as indicator_value,
        case indicator_id when 'promoting' then 12 when 'binding' then 0 else 12345 end
            as denominator,
        period_start_date > date '2026-06-14' - case period_grain
            when 'week' then 6 when 'month' then 27 else 88
        end as is_partial
    from periods
    cross join indicators.dim_indicators
)

select
    indicator_id,
    period_grain,
    period_start_date,
    'all' as segment_dimension,
    'all' as segment_value,
    indicator_value * denominator as numerator,
    if(indicator_value is null, 0, denominator) as denominator,
    indicator_value,
    null::double as standard_error,
    indicator_value * 0.9 as ci_lower,
    indicator_value * 1.1 as ci_upper,
    target_value,
    case
        when indicator_value is null then 'no_data'
        when denominator < 30 then 'not_reportable'
        when target_value is null then 'no_target'
        when (indicator_value > target_value) = (target_direction = 'above') then 'met'
        else 'missed'
    end as status,
    is_partial,
    denominator >= 30 and indicator_value is not null as is_reportable,
    lag(indicator_value) over series as previous_value,
    indicator_value - lag(indicator_value) over series as change,
    (indicator_value - lag(indicator_value) over series) * 100 as change_z_score,
    coalesce(abs(indicator_value - lag(indicator_value) over series) > 0.1, false)
        as is_significant_change,
    1 as definition_version
from measured
window series as (partition by indicator_id, period_grain order by period_start_date);

insert into indicators.fct_indicator_values
select cut.* replace (
    parts.dimension as segment_dimension,
    parts.segment as segment_value,
    parts.base as denominator,
    parts.base >= 30 as is_reportable
)
from indicators.fct_indicator_values as cut
inner join (values
    ('leaving', 'country_code', 'SE', 12000),
    ('leaving', 'country_code', 'NO', 320),
    ('leaving', 'country_code', 'unknown', 25),
    ('promoting', 'source_id', 'canonical', 12),
    ('promoting', 'survey_kind', 'nps_relationship', 7),
    ('promoting', 'survey_kind', 'nps_transactional', 5)
) as parts (indicator_id, dimension, segment, base) using (indicator_id);

create table indicators.fct_indicator_exclusions as
select *
from (values
    ('leaving', 'month', date '2026-05-01', 'guest', 2345),
    ('leaving', 'month', date '2026-05-01', 'a_new_reason', 10),
    ('promoting', 'month', date '2026-05-01', 'superseded_answer', 1)
) as exclusions (indicator_id, period_grain, period_start_date, exclusion_reason, unit_count);

create schema core;
create table core.fct_survey_answers as
select
    'a' || row_number() over () as answer_id,
    customer as customer_id,
    kind as survey_kind,
    score::double as score,
    0.0 as scale_min,
    scale as scale_max,
    reason as exclusion_reason,
    date '2026-05-01' + day as answered_date,
    (date '2026-05-01' + day)::timestamp as answered_at
from (values
    ('c1', 'nps_relationship', 2, 10.0, null, 1),
    -- The later answer of the same customer and survey counts.
    ('c1', 'nps_relationship', 9, 10.0, null, 2),
    ('c2', 'nps_relationship', 10, 10.0, null, 2),
    ('c3', 'nps_relationship', 10, 10.0, null, 2),
    ('c4', 'nps_relationship', 10, 10.0, null, 2),
    ('c5', 'nps_relationship', 8, 10.0, null, 2),
    ('c6', 'nps_relationship', 7, 10.0, null, 2),
    -- Answers without a customer stand alone.
    (null, 'nps_relationship', 0, 10.0, null, 2),
    (null, 'nps_transactional', 0, 10.0, null, 2),
    ('c1', 'nps_transactional', 9, 10.0, null, 2),
    ('c2', 'nps_transactional', 9, 10.0, null, 2),
    ('c3', 'nps_transactional', 7, 10.0, null, 2),
    ('c4', 'nps_transactional', 6, 10.0, null, 2),
    -- These do not count: skipped, another scale, another survey, another month.
    ('c5', 'nps_transactional', null, 10.0, 'skipped', 2),
    ('c6', 'nps_transactional', 10, 7.0, null, 2),
    ('c7', 'csat', 5, 10.0, null, 2),
    ('c8', 'nps_relationship', 3, 10.0, null, 40)
) as answers (customer, kind, score, scale, reason, day);

create table publication.tables as
select *
from (values
    ('core', 'fct_survey_answers', 17), ('core', 'fct_orders', 100), ('core', 'fct_memberships', 0)
) as tables (schema_name, table_name, row_count);
