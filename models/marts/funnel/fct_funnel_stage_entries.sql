with stage_entries as (
    select * from {{ ref('int_stage_entries') }}
    where object_type = 'contacts'
),

contact_companies as (
    select * from {{ ref('int_contact_companies') }}
    where not is_company_gone
),

contacts as (
    select * from {{ ref('int_record_dimensions') }}
    where object_type = 'contacts'
),

final as (
    select
        stage_entries.record_id as contact_id,
        contact_companies.company_id,
        contacts.segment,
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
    inner join contacts on stage_entries.record_id = contacts.record_id
    left join contact_companies on stage_entries.record_id = contact_companies.contact_id
)

select * from final
