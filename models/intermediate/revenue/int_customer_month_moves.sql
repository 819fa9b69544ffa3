{{ config(materialized='incremental', incremental_strategy='touched_months', unique_key='customer_id') }}

{{ month_moves(touched_currencies(ref('mrr_monthly')), 'customer_id') }}
