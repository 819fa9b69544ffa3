{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with bills as (
    select * from {{ touched(ref('int_reconciliation_bills'), 'subscription_id') }}
),

contracts as (
    select * from {{ touched(ref('int_reconciliation_contract'), 'subscription_id') }}
),

held as (
    select
        coalesce(bills.subscription_id, contracts.subscription_id) as subscription_id,
        coalesce(bills.lines, 0) as lines,
        coalesce(bills.billed_minor, 0) as billed,
        coalesce(contracts.contract_minor, 0) as contract,
        -coalesce(bills.once_minor, 0) as once_discounts,
        -coalesce(bills.uncollected_minor, 0) as uncollected,
        coalesce(bills.ended_minor, 0) as after_end,
        coalesce(bills.paused_minor, 0) as while_paused,
        coalesce(bills.trial_minor, 0) - coalesce(contracts.free_minor, 0) as free_time,
        -coalesce(contracts.unprorated_minor, 0) as not_prorated,
        -coalesce(contracts.unbilled_minor, 0) as not_billed
    from bills
    full outer join contracts on bills.subscription_id = contracts.subscription_id
    where bills.lines > 0 or contracts.contract_minor <> 0
),

compared as (
    select
        *,
        billed - contract as difference,
        billed - contract
        - once_discounts - uncollected - after_end - while_paused - free_time - not_prorated - not_billed as unexplained,
        -- price x quantity, discounts and tax of a line are each rounded to a minor unit
        1.5 * lines as rounding
    from held
),

weighed as (
    select
        *,
        greatest(
            abs(once_discounts),
            abs(uncollected),
            abs(after_end),
            abs(while_paused),
            abs(free_time),
            abs(not_prorated),
            abs(not_billed),
            abs(unexplained)
        ) as heaviest
    from compared
)

select
    *,
    case
        when greatest(abs(difference), heaviest) <= rounding then null
        when abs(unexplained) = heaviest then 'unexplained'
        when abs(not_prorated) = heaviest then 'not_prorated'
        when abs(not_billed) = heaviest then 'not_billed'
        when abs(uncollected) = heaviest then 'uncollected'
        when abs(free_time) = heaviest then 'free_time'
        when abs(once_discounts) = heaviest then 'once_discounts'
        when abs(while_paused) = heaviest then 'while_paused'
        else 'after_end'
    end as main_reason
from weighed
