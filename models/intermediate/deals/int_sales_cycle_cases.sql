with deals as (
    select * from {{ ref('fct_deals') }}
    where outcome = 'open' or cycle_days is not null
),

close_months as (
    select distinct cast(date_trunc('month', closed_on) as date) as close_month
    from deals
    where closed_on is not null
),

observed_months as (
    select
        close_month,
        {{ add_months('close_month', '1 - ' ~ var('sales_cycle_window_months')) }} as first_month,
        least({{ utc_midnight(add_months('close_month', 1)) }}, {{ as_of() }}) as observed_until
    from close_months
),

-- What was not closed by the end of the month was open then, whatever became of it later.
observed as (
    select
        observed_months.close_month,
        deals.owner_id,
        deals.segment,
        deals.source,
        deals.pipeline_id,
        deals.deal_type,
        case
            when deals.closed_at < observed_months.observed_until then deals.outcome
            else 'open'
        end as outcome,
        case
            when deals.closed_at < observed_months.observed_until then cast(deals.cycle_days as double)
            else {{ days_between('deals.created_at', 'observed_months.observed_until') }}
        end as days
    from observed_months
    inner join deals
        on
            observed_months.first_month <= {{ month_start('deals.created_at') }}
            and observed_months.observed_until > deals.created_at
),

by_dimension as (
    {%- for dimension, value in deal_dimensions().items() %}
    select
        close_month,
        '{{ dimension }}' as dimension,
        coalesce({{ value }}, 'unknown') as dimension_value,
        outcome,
        days
    from observed
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from by_dimension
