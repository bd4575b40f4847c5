-- Which targets are met or missed in the newest complete month, and since when?
with months as (
    select
        indicator_id,
        period_start_date,
        status,
        indicator_value,
        target_value,
        first_value(status) over newest_first as status_now,
        row_number() over newest_first as months_back
    from indicators.fct_indicator_values
    where period_grain = 'month' and segment_dimension = 'all' and not is_partial
    window newest_first as (partition by indicator_id order by period_start_date desc)
),

verdicts as (
    select
        indicator_id,
        max(status_now) as status,
        max(case when months_back = 1 then indicator_value end) as indicator_value,
        max(case when months_back = 1 then target_value end) as target_value,
        coalesce(min(case when status != status_now then months_back end), count(*) + 1) - 1
            as months_in_a_row
    from months
    group by indicator_id
)

select
    catalogue.label_en,
    verdicts.indicator_value,
    catalogue.target_direction,
    verdicts.target_value,
    verdicts.status,
    verdicts.months_in_a_row
from verdicts
inner join indicators.dim_indicators as catalogue
    on verdicts.indicator_id = catalogue.indicator_id
where catalogue.is_headline
order by catalogue.display_order;
