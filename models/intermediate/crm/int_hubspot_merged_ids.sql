{#- The surviving record holds the ids merged into it, but a survivor may have been merged away itself later on.
    Six hops follow such chains: HubSpot merges two records at a time and lists the whole ancestry on the last one, so
    that a longer chain would need six merges of which none had carried its ids over. -#}

{%- set records = {'contacts': 'contact_id', 'companies': 'company_id', 'deals': 'deal_id'} -%}

with listed_ids as (
    {%- for object_type, id_column in records.items() %}
    select
        '{{ object_type }}' as object_type,
        {{ id_column }} as new_id,
        {{ explode(split_text('merged_object_ids', ';')) }} as old_id
    from {{ ref('stg_hubspot__' ~ object_type) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

direct_merges as (
    select distinct
        object_type,
        trim(old_id) as old_id,
        new_id
    from listed_ids
    where trim(old_id) != '' and trim(old_id) != new_id
),

chains as (
    select
        hop_1.object_type,
        hop_1.old_id,
        coalesce(
            hop_6.new_id, hop_5.new_id, hop_4.new_id, hop_3.new_id, hop_2.new_id, hop_1.new_id
        ) as surviving_id
    from direct_merges as hop_1
    left join direct_merges as hop_2
        on hop_1.object_type = hop_2.object_type and hop_1.new_id = hop_2.old_id
    left join direct_merges as hop_3
        on hop_2.object_type = hop_3.object_type and hop_2.new_id = hop_3.old_id
    left join direct_merges as hop_4
        on hop_3.object_type = hop_4.object_type and hop_3.new_id = hop_4.old_id
    left join direct_merges as hop_5
        on hop_4.object_type = hop_5.object_type and hop_4.new_id = hop_5.old_id
    left join direct_merges as hop_6
        on hop_5.object_type = hop_6.object_type and hop_5.new_id = hop_6.old_id
),

-- An id listed by two survivors would give two rows; the newest survivor (ids grow) is the one that stands.
ranked as (
    select
        object_type,
        old_id,
        surviving_id,
        row_number() over (
            partition by object_type, old_id
            order by {{ try_bigint('surviving_id') }} desc nulls last, surviving_id desc nulls last
        ) as survivor_rank
    from chains
    where surviving_id != old_id
),

final as (
    select
        object_type,
        old_id,
        surviving_id
    from ranked
    where survivor_rank = 1
)

select * from final
