-- Rows of the two cost files that cannot be counted: each stands here as in its file, with what is wrong.
select
    file_row,
    problem
from {{ ref('int_cost_rows') }}
where problem is not null
