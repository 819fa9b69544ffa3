with conversions as (
    select * from {{ ref('int_cohort_conversions') }}
),

final as (
    select
        contact_id,
        from_stage,
        to_stage,
        cohort_month,
        segment,
        source,
        owner,
        entered_at,
        converted_at,
        cast(days_to_convert as decimal(12, 2)) as days_to_convert,
        window_days,
        is_mature
    from conversions
)

select * from final
