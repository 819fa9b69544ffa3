with valued as (
    select * from {{ ref('int_reconciliation_amounts') }}
),

rates as (
    select * from {{ ref('int_fx_rates') }}
)

select
    valued.customer_id,
    valued.subscription_id,
    valued.currency,
    cast({{ add_months(month_start(as_of()), -var('reconciliation_months')) }} as date) as first_month,
    cast({{ add_months(month_start(as_of()), -1) }} as date) as last_month,
    cast(valued.lines as bigint) as lines,
    valued.billed,
    valued.contract,
    valued.difference,
    valued.once_discounts,
    valued.uncollected,
    valued.after_end,
    valued.while_paused,
    valued.free_time,
    valued.not_prorated,
    valued.not_billed,
    valued.unexplained,
    cast(valued.contract * rates.rate as {{ money_type() }}) as contract_reporting,
    cast(valued.difference * rates.rate as {{ money_type() }}) as difference_reporting,
    cast(valued.unexplained * rates.rate as {{ money_type() }}) as unexplained_reporting,
    valued.is_reconciled,
    valued.main_reason
from valued
left join rates
    on
        valued.currency = rates.currency
        and rates.month = {{ add_months(month_start(as_of()), -1) }}
