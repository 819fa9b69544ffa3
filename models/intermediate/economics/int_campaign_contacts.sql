{#- Which details of a source can hold a campaign. Of other sources they hold a search term and an engine, a website, a network, a
    keyword; the second one of an import is the name of its file, that of an e-mail the e-mail's. Source: HubSpot knowledge base,
    "Understand Original and Latest source properties", table of drill-down values. -#}
{%- set details = {
    'analytics_source_data_1': ['PAID_SEARCH', 'EMAIL_MARKETING', 'OTHER_CAMPAIGNS'],
    'analytics_source_data_2': ['PAID_SOCIAL', 'SOCIAL_MEDIA', 'EMAIL_MARKETING', 'OFFLINE'],
} -%}
{#- How a contact can name its campaign, the surest first. -#}
{%- set readings = [
    ('utm_campaign', 'analytics_source_data_1'),
    ('utm_campaign', 'analytics_source_data_2'),
    ('campaign_name', 'analytics_source_data_1'),
    ('campaign_name', 'analytics_source_data_2'),
] -%}

with contacts as (
    select * from {{ ref('int_hubspot_contacts') }}
),

campaigns as (
    select * from {{ ref('stg_hubspot__campaigns') }}
    where not is_archived and coalesce(created_at <= {{ as_of() }}, true)
),

candidates as (
    {%- for named_by, detail in readings %}
    select
        contacts.contact_id,
        contacts.created_at as became_lead_at,
        contacts.analytics_source,
        campaigns.campaign_id,
        campaigns.created_at as campaign_created_at,
        '{{ named_by }}' as matched_by,
        {{ loop.index }} as reading
    from contacts
    inner join campaigns on lower(contacts.{{ detail }}) = lower(campaigns.{{ named_by }})
    where
        contacts.analytics_source in (
            '{{ details[detail] | join("', '") }}'
        )
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- One contact counts for one campaign only, also where two campaigns bear one name: then for the older one.
ranked as (
    select
        *,
        row_number() over (
            partition by contact_id
            order by reading nulls last, campaign_created_at nulls last, campaign_id nulls last
        ) as preference
    from candidates
),

final as (
    select
        contact_id,
        campaign_id,
        matched_by,
        coalesce(analytics_source, 'unknown') as source,
        became_lead_at
    from ranked
    where preference = 1
)

select * from final
