with prices as (
    select * from {{ ref('int_prices') }}
),

tiers as (
    select * from {{ ref('stg_stripe__price_tiers') }}
),

exponents as (
    select * from {{ ref('currency_exponents') }}
),

pairs as (
    select distinct
        price_id,
        quantity
    from {{ ref('int_item_states') }}
),

billable as (
    select
        pairs.price_id,
        pairs.quantity,
        prices.billing_scheme,
        prices.tiers_mode,
        prices.unit_amount_minor,
        case
            when prices.package_size is null then pairs.quantity
            when prices.package_rounding = 'up' then cast(ceil(cast(pairs.quantity as double) / prices.package_size) as bigint)
            else cast(floor(cast(pairs.quantity as double) / prices.package_size) as bigint)
        end as billable_quantity
    from pairs
    inner join prices on pairs.price_id = prices.price_id
),

-- graduated: each tier prices the units inside it; volume: the tier that the quantity reaches prices them all
tiered as (
    select
        billable.price_id,
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
            and (billable.billable_quantity > tiers.above or tiers.tier_position = 0)
            and (
                billable.tiers_mode = 'graduated'
                or tiers.up_to is null
                or billable.billable_quantity <= tiers.up_to
            )
    where billable.billing_scheme = 'tiered'
    group by 1, 2
),

amounts as (
    select
        billable.price_id,
        billable.quantity,
        case
            when billable.billing_scheme = 'tiered' then tiered.amount_minor
            else billable.unit_amount_minor * cast(billable.billable_quantity as decimal(14, 0))
        end as amount_minor
    from billable
    left join tiered
        on
            billable.price_id = tiered.price_id
            and billable.quantity = tiered.quantity
)

select
    amounts.price_id,
    amounts.quantity,
    cast(amounts.amount_minor as {{ money_type() }}) as list_amount_minor,
    prices.currency,
    prices.product_id,
    prices.is_metered,
    prices.tax_behavior,
    coalesce(prices.price_type, 'recurring') = 'recurring' and prices.billing_interval is not null as is_recurring,
    -- month-equivalents: amount x numerator / denominator is a month's worth in major units
    case prices.billing_interval
        when 'day' then {{ policy_number('month_days', whole=false) }}
        when 'week' then {{ policy_number('month_days', whole=false) }}
        else 1
    end as month_numerator,
    cast(
        case prices.billing_interval
            when 'day' then 12
            when 'week' then {{ policy_number('month_week_days') }}
            when 'year' then 12
            else 1
        end * prices.billing_interval_count * power(10, coalesce(exponents.exponent, 2)) as decimal(18, 0)
    ) as month_denominator
from amounts
inner join prices on amounts.price_id = prices.price_id
left join exponents on prices.currency = exponents.currency
