{{ config(materialized='incremental', incremental_strategy='objects', unique_key='contact_id') }}

{#- HubSpot keeps a property hs_v2_date_entered_<stage> for each stage, also where the history of values was cut or is
    not readable with the account's scopes. Custom stages have numeric ids and are not among them here. -#}
{%- set stages = [
    'subscriber', 'lead', 'marketingqualifiedlead', 'salesqualifiedlead', 'opportunity', 'customer', 'evangelist', 'other',
] -%}
{%- set properties = {} -%}
{%- for stage in stages -%}
{%- do properties.update({'hs_v2_date_entered_' ~ stage: 'VARCHAR'}) -%}
{%- endfor -%}

with current_rows as (
    select * from {{ current_versions(source('raw_hubspot', 'contacts')) }} as versions
),

parsed as (
    select
        id,
        {{ json_struct('payload', {'properties': properties}) }}.properties as properties
    from current_rows
),

dates as (
    {%- for stage in stages %}
    select
        id as contact_id,
        '{{ stage }}' as source_stage,
        properties.hs_v2_date_entered_{{ stage }} as entered_text
    from parsed
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

final as (
    select
        contact_id,
        source_stage,
        {{ iso_to_timestamp('entered_text') }} as entered_at,
        {{ failed_casts([['entered_text', iso_to_timestamp('entered_text')]]) }} as failed_casts
    from dates
    where {{ hubspot_text('entered_text') }} is not null
)

select * from final
