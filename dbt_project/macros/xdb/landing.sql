{# The latest version of every object in a raw table: by (extracted_at, content_hash), so that a landing which
   repeats a version gives the same result (DESIGN 4). Columns: id, created_at, updated_at, payload, extracted_at, deleted.
   An incremental model gets the objects only that have versions which the last complete build did not know: those versions
   are later than all others, or everything is built anew. #}
{% macro current_versions(relation) -%}
    (
        select
            id,
            payload,
            deleted,
            {{ utc('created_at') }} as created_at,
            {{ utc('updated_at') }} as updated_at,
            {{ utc('extracted_at') }} as extracted_at
        from (
            select
                *,
                row_number() over (partition by id order by extracted_at desc nulls last, content_hash desc nulls last) as version_rank
            from {{ relation }}
            {% if is_incremental() -%}
            where extracted_at > ({{ watermark(relation.schema ~ '.' ~ relation.identifier) }})
            {%- endif %}
        ) as ranked
        where version_rank = 1
    )
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
