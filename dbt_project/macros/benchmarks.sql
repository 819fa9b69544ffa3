{# (metric, segment) that the models int_benchmark_* say that they give (`meta: {benchmarks: ...}`); none while parsing. #}
{% macro measured_benchmarks() -%}
    {%- set found = [] -%}
    {%- for node in (graph.nodes.values() if execute else []) -%}
        {%- for metric, told in node.config.get('meta', {}).get('benchmarks', {}).items() -%}
            {%- for segment in told.segments -%}
                {%- for each in (var('customer_segments') if segment == 'customer' else [segment]) -%}
                    {%- do found.append((metric, each)) -%}
                {%- endfor -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
