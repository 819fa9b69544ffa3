{{ config(severity='warn') }}

-- depends_on: {{ ref('mrr_close') }}
select
    judged_at,
    {{ as_of() }} as as_of
from {{ ref('int_close_state') }}
where is_looking_back
