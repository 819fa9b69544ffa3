{{ config(materialized='incremental', incremental_strategy='touched_months', unique_key='customer_id', on_schema_change='fail') }}

with converted as (
    select * from {{ touched_months(ref('int_customer_retention')) }}
),

item_changes as (
    select * from {{ touched_months(ref('int_item_month_changes')) }}
),

{{ account_movements('customer_id') }}
