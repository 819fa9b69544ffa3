{# The stretch over which bills are held against contracts: the last closed months, as naive UTC timestamps. #}
{% macro reconciliation_starts_at() -%}
    {{ utc_midnight(add_months(month_start(as_of()), -var('reconciliation_months'))) }}
{%- endmacro %}

{% macro reconciliation_ends_at() -%}
    {{ utc_midnight(month_start(as_of())) }}
{%- endmacro %}

{# Seconds of [starts_at, ends_at) that lie in [other_starts_at, other_ends_at); zero where they do not meet. #}
{% macro shared_seconds(starts_at, ends_at, other_starts_at, other_ends_at) -%}
    greatest(
        {{ seconds_between(
            'greatest(' ~ starts_at ~ ', ' ~ other_starts_at ~ ')', 'least(' ~ ends_at ~ ', ' ~ other_ends_at ~ ')'
        ) }}, 0
    )
{%- endmacro %}
