-- The monthly NRR and the 12-month NRR of one year differ by what the three parts say, and by a part only where its cause is
-- there: 0.000001 is twelve roundings at the eighth decimal, times a year's growth.
with months as (
    select * from {{ ref('nrr_monthly') }}
),

years as (
    select
        months.month,
        months.dimension,
        months.dimension_value,
        count(steps.nrr_bridge) as bridges,
        {{ product('steps.nrr_bridge') }} as nrr_multiplied,
        sum(steps.reactivation_mrr) as reactivation_mrr,
        sum(steps.new_mrr + steps.reactivation_mrr) as won_mrr
    from months
    inner join months as steps
        on
            months.dimension = steps.dimension
            and months.dimension_value = steps.dimension_value
            and months.month >= steps.month
            and {{ add_months('steps.month', 11) }} >= months.month
    group by 1, 2, 3
)

select
    months.month,
    months.dimension,
    months.dimension_value,
    months.nrr_12m,
    months.nrr_bridge_12m,
    years.nrr_multiplied,
    months.nrr_gap_newer_customers,
    months.nrr_gap_fx,
    months.nrr_gap_reactivation
from months
inner join years
    on
        months.month = years.month
        and months.dimension = years.dimension
        and months.dimension_value = years.dimension_value
where
    (years.bridges = 12) <> (months.nrr_bridge_12m is not null)
    or (months.nrr_12m is not null and months.nrr_bridge_12m is not null) <> (months.nrr_gap_reason is not null)
    or abs(months.nrr_bridge_12m - years.nrr_multiplied) > 0.000001 * greatest(1, years.nrr_multiplied)
    or months.nrr_12m
    <> months.nrr_bridge_12m + months.nrr_gap_newer_customers + months.nrr_gap_fx + months.nrr_gap_reactivation
    or (years.won_mrr = 0 and abs(months.nrr_gap_newer_customers) > 0.000001)
    or (months.dimension = 'currency' and abs(months.nrr_gap_fx) > 0.000001)
    or (years.reactivation_mrr = 0 and months.nrr_gap_reactivation <> 0)
    or months.nrr_gap_reactivation < -0.000001
