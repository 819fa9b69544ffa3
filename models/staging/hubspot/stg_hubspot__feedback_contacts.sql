{{ hubspot_association(
    source('raw_hubspot', 'associations_feedback_submissions_contacts'), 'feedback_id', 'contact_id', primary_type_id=98
) }}
