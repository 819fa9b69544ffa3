with prices as (
    select * from {{ ref('int_prices') }}
),

price_currencies as (
    select * from {{ ref('int_price_currencies') }}
),

tiers as (
    select * from {{ ref('stg_stripe__price_tiers') }}
),

price_periods as (
    select * from {{ ref('int_price_periods') }}
),

-- what bills name too: a customer's figures may not depend on what others have
pairs as (
    select
        price_id,
        currency,
        quantity
    from {{ ref('int_item_states') }}
    union
    select
        price_id,
        currency,
        quantity
    from {{ ref('int_item_lines') }}
    where price_id is not null and quantity is not null
    union
    select
        price_id,
        currency,
        quantity
    from {{ ref('int_schedule_items') }}
    where price_id is not null and currency is not null
),

billable as (
    select
        pairs.price_id,
        pairs.currency,
        pairs.quantity,
        prices.billing_scheme,
        prices.tiers_mode,
        price_currencies.unit_amount_minor,
        case
            when prices.package_size is null then pairs.quantity
            when prices.package_rounding = 'up' then cast(ceil(cast(pairs.quantity as double) / prices.package_size) as bigint)
            else cast(floor(cast(pairs.quantity as double) / prices.package_size) as bigint)
        end as billable_quantity
    from pairs
    inner join prices on pairs.price_id = prices.price_id
    inner join price_currencies
        on
            pairs.price_id = price_currencies.price_id
            and pairs.currency = price_currencies.currency
),

-- graduated: each tier prices the units inside it; volume: the tier that the quantity reaches prices them all
tiered as (
    select
        billable.price_id,
        billable.currency,
        billable.quantity,
        sum(
            case
                when billable.tiers_mode = 'graduated'
                    then
                        tiers.unit_amount_minor * cast(
                            least(billable.billable_quantity, coalesce(tiers.up_to, billable.billable_quantity)) - tiers.above
                            as decimal(14, 0)
                        ) + tiers.flat_amount_minor
                else
                    tiers.unit_amount_minor * cast(billable.billable_quantity as decimal(14, 0)) + tiers.flat_amount_minor
            end
        ) as amount_minor
    from billable
    inner join tiers
        on
            billable.price_id = tiers.price_id
            and billable.currency = tiers.currency
            and (billable.billable_quantity > tiers.above or tiers.tier_position = 0)
            and (
                billable.tiers_mode = 'graduated'
                or tiers.up_to is null
                or billable.billable_quantity <= tiers.up_to
            )
    where billable.billing_scheme = 'tiered'
    group by 1, 2, 3
),

amounts as (
    select
        billable.price_id,
        billable.currency,
        billable.quantity,
        case
            when billable.billing_scheme = 'tiered' then tiered.amount_minor
            else billable.unit_amount_minor * cast(billable.billable_quantity as decimal(14, 0))
        end as amount_minor
    from billable
    left join tiered
        on
            billable.price_id = tiered.price_id
            and billable.currency = tiered.currency
            and billable.quantity = tiered.quantity
)

select
    amounts.price_id,
    amounts.currency,
    amounts.quantity,
    cast(amounts.amount_minor as {{ money_type() }}) as list_amount_minor,
    prices.product_id,
    prices.is_metered,
    price_periods.is_recurring,
    price_periods.month_numerator,
    price_periods.month_denominator
from amounts
inner join prices on amounts.price_id = prices.price_id
inner join price_periods
    on
        amounts.price_id = price_periods.price_id
        and amounts.currency = price_periods.currency
