{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with discounts as (
    select * from {{ touched(ref('int_discounts'), 'owner_id') }}
),

sightings as (
    select * from {{ touched(ref('int_discount_sightings'), 'subscription_id') }}
),

customers as (
    select
        customer_id,
        {{ id_of('discount_json') }} as discount_id
    from {{ touched(ref('stg_stripe__customers')) }}
    where discount_json is not null
),

subscriptions as (
    select
        subscription_id,
        customer_id,
        currency
    from {{ touched(ref('stg_stripe__subscriptions')) }}
),

coupon_currencies as (
    select * from {{ ref('stg_stripe__coupon_currencies') }}
),

-- two joins rather than one with an "or": Spark would compare each discount with each subscription
reached as (
    select
        discounts.*,
        subscriptions.subscription_id as reached_subscription_id,
        subscriptions.currency as reached_currency
    from discounts
    inner join subscriptions on discounts.subscription_id = subscriptions.subscription_id
    union all
    select
        discounts.*,
        subscriptions.subscription_id as reached_subscription_id,
        subscriptions.currency as reached_currency
    from discounts
    inner join subscriptions on discounts.customer_id = subscriptions.customer_id
    where
        discounts.scope = 'customer'
        and discounts.subscription_id is distinct from subscriptions.subscription_id
),

seen as (
    select
        discount_id,
        subscription_id,
        max(seen_at) as last_seen_at,
        bool_or(is_current) as is_current,
        -- the place it had when the list was longest: it moves up when another one ends
        max(list_position) as list_position
    from sightings
    where discount_id is not null
    group by 1, 2
),

-- the first look that ought to show it and does not: bills only for a customer's discount, which no subscription lists,
-- and for an item's only bills that charge for the item
missed as (
    select
        reached.discount_id,
        reached.reached_subscription_id,
        max(coalesce(seen.last_seen_at, reached.started_at)) as last_seen_at,
        min(sightings.seen_at) as missed_at
    from reached
    left join seen
        on
            reached.discount_id = seen.discount_id
            and reached.reached_subscription_id = seen.subscription_id
    inner join sightings
        on
            reached.reached_subscription_id = sightings.subscription_id
            and reached.started_at <= sightings.seen_at
            and (seen.last_seen_at is null or seen.last_seen_at < sightings.seen_at)
    left join customers on reached.discount_id = customers.discount_id
    where
        sightings.discount_id is null
        and not coalesce(seen.is_current, false)
        and customers.discount_id is null
        and (reached.scope <> 'customer' or sightings.look = 'bill')
        and (
            reached.scope <> 'item'
            or sightings.look = 'state'
            or reached.subscription_item_id = sightings.subscription_item_id
        )
    group by 1, 2
),

-- another one that began in between took its place: on the same thing, or the same coupon on another, as when it was moved from a
-- subscription to an item
replaced as (
    select
        missed.discount_id,
        missed.reached_subscription_id,
        min(successors.started_at) as replaced_at
    from missed
    inner join reached
        on
            missed.discount_id = reached.discount_id
            and missed.reached_subscription_id = reached.reached_subscription_id
    inner join reached as successors
        on
            missed.reached_subscription_id = successors.reached_subscription_id
            and missed.last_seen_at < successors.started_at
            and missed.missed_at > successors.started_at
    where
        (
            reached.scope = successors.scope
            and reached.subscription_item_id is not distinct from successors.subscription_item_id
        )
        or (
            reached.coupon_id = successors.coupon_id
            and reached.scope <> 'customer'
            and successors.scope <> 'customer'
        )
    group by 1, 2
),

ends as (
    select
        missed.discount_id,
        missed.reached_subscription_id,
        coalesce(replaced.replaced_at, missed.missed_at) as gone_at
    from missed
    left join replaced
        on
            missed.discount_id = replaced.discount_id
            and missed.reached_subscription_id = replaced.reached_subscription_id
)

select
    reached.discount_id,
    reached.reached_subscription_id as subscription_id,
    reached.subscription_item_id,
    reached.scope,
    coalesce(
        reached.percent_off,
        case
            when reached.reached_currency <> reached.currency and coupon_currencies.coupon_id is null
                then reached.billed_percent_off
        end
    ) as percent_off,
    -- an amount off is stated in the coupon's own currency; what it is in others, its options say, or else the bills
    case
        when reached.reached_currency <> reached.currency then coupon_currencies.amount_off_minor
        else reached.amount_off_minor
    end as amount_off_minor,
    reached.product_ids,
    coalesce(seen.list_position, 0) as list_position,
    reached.started_at as valid_from,
    least(coalesce(reached.ended_at, ends.gone_at), coalesce(ends.gone_at, reached.ended_at)) as valid_to
from reached
left join seen
    on
        reached.discount_id = seen.discount_id
        and reached.reached_subscription_id = seen.subscription_id
left join ends
    on
        reached.discount_id = ends.discount_id
        and reached.reached_subscription_id = ends.reached_subscription_id
left join customers
    on
        reached.discount_id = customers.discount_id
        and reached.customer_id = customers.customer_id
left join coupon_currencies
    on
        reached.coupon_id = coupon_currencies.coupon_id
        and reached.reached_currency = coupon_currencies.currency
-- a customer's coupon that neither the customer nor any bill of this subscription shows never reached it
where reached.scope <> 'customer' or seen.discount_id is not null or customers.discount_id is not null
