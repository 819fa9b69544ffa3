with months as (
    select * from {{ ref('int_months') }}
),

cutoffs as (
    select
        month,
        least(ends_at, {{ as_of() }}) as cutoff_at,
        month = {{ month_start(as_of()) }} as is_now
    from months
    where month >= {{ add_months(month_start(as_of()), -12) }}
),

final as (
    select
        month,
        cutoff_at,
        is_now,
        {{ add_days('cutoff_at', policy_number('churn_window_days')) }} as window_ends_at,
        {{ add_days('cutoff_at', policy_number('churn_window_days')) }} <= {{ as_of() }} as is_mature
    from cutoffs
)

select * from final
