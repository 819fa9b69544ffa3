-- The billing cycles of an item may not overlap within a span: seconds counted twice would hide as MRR that was not billed.
with cycles as (
    select
        subscription_item_id,
        valid_from,
        sum(window_seconds) as seconds
    from {{ touched(ref('int_contract_cycles'), 'subscription_id') }}
    group by subscription_item_id, valid_from
)

select
    cycles.subscription_item_id,
    cycles.valid_from,
    cycles.seconds
from cycles
inner join {{ touched(ref('int_contract_spans'), 'subscription_id') }} as spans
    on
        cycles.subscription_item_id = spans.subscription_item_id
        and cycles.valid_from = spans.valid_from
where cycles.seconds > {{ seconds_between('spans.valid_from', 'least(spans.valid_to, ' ~ reconciliation_ends_at() ~ ')') }}
