{{ config(severity='warn') }}

-- Bills of a subscription that no list shows cannot count: there is no status to judge them by.
select
    item_lines.subscription_id,
    count(*) as lines
from {{ ref('int_item_lines') }} as item_lines
left join {{ ref('stg_stripe__subscriptions') }} as subscriptions
    on item_lines.subscription_id = subscriptions.subscription_id
where subscriptions.subscription_id is null
group by item_lines.subscription_id
