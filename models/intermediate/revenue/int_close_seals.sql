{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false, on_schema_change='fail') }}

with mrr_close as (
    select * from {{ ref('mrr_close') }}
    {% if is_incremental() %}
    where month not in (select month from {{ this }})
    {% endif %}
),

customers as (
    select distinct
        customer_id,
        currency
    from mrr_close
),

-- weighed once each: the hash costs more than all the rest
weights as (
    select
        customer_id,
        currency,
        {{ text_weight("customer_id || currency") }} as weight
    from customers
)

select
    mrr_close.month,
    count(*) as closed_rows,
    cast({{ closed_figures() }} as decimal(38, 8)) as figures,
    {{ as_of() }} as sealed_at
from mrr_close
inner join weights
    on
        mrr_close.customer_id = weights.customer_id
        and mrr_close.currency = weights.currency
group by mrr_close.month
