{% set keys = ["schedule_id", "version_id", "observed_at", "phase_position", "item_position"] -%}
{% set phase_keys = ["schedule_id", "version_id", "observed_at", "phase_position"] -%}
with items as (
    select * from {{ ref('int_schedule_items') }}
),

discounts as (
    select * from {{ ref('int_schedule_discounts') }}
),

price_amounts as (
    select * from {{ ref('int_price_amounts') }}
),

-- what recurs and is not metered; anything else is no MRR
priced as (
    select
        items.*,
        price_amounts.product_id,
        case
            when price_amounts.is_recurring and not price_amounts.is_metered then price_amounts.list_amount_minor
            when price_amounts.price_id is not null then 0
        end as list_amount_minor,
        price_amounts.month_numerator,
        price_amounts.month_denominator
    from items
    left join price_amounts
        on
            items.price_id = price_amounts.price_id
            and items.currency = price_amounts.currency
            and items.quantity = price_amounts.quantity
),

applying as (
    select
        {% for key in keys %}priced.{{ key }},
        {% endfor -%}
        priced.list_amount_minor,
        discounts.coupon_id as discount_id,
        discounts.is_of_item,
        case when discounts.is_of_item then priced.item_position end as shared_position,
        discounts.list_position as place,
        -- an item's own come before those of the subscription
        discounts.list_position + case when discounts.is_of_item then 0 else 1000 end as list_position,
        cast(null as timestamp) as discount_started_at,
        1 - coalesce(discounts.percent_off, 0) / 100.0 as factor,
        coalesce(discounts.amount_off_minor, 0) as whole_amount_off_minor
    from priced
    inner join discounts
        on
            priced.schedule_id = discounts.schedule_id
            and priced.version_id = discounts.version_id
            and priced.observed_at = discounts.observed_at
            and priced.phase_position = discounts.phase_position
            and priced.item_position = discounts.item_position
    where
        discounts.is_described
        and (discounts.duration is distinct from 'once' or {{ policy_flag('once_coupons_reduce_mrr') }})
        and (discounts.product_ids is null or {{ list_contains('discounts.product_ids', 'priced.product_id') }})
),

with_left as (
    select
        *,
        {{ left_by_percentages('list_amount_minor', keys) }} as left_amount_minor
    from applying
),

-- an amount off the phase is shared by what the percentages before it left of each item
in_force as (
    select
        *,
        coalesce(
            {{ divide_exact(
                'whole_amount_off_minor * left_amount_minor',
                'sum(left_amount_minor) over (partition by ' ~ phase_keys | join(', ') ~ ', is_of_item, shared_position, place)'
            ) }},
            0
        ) as amount_off_minor
    from with_left
),

chained as (
    {{ fold_discounts('in_force', keys) }}
),

-- a coupon that is not known (deleted, or behind a promotion code) leaves open what the item will cost
undescribed as (
    select distinct {{ keys | join(", ") }}
    from discounts
    where not is_described
)

select
    {% for key in keys %}priced.{{ key }},
    {% endfor -%}
    case
        when undescribed.schedule_id is not null then null
        when priced.list_amount_minor is null then null
        when priced.list_amount_minor = 0 then 0
        else
            {{ divide_exact(
                'cast(greatest(priced.list_amount_minor * coalesce(chained.factor, 1) - coalesce(chained.amount_minor, 0), 0)'
                ~ ' as ' ~ money_type() ~ ') * priced.month_numerator',
                'priced.month_denominator'
            ) }}
    end as item_mrr
from priced
left join chained
    on
        priced.schedule_id = chained.schedule_id
        and priced.version_id = chained.version_id
        and priced.observed_at = chained.observed_at
        and priced.phase_position = chained.phase_position
        and priced.item_position = chained.item_position
left join undescribed
    on
        priced.schedule_id = undescribed.schedule_id
        and priced.version_id = undescribed.version_id
        and priced.observed_at = undescribed.observed_at
        and priced.phase_position = undescribed.phase_position
        and priced.item_position = undescribed.item_position
