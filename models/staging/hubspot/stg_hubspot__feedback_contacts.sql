with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'associations_feedback_submissions_contacts')) }} as versions
),

parsed as (
    select {{ json_struct('payload', {'from': 'VARCHAR', 'to': 'VARCHAR'}) }} as association
    from current_rows
    where not deleted
),

final as (
    select distinct
        association['from'] as feedback_id,
        association['to'] as contact_id
    from parsed
)

select * from final
