-- grain: one row per local day; how busy it is compared with others (integers: exact sums)
create table calendar as
with

days as (
    select
        range as day_no,
        getvariable('start_date') + cast(range as integer) as day
    from range(getvariable('days'))
),

marked_days as (
    select
        day_no,
        day,
        make_date(year(day), 11, 1) as november,
        -- the day after the fourth Thursday of November
        november + (4 - cast(isodow(november) as integer) + 7) % 7 + 22 as black_friday,
        -- the days after pay day, and two days a month that the shop picks
        day(day) in (25, 26)
        or day(day) - cast(3 + 15 * uniform('campaign', year(day) * 12 + month(day)) as integer)
            in (0, 1) as is_campaign
    from days
)

select
    day_no,
    day,
    greatest(1, cast(round(
        1000
        * [0.86, 0.84, 0.94, 0.96, 1.0, 0.92, 0.68, 0.88, 1.0, 1.04, 1.18, 1.34][month(day)]
        * [1.06, 1.0, 1.0, 1.02, 0.9, 0.84, 1.18][isodow(day)]
        * case when month(day) = 12 and day(day) between 23 and 26 then 0.45 else 1 end
        * case when day = black_friday then 2.6 else 1 end
        * case when day between black_friday - 4 and black_friday + 3 then 1.7 else 1 end
        * case when is_campaign then 1.6 else 1 end
        * (1 + 0.25 * day_no / getvariable('days'))
        * (0.92 + 0.16 * uniform('day', day_no))
    ) as bigint)) as weight,
    is_campaign
from marked_days
order by day_no;

-- grain: one row per 1/32 of an average day's trade; a busy day has more of them.
-- A purchase drawn evenly over the slots follows the season without looking at it.
create table day_slots as
with

cumulated as (
    select
        day_no,
        day,
        is_campaign,
        sum(weight) over (order by day_no) as weight_until,
        sum(weight) over () as weight_total
    from calendar
),

bounds as (
    select
        day_no,
        day,
        is_campaign,
        cast((weight_until * getvariable('days') * 32) // weight_total as bigint) as slot_until,
        coalesce(lag(slot_until) over (order by day_no), 0) as slot_from
    from cumulated
)

select
    unnest(range(slot_from, slot_until)) as slot,
    day,
    is_campaign
from bounds
order by slot;
