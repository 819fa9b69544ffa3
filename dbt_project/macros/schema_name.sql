{# A model lives in exactly the schema it names, without the target's prefix: BI asks for marts.mrr_monthly. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name if custom_schema_name else target.schema }}
{%- endmacro %}
