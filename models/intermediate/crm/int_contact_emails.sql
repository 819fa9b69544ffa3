with contacts as (
    select * from {{ ref('int_hubspot_contacts') }}
),

emails as (
    select
        contact_id,
        email,
        true as is_main_email
    from contacts
    union all
    select
        contact_id,
        {{ explode(split_text('additional_emails', ';')) }} as email,
        false as is_main_email
    from contacts
),

final as (
    select
        contact_id,
        lower(trim(email)) as email,
        max(case when is_main_email then 1 else 0 end) = 1 as is_main_email
    from emails
    where {{ hubspot_text('email') }} is not null
    group by contact_id, lower(trim(email))
)

select * from final
