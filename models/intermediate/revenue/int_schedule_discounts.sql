{% set keys = ["schedule_id", "version_id", "observed_at", "phase_position", "item_position"] -%}
with items as (
    select * from {{ ref('int_schedule_items') }}
),

discounts as (
    select * from {{ ref('stg_stripe__discounts') }}
),

found as (
    select
        {{ keys | join(", ") }},
        customer_id,
        true as is_of_item,
        {{ explode_with_position('item_discounts', 'list_position', 'discount') }}
    from items
    union all
    select
        {{ keys | join(", ") }},
        customer_id,
        false as is_of_item,
        {{ explode_with_position('phase_discounts', 'list_position', 'discount') }}
    from items
),

named as (
    select
        {{ keys | join(", ") }},
        customer_id,
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
        false as is_of_item,
        0 as list_position,
        {{ id_of('phase_coupon') }} as coupon_id,
        cast(null as {{ dbt.type_string() }}) as discount_id
    from items
    where phase_coupon is not null and phase_discounts is null
)

select
    {% for key in keys %}named.{{ key }},
    {% endfor -%}
    named.customer_id,
    named.is_of_item,
    named.list_position,
    coalesce(named.coupon_id, discounts.coupon_id) as coupon_id
from named
left join discounts on named.discount_id = discounts.discount_id
