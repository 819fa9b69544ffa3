{#- What the models read of stats.counters: HubSpot's name and ours. -#}
{%- set counters = {'sent': 'sent', 'delivered': 'delivered', 'open': 'opens', 'click': 'clicks', 'bounce': 'bounces'} -%}
{%- set counter_types = {} -%}
{%- set casts = [
    ['email.publishedat', hubspot_time('email.publishedat')],
    ['email.publishdate', hubspot_time('email.publishdate')],
] -%}
{%- for counter in counters -%}
{%- do counter_types.update({counter: 'VARCHAR'}) -%}
{%- set raw = "counters['" ~ counter ~ "']" -%}
{%- do casts.append([raw, try_bigint(hubspot_text(raw))]) -%}
{%- endfor -%}

with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'marketing_emails')) }} as versions
),

parsed as (
    select
        id,
        created_at,
        deleted,
        {{ json_struct('payload', {
            'name': 'VARCHAR',
            'state': 'VARCHAR',
            'campaign': 'VARCHAR',
            'campaignName': 'VARCHAR',
            'publishDate': 'VARCHAR',
            'publishedAt': 'VARCHAR',
            'stats': {'counters': counter_types},
        }) }} as email
    from current_rows
),

flattened as (
    select
        *,
        email.stats.counters as counters
    from parsed
),

final as (
    select
        id as email_id,
        {{ hubspot_text('email.name') }} as email_name,
        upper({{ hubspot_text('email.state') }}) as state,
        {{ hubspot_text('email.campaign') }} as campaign_id,
        {{ hubspot_text('email.campaignname') }} as campaign_name,
        coalesce({{ hubspot_time('email.publishedat') }}, {{ hubspot_time('email.publishdate') }}) as published_at,
        {%- for counter, name in counters.items() %}
        {{ try_bigint(hubspot_text("counters['" ~ counter ~ "']")) }} as {{ name }},
        {%- endfor %}
        created_at,
        deleted as is_archived,
        {{ failed_casts(casts) }} as failed_casts
    from flattened
)

select * from final
