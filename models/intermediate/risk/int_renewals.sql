with item_months as (
    select * from {{ ref('int_item_months') }}
    where month = {{ month_start(as_of()) }} and mrr > 0 and status <> 'usage'
),

lines as (
    select * from {{ ref('int_item_lines') }}
    where not is_credit and period_ended_at > {{ as_of() }}
),

billed_until as (
    select
        item_months.customer_id,
        item_months.subscription_item_id,
        max(lines.period_ended_at) as billed_until
    from item_months
    inner join lines on item_months.subscription_item_id = lines.subscription_item_id
    group by item_months.customer_id, item_months.subscription_item_id
),

final as (
    select
        customer_id,
        cast({{ local_time('min(billed_until)') }} as date) as renews_on
    from billed_until
    group by customer_id
)

select * from final
