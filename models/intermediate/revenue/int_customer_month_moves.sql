{{ config(materialized='incremental', incremental_strategy='touched', unique_key='customer_id') }}

{{ month_moves(touched(ref('mrr_monthly')), 'customer_id') }}
