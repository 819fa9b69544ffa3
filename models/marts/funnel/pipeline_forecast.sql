{%- set dimensions = {'all': "'all'", 'owner': 'owner_id', 'segment': 'segment', 'pipeline': 'pipeline_id'} -%}

with open_deals as (
    select
        *,
        cast(date_trunc('month', expected_close_on) as date) as expected_close_month
    from {{ ref('fct_deals') }}
    where outcome = 'open'
),

win_rates as (
    select * from {{ ref('int_stage_win_rates') }}
),

by_dimension as (
    {%- for dimension, value in dimensions.items() %}
    select
        open_deals.*,
        '{{ dimension }}' as dimension,
        coalesce({{ value }}, 'unknown') as dimension_value
    from open_deals
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

totals as (
    select
        pipeline_id,
        stage_id,
        expected_close_month,
        dimension,
        dimension_value,
        max(pipeline_label) as pipeline_label,
        max(stage_label) as stage_label,
        count(*) as deals,
        count(amount_home) as deals_with_amount,
        sum(amount_home) as amount,
        min(probability) as lowest_probability,
        max(probability) as stage_probability,
        count(amount_home * probability) as deals_weighted,
        sum(amount_home * probability) as weighted_amount
    from by_dimension
    group by pipeline_id, stage_id, expected_close_month, dimension, dimension_value
),

final as (
    select
        totals.pipeline_id,
        totals.pipeline_label,
        totals.stage_id,
        totals.stage_label,
        totals.expected_close_month,
        totals.dimension,
        totals.dimension_value,
        cast(totals.deals as bigint) as deals,
        cast(totals.deals_with_amount as bigint) as deals_with_amount,
        cast(totals.amount as decimal(18, 4)) as amount,
        case when totals.lowest_probability = totals.stage_probability then totals.stage_probability end as stage_probability,
        cast(totals.weighted_amount as decimal(18, 4)) as weighted_amount,
        coalesce(win_rates.decided, 0) as historic_deals,
        win_rates.win_rate as historic_win_rate,
        win_rates.win_rate_low as historic_win_rate_low,
        win_rates.win_rate_high as historic_win_rate_high,
        cast(totals.amount * win_rates.win_rate as decimal(18, 4)) as historic_weighted_amount,
        case
            when totals.deals_with_amount = 0 then 'no deal has an amount in {{ reporting_currency() }}'
            when totals.deals_weighted < totals.deals_with_amount
                then 'the stage is gone from the pipeline: no probability for every deal'
        end as weighted_missing_reason,
        case
            when totals.deals_with_amount = 0 then 'no deal has an amount in {{ reporting_currency() }}'
            when win_rates.win_rate is null
                then
                    'n too small: ' || cast(coalesce(win_rates.decided, 0) as {{ dbt.type_string() }})
                    || ' decided deals of at least {{ var("stage_min_deals") }} have stood in the stage'
        end as historic_missing_reason
    from totals
    left join win_rates
        on totals.pipeline_id = win_rates.pipeline_id and totals.stage_id = win_rates.stage_id
)

select * from final
