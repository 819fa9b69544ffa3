with coupons as (
    select * from {{ current_versions(source('raw_stripe', 'coupons')) }}
),

members as (
    select
        id as coupon_id,
        {{ explode(json_members('payload', 'currency_options', '')) }} as member
    from coupons
)

select
    coupon_id,
    lower(member.key) as currency,
    try_cast({{ json_struct('member.value', {"amount_off": "VARCHAR"}) }}.amount_off as decimal(18, 0)) as amount_off_minor
from members
