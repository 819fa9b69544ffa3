{{ config(materialized='incremental', incremental_strategy='objects', unique_key='customer_id') }}

with customers as (
    select * from {{ current_versions(source('raw_stripe', 'customers')) }}
),

parsed as (
    select
        *,
        {{ json_struct('payload', {
            "email": "VARCHAR", "name": "VARCHAR", "currency": "VARCHAR", "discount": "VARCHAR",
            "metadata": {"hubspot_company_id": "VARCHAR", "segment": "VARCHAR"},
        }) }} as customer
    from customers
)

select
    id as customer_id,
    customer.email,
    customer.name as customer_name,
    lower(customer.currency) as currency,
    nullif(trim(customer.metadata.hubspot_company_id), '') as metadata_hubspot_company_id,
    nullif(trim(customer.metadata.segment), '') as metadata_segment,
    customer.discount as discount_json,
    created_at,
    extracted_at,
    deleted as is_deleted
from parsed
