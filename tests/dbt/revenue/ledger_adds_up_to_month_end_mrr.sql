-- The day ledger and the month ends are read from the spans on two ways: they must tell the same.
with ledger as (
    select
        customer_id,
        currency,
        cast(date_trunc('month', changed_on) as date) as month,
        sum(amount) as amount
    from {{ touched(ref('fct_mrr_changes')) }}
    group by 1, 2, 3
),

months as (
    select
        mrr_monthly.customer_id,
        mrr_monthly.currency,
        mrr_monthly.month,
        mrr_monthly.mrr,
        sum(coalesce(ledger.amount, 0)) over (
            partition by mrr_monthly.customer_id, mrr_monthly.currency order by mrr_monthly.month nulls last
        ) as ledger_mrr
    from {{ touched(ref('mrr_monthly')) }} as mrr_monthly
    left join ledger
        on
            mrr_monthly.customer_id = ledger.customer_id
            and mrr_monthly.currency = ledger.currency
            and mrr_monthly.month = ledger.month
)

select *
from months
where mrr <> ledger_mrr
