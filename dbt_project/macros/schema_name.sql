{# A model lives in exactly the schema it names, without the target's prefix: marts.mrr_monthly is a contract (DESIGN 10). #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name if custom_schema_name else target.schema }}
{%- endmacro %}
