{# The latest version of every object in a raw table: by (extracted_at, content_hash), so that a landing which
   repeats a version gives the same result. Columns: id, created_at, updated_at, payload, extracted_at, deleted.
   An incremental model gets the objects only that have versions which the last complete build did not know (those versions are
   later than all others, or everything is built anew), and those for which the condition `or_those` holds. #}
{% macro current_versions(relation, or_those=none) -%}
    (
        {#- which versions they are is found out without the payloads, or all of them would have to be in memory at once -#}
        with versions as (
            select
                id,
                extracted_at,
                content_hash,
                count(*) as copies,
                row_number() over (partition by id order by extracted_at desc nulls last, content_hash desc nulls last) as version_rank
            from {{ relation }}
            {% if is_incremental() -%}
            where extracted_at > ({{ watermark(relation.schema ~ '.' ~ relation.identifier) }}){{ ' or ' ~ or_those if or_those }}
            {%- endif %}
            group by id, extracted_at, content_hash
        )

        {{ stored_versions(relation, 'versions.copies = 1') }}
        union all
        select id, payload, deleted, created_at, updated_at, extracted_at
        from (
            select
                repeated.*,
                row_number() over (partition by id order by extracted_at nulls last) as copy_number
            from ({{ stored_versions(relation, 'versions.copies > 1') }}) as repeated
        ) as numbered
        where copy_number = 1
    )
{%- endmacro %}

{# The rows of a raw table that hold the latest versions of the CTE `versions`, where a condition is met. #}
{% macro stored_versions(relation, condition) -%}
    select
        stored.id,
        stored.payload,
        stored.deleted,
        {{ utc('stored.created_at') }} as created_at,
        {{ utc('stored.updated_at') }} as updated_at,
        {{ utc('stored.extracted_at') }} as extracted_at
    from {{ relation }} as stored
    inner join versions
        on
            stored.id = versions.id
            and stored.extracted_at = versions.extracted_at
            and stored.content_hash = versions.content_hash
    where versions.version_rank = 1 and {{ condition }}
{%- endmacro %}

{# Every version of every object as it was seen: an object that changed and changed back has three. Of an incremental model's
   objects as above. #}
{% macro all_versions(relation) -%}
    (
        select
            id,
            payload,
            deleted,
            content_hash,
            {{ utc('min(created_at)') }} as created_at,
            {{ utc('extracted_at') }} as extracted_at
        from {{ relation }}
        {% if is_incremental() -%}
        where id in (
            select id from {{ relation }}
            where extracted_at > ({{ watermark(relation.schema ~ '.' ~ relation.identifier) }})
        )
        {%- endif %}
        group by id, payload, deleted, content_hash, extracted_at
    )
{%- endmacro %}
