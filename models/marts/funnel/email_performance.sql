{%- set dimensions = {
    'all': "'all'",
    'campaign': "coalesce(campaign_name, campaign_id, 'none')",
    'email': 'email_id',
} -%}

with emails as (
    select
        *,
        {{ month_start('published_at') }} as month
    from {{ ref('stg_hubspot__marketing_emails') }}
    where
        not is_archived
        and published_at <= {{ as_of() }}
        and delivered is not null
        and opens is not null
        and clicks is not null
),

by_dimension as (
    {%- for dimension, value in dimensions.items() %}
    select
        month,
        '{{ dimension }}' as dimension,
        {{ value }} as dimension_value,
        max({{ 'email_name' if dimension == 'email' else 'cast(null as ' ~ dbt.type_string() ~ ')' }}) as email_name,
        count(*) as emails,
        sum(sent) as sent,
        sum(delivered) as delivered,
        sum(opens) as opens,
        sum(clicks) as clicks
    from emails
    group by 1, 2, 3
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

final as (
    select
        month,
        dimension,
        dimension_value,
        email_name,
        cast(emails as bigint) as emails,
        cast(sent as bigint) as sent,
        cast(delivered as bigint) as delivered,
        cast(opens as bigint) as opens,
        cast(clicks as bigint) as clicks,
        {{ ratio('opens', 'delivered') }} as open_rate,
        {{ wilson_low('opens', 'delivered') }} as open_rate_low,
        {{ wilson_high('opens', 'delivered') }} as open_rate_high,
        {{ ratio('clicks', 'delivered') }} as click_rate,
        {{ wilson_low('clicks', 'delivered') }} as click_rate_low,
        {{ wilson_high('clicks', 'delivered') }} as click_rate_high
    from by_dimension
)

select * from final
