-- An item is worth one thing at a time.
select
    subscription_item_id,
    valid_from,
    valid_to,
    next_valid_from
from (
    select
        subscription_item_id,
        valid_from,
        valid_to,
        lead(valid_from) over (partition by subscription_item_id order by valid_from nulls last) as next_valid_from
    from {{ touched(ref('int_item_spans')) }}
) as spans
where valid_to is null and next_valid_from is not null or valid_to > next_valid_from or valid_to <= valid_from
