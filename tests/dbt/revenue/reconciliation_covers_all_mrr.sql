-- A subscription with MRR at the end of a reconciled month must be held against its bills: one that is left out could not
-- differ.
with item_months as (
    select * from {{ touched(ref('int_item_months')) }}
),

reconciled as (
    select * from {{ touched(ref('mrr_reconciliation')) }}
)

select distinct item_months.subscription_id
from item_months
left join reconciled on item_months.subscription_id = reconciled.subscription_id
where
    item_months.mrr > 0
    and item_months.status <> 'usage'
    and item_months.month >= {{ add_months(month_start(as_of()), -var('reconciliation_months')) }}
    and item_months.month < {{ month_start(as_of()) }}
    and (reconciled.contract is null or reconciled.contract <= 0)
