with bills as (
    select * from {{ ref('int_backtest_bills') }}
),

contracts as (
    select * from {{ ref('int_backtest_contracts') }}
),

subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

rates as (
    select * from {{ ref('int_fx_rates') }}
),

compared as (
    select
        coalesce(bills.subscription_id, contracts.subscription_id) as subscription_id,
        coalesce(contracts.mrr, 0) as mrr_live,
        coalesce(bills.mrr, 0) as mrr_from_invoices,
        coalesce(bills.mrr, 0) - coalesce(contracts.mrr, 0) as error,
        coalesce(bills.rounding, 0) as rounding,
        coalesce(contracts.status, 'ended') as status,
        coalesce(contracts.list_mrr, 0) as list_mrr,
        coalesce(contracts.billed_mrr, 0) as billed_mrr,
        coalesce(contracts.billed_list_mrr, 0) as billed_list_mrr,
        bills.last_billed_at,
        bills.subscription_id is null as has_no_bill,
        coalesce(bills.is_free, false) as is_free,
        coalesce(bills.has_stale_draft, false) as has_stale_draft
    from bills
    full outer join contracts on bills.subscription_id = contracts.subscription_id
),

-- a change since the last bill explains what is missing only if the two agreed when that bill was made
explained as (
    select
        *,
        case
            when abs(error) <= rounding then null
            when status not in ({{ counted_statuses() }}) then status
            when has_no_bill then 'not_billed'
            when has_stale_draft then 'draft'
            when is_free then 'free_period'
            when abs(mrr_from_invoices - billed_mrr) > rounding then 'unexplained'
            when list_mrr <> billed_list_mrr then 'changed_since_billed'
            else 'discount_changed_since_billed'
        end as reason
    from compared
    where mrr_live <> 0 or mrr_from_invoices <> 0
)

select
    subscriptions.customer_id,
    explained.subscription_id,
    subscriptions.currency,
    explained.status,
    cast({{ local_time('explained.last_billed_at') }} as date) as last_billed_on,
    cast(explained.mrr_live as {{ money_type() }}) as mrr_live,
    cast(explained.mrr_from_invoices as {{ money_type() }}) as mrr_from_invoices,
    cast(explained.error as {{ money_type() }}) as error,
    cast(explained.mrr_live * rates.rate as {{ money_type() }}) as mrr_live_reporting,
    cast(explained.error * rates.rate as {{ money_type() }}) as error_reporting,
    explained.reason is null as is_exact,
    explained.reason
from explained
inner join subscriptions on explained.subscription_id = subscriptions.subscription_id
left join rates
    on
        subscriptions.currency = rates.currency
        and rates.month = {{ month_start(as_of()) }}
