{% set keys = ["schedule_id", "version_id", "observed_at", "phase_position", "item_position"] -%}
with items as (
    select * from {{ ref('int_schedule_items') }}
),

discounts as (
    select * from {{ ref('stg_stripe__discounts') }}
),

coupons as (
    select * from {{ ref('stg_stripe__coupons') }}
),

coupon_currencies as (
    select * from {{ ref('stg_stripe__coupon_currencies') }}
),

found as (
    select
        {{ keys | join(", ") }},
        customer_id,
        currency,
        true as is_of_item,
        {{ explode_with_position('item_discounts', 'list_position', 'discount') }}
    from items
    union all
    select
        {{ keys | join(", ") }},
        customer_id,
        currency,
        false as is_of_item,
        {{ explode_with_position('phase_discounts', 'list_position', 'discount') }}
    from items
),

named as (
    select
        {{ keys | join(", ") }},
        customer_id,
        currency,
        is_of_item,
        list_position,
        {{ id_of('discount.coupon') }} as coupon_id,
        {{ id_of('discount.discount') }} as discount_id
    from found
    union all
    -- both ways of saying it are given where the phase has one coupon
    select
        {{ keys | join(", ") }},
        customer_id,
        currency,
        false as is_of_item,
        0 as list_position,
        {{ id_of('phase_coupon') }} as coupon_id,
        cast(null as {{ dbt.type_string() }}) as discount_id
    from items
    where phase_coupon is not null and phase_discounts is null
),

resolved as (
    select
        named.*,
        coalesce(named.coupon_id, discounts.coupon_id) as known_coupon_id,
        discounts.inline_coupon
    from named
    left join discounts on named.discount_id = discounts.discount_id
),

-- a coupon that was deleted since may still stand in the discount that it gave
described as (
    select
        {% for key in keys %}resolved.{{ key }},
        {% endfor -%}
        resolved.customer_id,
        resolved.is_of_item,
        resolved.list_position,
        resolved.known_coupon_id as coupon_id,
        {{ coupon_term('resolved.inline_coupon', 'duration') }} as duration,
        {{ coupon_term('resolved.inline_coupon', 'product_ids') }} as product_ids,
        {{ coupon_term('resolved.inline_coupon', 'percent_off') }} as percent_off,
        coalesce(
            case
                when {{ coupon_term('resolved.inline_coupon', 'currency') }} = resolved.currency
                    then {{ coupon_term('resolved.inline_coupon', 'amount_off_minor') }}
            end,
            coupon_currencies.amount_off_minor
        ) as amount_off_minor
    from resolved
    left join coupons on resolved.known_coupon_id = coupons.coupon_id
    left join coupon_currencies
        on
            resolved.known_coupon_id = coupon_currencies.coupon_id
            and resolved.currency = coupon_currencies.currency
)

select
    *,
    percent_off is not null or amount_off_minor is not null as is_described
from described
