with mrr_close as (
    select * from {{ ref('mrr_close') }}
),

seals as (
    select * from {{ ref('int_close_seals') }}
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
),

found as (
    select
        mrr_close.month,
        count(*) as closed_rows,
        cast({{ closed_figures() }} as decimal(38, 8)) as figures
    from mrr_close
    inner join weights
        on
            mrr_close.customer_id = weights.customer_id
            and mrr_close.currency = weights.currency
    group by mrr_close.month
)

select
    month,
    seals.closed_rows as rows_sealed,
    found.closed_rows as rows_found,
    seals.figures as figures_sealed,
    found.figures as figures_found
from seals
full outer join found using (month)
where
    seals.month is null
    or found.month is null
    or seals.closed_rows <> found.closed_rows
    or seals.figures <> found.figures
