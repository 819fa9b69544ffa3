with moves as (
    select * from {{ ref('int_customer_retention') }}
),

item_changes as (
    select * from {{ ref('int_item_month_changes') }}
),

parts as (
    select
        customer_id,
        month,
        currency,
        sum(volume_amount) as volume_amount,
        sum(price_amount) as price_amount,
        sum(plan_change_amount) as plan_change_amount,
        sum(discount_amount) as discount_amount
    from item_changes
    group by 1, 2, 3
),

movements as (
    select
        moves.customer_id,
        moves.month,
        moves.currency,
        moves.movement,
        moves.amount,
        moves.amount_reporting,
        moves.movement in ('expansion', 'contraction') as has_parts
    from moves
    where moves.movement is not null
),

-- what the rates did to money that did not move; exact, since it is what the other movements leave
fx_movements as (
    select
        customer_id,
        month,
        currency,
        'fx' as movement,
        0 as amount,
        closing_mrr_reporting - opening_mrr_reporting - amount_reporting as amount_reporting,
        false as has_parts
    from moves
    where closing_mrr_reporting - opening_mrr_reporting - amount_reporting <> 0
),

all_movements as (
    select * from movements
    union all
    select * from fx_movements
)

select
    all_movements.customer_id,
    all_movements.month,
    all_movements.currency,
    all_movements.movement,
    cast(all_movements.amount as {{ money_type() }}) as amount,
    cast(all_movements.amount_reporting as {{ money_type() }}) as amount_reporting,
    cast(coalesce(parts.volume_amount, 0) as {{ money_type() }}) as volume_amount,
    cast(coalesce(parts.price_amount, 0) as {{ money_type() }}) as price_amount,
    cast(coalesce(parts.plan_change_amount, 0) as {{ money_type() }}) as plan_change_amount,
    cast(coalesce(parts.discount_amount, 0) as {{ money_type() }}) as discount_amount
from all_movements
left join parts
    on
        all_movements.customer_id = parts.customer_id
        and all_movements.month = parts.month
        and all_movements.currency = parts.currency
        and all_movements.has_parts
