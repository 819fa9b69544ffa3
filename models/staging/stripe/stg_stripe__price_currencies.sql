with prices as (
    select * from {{ current_versions(source('raw_stripe', 'prices')) }}
),

listed as (
    select
        price_id,
        currency,
        unit_amount_minor,
        tiers
    from {{ ref('stg_stripe__prices') }}
),

members as (
    select
        id as price_id,
        {{ explode(json_members('payload', 'currency_options', '')) }} as member
    from prices
),

options as (
    select
        price_id,
        lower(member.key) as currency,
        {{ json_struct('member.value', stripe_currency_option_schema()) }} as amounts
    from members
),

-- the options name the price's own currency too
others as (
    select options.*
    from options
    left join listed
        on
            options.price_id = listed.price_id
            and options.currency = listed.currency
    where listed.price_id is null
)

select
    price_id,
    currency,
    unit_amount_minor,
    tiers
from listed
union all
select
    price_id,
    currency,
    try_cast(coalesce(amounts.unit_amount_decimal, amounts.unit_amount) as decimal(24, 12)) as unit_amount_minor,
    amounts.tiers
from others
