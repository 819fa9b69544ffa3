{{ config(materialized='incremental', incremental_strategy='touched', unique_key='account_id') }}

{{ month_moves(touched_accounts(ref('company_mrr_monthly')), 'account_id') }}
