-- grain: one row per family of a table's file names (they differ in digits only) in which content
-- that was loaded before was landed again under a name that is new; how many nights in a row it did,
-- and whether that is longer than it ever was: more than two nights, more than twice the longest
-- stretch before, and the family had brought news at least four times
with

told as (
    select
        night_id,
        min(checked_at) as checked_at,
        regexp_replace(observed, '[0-9]+', '#', 'g') as family
    from quality.expectation_results
    where expectation = 'new_content' and suite = $suite
    group by all
),

news as (
    select
        loaded_at,
        regexp_replace(file_name, '[0-9]+', '#', 'g') as family
    from quality.batches
    where source_id = $source and table_name = $table and status = 'accepted'
),

placed as (
    select
        told.family,
        told.night_id,
        (
            select count(*) from news
            where news.family = told.family and news.loaded_at < told.checked_at
        ) as news_count
    from told
),

stretches as (
    select
        family,
        news_count,
        count(distinct night_id) as night_count
    from placed
    group by all
),

counted as (
    select
        family,
        (select count(*) from news where news.family = stretches.family) as news_count,
        coalesce(max(night_count) filter (where news_count = (
            select count(*) from news where news.family = stretches.family
        )), 0) as now_count,
        coalesce(max(night_count) filter (where news_count < (
            select count(*) from news where news.family = stretches.family
        )), 0) as longest_count
    from stretches
    group by family
)

select
    family,
    now_count,
    news_count >= 4 and now_count > greatest(2, 2 * longest_count) as is_frozen
from counted
where now_count > 0
