-- Fails with every indicator that stands in the catalogue and is not published, or has a model and
-- does not stand in the catalogue.
with

models as (
    {%- for indicator in registered_indicators('flow') + registered_indicators('stock') %}
    select '{{ indicator.indicator_id }}' as indicator_id
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

published as (
    select distinct indicator_id from {{ ref('fct_indicator_values') }}
)

select
    coalesce(indicators.indicator_id, models.indicator_id) as indicator_id,
    models.indicator_id is not null as has_model,
    indicators.indicator_id is not null as is_catalogued,
    published.indicator_id is not null as is_published
from {{ ref('indicators') }} as indicators
full outer join models on indicators.indicator_id = models.indicator_id
left join published on indicators.indicator_id = published.indicator_id
where
    models.indicator_id is null
    or indicators.indicator_id is null
    or published.indicator_id is null
