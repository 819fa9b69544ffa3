{# HubSpot gives every value as text and clears a value with an empty text: no text and an empty one are the same. #}
{% macro hubspot_text(column) -%}
    nullif(trim({{ column }}), '')
{%- endmacro %}

{# A time that HubSpot gives as ISO 8601 or as milliseconds since 1970, to a naive UTC timestamp; NULL where it is neither. #}
{% macro hubspot_time(column) -%}
    case
        when {{ try_bigint(hubspot_text(column)) }} is not null
            then {{ epoch_to_timestamp('floor(' ~ try_bigint(hubspot_text(column)) ~ ' / 1000)') }}
        else {{ iso_to_timestamp(hubspot_text(column)) }}
    end
{%- endmacro %}

{# The day of a HubSpot date: "2026-03-01", with or without a time, or milliseconds since 1970. NULL where it is none. #}
{% macro hubspot_date(column) -%}
    case
        when {{ try_bigint(hubspot_text(column)) }} is not null then cast({{ hubspot_time(column) }} as date)
        else {{ iso_to_date('substring(' ~ hubspot_text(column) ~ ', 1, 10)') }}
    end
{%- endmacro %}

{# How many of the given [raw text, typed value] pairs hold a text that its type could not take. #}
{% macro failed_casts(pairs) -%}
    {%- for raw, typed in pairs %}
        case when {{ hubspot_text(raw) }} is not null and {{ typed }} is null then 1 else 0 end{{ ' +' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# A CRM association stream as one row a pair of ids. `is_primary`: HubSpot's own association type of that name,
   not a label of that name which a user defined. #}
{% macro hubspot_association(relation, from_id, to_id, primary_type_id) -%}
with current_rows as (
    select * from {{ current_versions(relation) }} as versions
),

parsed as (
    select
        id,
        {{ json_struct('payload', {
            'from': 'VARCHAR',
            'to': 'VARCHAR',
            'types': [{'category': 'VARCHAR', 'typeId': 'VARCHAR'}],
        }) }} as association
    from current_rows
    where not deleted
),

types as (
    select
        id,
        {{ explode('association.types') }} as association_type
    from parsed
),

primary_pairs as (
    select distinct id
    from types
    where
        association_type.category = 'HUBSPOT_DEFINED'
        and {{ try_bigint('association_type.typeid') }} = {{ primary_type_id }}
),

final as (
    select
        parsed.association['from'] as {{ from_id }},
        parsed.association['to'] as {{ to_id }},
        primary_pairs.id is not null as is_primary
    from parsed
    left join primary_pairs on parsed.id = primary_pairs.id
)

select * from final
{%- endmacro %}

{# Every value that a record's lifecycle stage has had, newest first, as one row a value. #}
{% macro hubspot_lifecycle_history(relation, record_id) -%}
with current_rows as (
    select * from {{ current_versions(relation) }} as versions
),

parsed as (
    select
        id,
        {{ json_struct('payload', {'propertiesWithHistory': {
            'lifecyclestage': [{'value': 'VARCHAR', 'timestamp': 'VARCHAR', 'sourceType': 'VARCHAR'}],
        }}) }} as object
    from current_rows
),

history as (
    select
        id,
        {{ explode_with_position('object.propertieswithhistory.lifecyclestage', 'position', 'entry') }}
    from parsed
),

final as (
    select
        id as {{ record_id }},
        -- HubSpot lists the newest first: 0 is the current value.
        cast(position as bigint) as position,
        {{ hubspot_text('entry.value') }} as source_stage,
        {{ iso_to_timestamp("entry['timestamp']") }} as entered_at,
        upper({{ hubspot_text('entry.sourcetype') }}) as source_type,
        {{ failed_casts([["entry['timestamp']", iso_to_timestamp("entry['timestamp']")]]) }} as failed_casts
    from history
)

select * from final
{%- endmacro %}

{# The property hs_v2_date_entered_<stage> of every stage, an account's own ones (numeric ids) among them, as one row a record
   and stage. HubSpot keeps them also where the history of values was cut or may not be read. #}
{% macro hubspot_stage_dates(relation, record_id) -%}
{%- set prefix = 'hs_v2_date_entered_' -%}
with current_rows as (
    select * from {{ current_versions(relation) }} as versions
),

dates as (
    select
        id,
        {{ explode(json_members('payload', 'properties', prefix)) }} as member
    from current_rows
),

final as (
    select
        id as {{ record_id }},
        substring(member.key, {{ prefix | length + 1 }}) as source_stage,
        {{ iso_to_timestamp('member.value') }} as entered_at,
        {{ failed_casts([['member.value', iso_to_timestamp('member.value')]]) }} as failed_casts
    from dates
    where
        {{ hubspot_text('member.value') }} is not null
        and member.key != '{{ prefix }}current_stage' -- the date of whichever stage is the present one
)

select * from final
{%- endmacro %}
