{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with reached as (
    select * from {{ touched(ref('int_discount_reach'), 'subscription_id') }}
),

sightings as (
    select * from {{ touched(ref('int_discount_sightings'), 'subscription_id') }}
    where discount_id is null
),

-- the first look that ought to show it and does not: bills only for a customer's discount, which no subscription lists,
-- and for an item's only bills that charge for the item
missed as (
    select
        reached.discount_id,
        reached.subscription_id,
        max(coalesce(reached.last_seen_at, reached.started_at)) as last_seen_at,
        min(sightings.seen_at) as missed_at
    from reached
    inner join sightings
        on
            reached.subscription_id = sightings.subscription_id
            and reached.started_at <= sightings.seen_at
            and (reached.last_seen_at is null or reached.last_seen_at < sightings.seen_at)
    where
        not reached.is_current
        and not reached.is_of_customer_now
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
        missed.subscription_id,
        min(successors.started_at) as replaced_at
    from missed
    inner join reached
        on
            missed.discount_id = reached.discount_id
            and missed.subscription_id = reached.subscription_id
    inner join reached as successors
        on
            missed.subscription_id = successors.subscription_id
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
        missed.subscription_id,
        coalesce(replaced.replaced_at, missed.missed_at) as gone_at
    from missed
    left join replaced
        on
            missed.discount_id = replaced.discount_id
            and missed.subscription_id = replaced.subscription_id
)

select
    reached.discount_id,
    reached.subscription_id,
    reached.subscription_item_id,
    reached.scope,
    reached.percent_off,
    reached.amount_off_minor,
    reached.product_ids,
    reached.list_position,
    reached.started_at as valid_from,
    least(coalesce(reached.ended_at, ends.gone_at), coalesce(ends.gone_at, reached.ended_at)) as valid_to
from reached
left join ends
    on
        reached.discount_id = ends.discount_id
        and reached.subscription_id = ends.subscription_id
-- a customer's coupon that neither the customer nor any bill of this subscription shows never reached it
where reached.scope <> 'customer' or reached.last_seen_at is not null or reached.is_of_customer_now
