with open_deals as (
    select
        count(*) as deals,
        sum(amount_home) as amount
    from {{ ref('fct_deals') }}
    where outcome = 'open'
),

forecast as (
    select
        dimension,
        sum(deals) as deals,
        sum(amount) as amount
    from {{ ref('pipeline_forecast') }}
    group by dimension
)

select
    forecast.dimension,
    forecast.deals,
    open_deals.deals as open_deals
from forecast
cross join open_deals
where
    forecast.deals <> open_deals.deals
    or coalesce(forecast.amount, 0) <> coalesce(open_deals.amount, 0)
