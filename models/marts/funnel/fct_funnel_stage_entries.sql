with stage_entries as (
    select * from {{ ref('int_stage_entries') }}
    where object_type = 'contacts'
),

contact_companies as (
    select * from {{ ref('int_contact_companies') }}
    where not is_company_gone
),

final as (
    select
        stage_entries.record_id as contact_id,
        contact_companies.company_id,
        stage_entries.stage,
        stage_entries.stage_order,
        stage_entries.first_entered_at,
        stage_entries.last_entered_at,
        stage_entries.entries,
        stage_entries.is_imputed,
        stage_entries.entry_source,
        stage_entries.evidence,
        stage_entries.is_cohort_entry,
        stage_entries.is_regressed,
        stage_entries.is_current
    from stage_entries
    left join contact_companies on stage_entries.record_id = contact_companies.contact_id
)

select * from final
