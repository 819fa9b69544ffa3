with rates as (
    select
        month,
        currency
    from {{ changed_shared('int_fx_rates') }} as changed_rates
),

closings as (
    select month from {{ changed_shared('int_close_months') }} as changed_closings
),

currencies as (
    select distinct currency from {{ ref('stg_stripe__subscriptions') }}
),

changed as (
    select * from rates
    union
    select
        closings.month,
        currencies.currency
    from closings
    cross join currencies
)

-- what a month ends with the next one begins with
select
    month,
    currency
from changed
union
select
    {{ add_months('month', 1) }} as month,
    currency
from changed
