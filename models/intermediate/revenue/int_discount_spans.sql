with discounts as (
    select * from {{ ref('int_discounts') }}
),

sightings as (
    select * from {{ ref('int_discount_sightings') }}
),

customers as (
    select
        customer_id,
        {{ id_of('discount_json') }} as discount_id
    from {{ ref('stg_stripe__customers') }}
    where discount_json is not null
),

subscriptions as (
    select
        subscription_id,
        customer_id
    from {{ ref('stg_stripe__subscriptions') }}
),

reached as (
    select
        discounts.*,
        subscriptions.subscription_id as reached_subscription_id
    from discounts
    inner join subscriptions
        on
            discounts.subscription_id = subscriptions.subscription_id
            or (discounts.scope = 'customer' and discounts.customer_id = subscriptions.customer_id)
),

seen as (
    select
        discount_id,
        subscription_id,
        max(seen_at) as last_seen_at,
        bool_or(is_current) as is_current,
        min(list_position) as list_position
    from sightings
    where discount_id is not null
    group by 1, 2
),

missed as (
    select
        reached.discount_id,
        reached.reached_subscription_id,
        min(sightings.seen_at) as missed_at
    from reached
    inner join seen
        on
            reached.discount_id = seen.discount_id
            and reached.reached_subscription_id = seen.subscription_id
    inner join sightings
        on
            reached.reached_subscription_id = sightings.subscription_id
            and seen.last_seen_at < sightings.seen_at
            and reached.started_at <= sightings.seen_at
    where
        sightings.discount_id is null
        and sightings.seen_at <= {{ as_of() }}
        and not seen.is_current
    group by 1, 2
)

select
    reached.discount_id,
    reached.reached_subscription_id as subscription_id,
    reached.subscription_item_id,
    reached.scope,
    reached.percent_off,
    reached.amount_off_minor,
    reached.product_ids,
    coalesce(seen.list_position, 0) as list_position,
    reached.started_at as valid_from,
    least(coalesce(reached.ended_at, missed.missed_at), coalesce(missed.missed_at, reached.ended_at)) as valid_to
from reached
left join seen
    on
        reached.discount_id = seen.discount_id
        and reached.reached_subscription_id = seen.subscription_id
left join missed
    on
        reached.discount_id = missed.discount_id
        and reached.reached_subscription_id = missed.reached_subscription_id
left join customers
    on
        reached.discount_id = customers.discount_id
        and reached.customer_id = customers.customer_id
-- a customer's coupon that neither the customer nor any bill of this subscription shows never reached it
where reached.scope <> 'customer' or seen.discount_id is not null or customers.discount_id is not null
