{{ config(materialized='incremental', incremental_strategy='objects', unique_key='balance_transaction_id') }}

with balance_transactions as (
    select * from {{ current_versions(source('raw_stripe', 'balance_transactions')) }}
),

parsed as (
    select
        id,
        created_at,
        {{ json_struct('payload', {
            "currency": "VARCHAR", "amount": "VARCHAR", "exchange_rate": "VARCHAR", "source": {"currency": "VARCHAR"},
        }) }} as txn
    from balance_transactions
)

select
    id as balance_transaction_id,
    lower(txn.currency) as settlement_currency,
    lower(txn.source.currency) as source_currency,
    {{ try_bigint('txn.amount') }} as amount_minor,
    try_cast(txn.exchange_rate as decimal(18, 10)) as exchange_rate,
    created_at
from parsed
