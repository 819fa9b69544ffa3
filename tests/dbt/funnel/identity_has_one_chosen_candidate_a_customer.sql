-- A second chosen candidate would double the customer, and its MRR with it.
select
    customer_id,
    count(*) as chosen
from {{ ref('int_identity_candidates') }}
where is_chosen
group by customer_id
having count(*) > 1
