{{ config(materialized='incremental', incremental_strategy='touched_months', unique_key='account_id', on_schema_change='fail') }}

with moves as (
    select * from {{ touched_accounts(ref('int_company_month_moves'), later=[0]) }}
),

rates as (
    select * from {{ ref('int_fx_rates') }}
),

{{ converted_moves(touched_accounts(ref('company_mrr_monthly'), later=[0, 1]), 'account_id') }},

customers as (
    select * from {{ ref('int_customer_accounts') }}
),

item_changes as (
    select
        changes.*,
        coalesce(customers.account_id, changes.customer_id) as account_id
    from {{ touched_accounts(ref('int_item_month_changes'), 'customer_id', later=[0]) }} as changes
    left join customers on changes.customer_id = customers.customer_id
),

{{ account_movements('account_id') }}
