{# By what closed deals are split, with the column (of fct_deals) that holds each: their counts and the survival of their cycles
   are of the same groups. #}
{% macro deal_dimensions() -%}
    {{ return({
        'all': "'all'", 'owner': 'owner_id', 'segment': 'segment', 'source': 'source', 'pipeline': 'pipeline_id',
        'deal_type': 'deal_type',
    }) }}
{%- endmacro %}
