with final as (
    select
        record_id as company_id,
        stage,
        stage_order,
        first_entered_at,
        last_entered_at,
        entries,
        is_imputed,
        entry_source,
        evidence,
        is_cohort_entry,
        is_regressed,
        is_current
    from {{ ref('int_stage_entries') }}
    where object_type = 'companies'
)

select * from final
