with responses as (
    select * from {{ ref('int_nps_responses') }}
),

by_dimension as (
    {%- for dimension, value in {'all': "'all'", 'segment': 'segment'}.items() %}
    select
        month,
        '{{ dimension }}' as dimension,
        {{ value }} as dimension_value,
        count(*) as responses,
        count(case when response_group = 'promoter' then 1 end) as promoters,
        count(case when response_group = 'passive' then 1 end) as passives,
        count(case when response_group = 'detractor' then 1 end) as detractors
    from responses
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
        cast(responses as bigint) as responses,
        cast(promoters as bigint) as promoters,
        cast(passives as bigint) as passives,
        cast(detractors as bigint) as detractors,
        {{ nps('promoters', 'detractors', 'responses') }} as nps,
        {{ nps_bound('promoters', 'detractors', 'responses', '-') }} as nps_low,
        {{ nps_bound('promoters', 'detractors', 'responses', '+') }} as nps_high
    from by_dimension
)

select * from final
