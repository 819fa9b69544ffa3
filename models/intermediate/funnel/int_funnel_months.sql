with first_entries as (
    select min(valid_from) as first_entered_at from {{ ref('int_stage_spans') }}
),

months as (
    select month
    from {{ months_between(
        '(select ' ~ month_start('first_entered_at') ~ ' from first_entries)', month_start(as_of())
    ) }} as months
)

select
    month,
    least({{ utc_midnight(add_months('month', 1)) }}, {{ as_of() }}) as ends_at,
    {{ utc_midnight(add_months('month', 1)) }} <= {{ as_of() }} as is_complete
from months
