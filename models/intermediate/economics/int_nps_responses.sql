with submissions as (
    select * from {{ ref('stg_hubspot__feedback_submissions') }}
    where survey_type = 'NPS' and not is_archived and submitted_at <= {{ as_of() }}
),

feedback_contacts as (
    select * from {{ ref('stg_hubspot__feedback_contacts') }}
),

merged_ids as (
    select * from {{ ref('int_hubspot_merged_ids') }}
    where object_type = 'contacts'
),

segments as (
    select
        contact_companies.contact_id,
        company_segments.segment
    from {{ ref('int_contact_companies') }} as contact_companies
    inner join {{ ref('int_company_segments') }} as company_segments
        on contact_companies.company_id = company_segments.company_id
),

-- An answer is one person's; where it is linked to several contacts, the oldest one's (ids grow).
respondents as (
    select
        feedback_contacts.feedback_id,
        coalesce(merged_ids.surviving_id, feedback_contacts.contact_id) as contact_id,
        row_number() over (
            partition by feedback_contacts.feedback_id
            order by
                {{ try_bigint('coalesce(merged_ids.surviving_id, feedback_contacts.contact_id)') }} nulls last,
                feedback_contacts.contact_id nulls last
        ) as contact_rank
    from feedback_contacts
    left join merged_ids on feedback_contacts.contact_id = merged_ids.old_id
),

-- The number decides; HubSpot's own group stands in where there is none, or none that the scale of 0 to 10 has.
grouped as (
    select
        submissions.feedback_id,
        submissions.submitted_at,
        {{ month_start('submissions.submitted_at') }} as month,
        respondents.contact_id,
        coalesce(segments.segment, 'unknown') as segment,
        case
            when submissions.score between 9 and 10 then 'promoter'
            when submissions.score >= 7 and submissions.score < 9 then 'passive'
            when submissions.score >= 0 and submissions.score < 7 then 'detractor'
            when submissions.response_group in ('promoter', 'passive', 'detractor') then submissions.response_group
        end as response_group
    from submissions
    left join respondents on submissions.feedback_id = respondents.feedback_id and respondents.contact_rank = 1
    left join segments on respondents.contact_id = segments.contact_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by month, coalesce(contact_id, 'answer ' || feedback_id)
            order by submitted_at desc nulls last, feedback_id desc nulls last
        ) as recency
    from grouped
    where response_group is not null
),

final as (
    select
        feedback_id,
        contact_id,
        month,
        submitted_at,
        segment,
        response_group
    from ranked
    where recency = 1
)

select * from final
