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
    -- what a spreadsheet leaves around an id: blanks, tabs, ends of lines
    nullif(trim(translate(customer.metadata.hubspot_company_id, chr(9) || chr(10) || chr(13), '   ')), '')
        as metadata_hubspot_company_id,
    nullif(trim(customer.metadata.segment), '') as metadata_segment,
    customer.discount as discount_json,
    created_at,
    extracted_at,
    deleted as is_deleted
from parsed
