with found as (
    select * from {{ ref('int_churn_told_to_stripe') }}
    union all
    select * from {{ ref('int_churn_told_to_crm') }}
),

reasons as (
    select * from {{ ref('churn_reasons_map') }}
),

ranked as (
    select
        customer_id,
        month,
        currency,
        source,
        replace(replace(trim(value), ' ', '_'), '-', '_') as value,
        row_number() over (
            partition by customer_id, month, currency, source
            order by told_at desc nulls last, value nulls last
        ) as recency
    from found
    where nullif(trim(value), '') is not null
),

final as (
    select
        ranked.customer_id,
        ranked.month,
        ranked.currency,
        ranked.source,
        ranked.value,
        reasons.cause
    from ranked
    left join reasons on ranked.source = reasons.source and ranked.value = reasons.value
    where ranked.recency = 1
)

select * from final
