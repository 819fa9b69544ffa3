{# The health score: its signals and weights, and how a signal costs points. Vars of dbt_project.yml, refused by name where
   they make no score. #}

{# The signals in order, with the points each is worth where all are known: together 100, so that the score needs no scale. #}
{% macro health_weights() -%}
    {%- set weights = var('health_weights') -%}
    {%- set signals = ['cancellation', 'payments', 'usage', 'seats', 'nps', 'contact'] -%}
    {%- if weights is not mapping or weights.keys() | sort != signals | sort or weights.values() | sum != 100
        or weights.values() | reject('integer') | list or weights.values() | min < 0 -%}
        {{ refuse_policy('health_weights', 'whole numbers for ' ~ signals | join(', ') ~ ' that add up to 100') }}
    {%- endif -%}
    {%- set ordered = {} -%}
    {%- for signal in signals -%} {%- do ordered.update({signal: weights[signal]}) -%} {%- endfor -%}
    {{ return(ordered) }}
{%- endmacro %}

{# How bad a value is by the two figures of a var: 0, 0.5 or 1; NULL where it is unknown. #}
{% macro health_severity(value, name) -%}
    {%- set steps = var(name) -%}
    {%- if steps is string or steps | length != 2 or steps[0] <= 0 or steps[1] < steps[0] -%}
        {{ refuse_policy(name, 'two numbers above zero, the second no less than the first') }}
    {%- endif -%}
    cast(
        case
            when {{ value }} >= {{ steps[1] }} then 1
            when {{ value }} >= {{ steps[0] }} then 0.5
            when {{ value }} is not null then 0
        end as decimal(2, 1)
    )
{%- endmacro %}

{# The weight of the known signals among `signals`, up to the one at `last`. #}
{% macro known_weight(signals, last) -%}
    {%- for signal in signals[:last + 1] %}
        case when {{ signal }}_severity is null then 0 else {{ health_weights()[signal] }} end
        {{- ' +' if not loop.last }}
    {%- else -%} 0 {%- endfor -%}
{%- endmacro %}

{# Whole points that the signal at `position` of `signals` is worth, when the weight of the unknown ones is shared out among the
   known, whose weight is in the column `known`: the rounded share of all up to it less that of all before it, so that they come
   to 100 exactly. NULL if unknown. #}
{% macro shared_points(signals, position, known) -%}
    case
        when {{ signals[position] }}_severity is not null
            then
                {{ rounded_share(known_weight(signals, position), known) }}
                - {{ rounded_share(known_weight(signals, position - 1), known) }}
    end
{%- endmacro %}

{# Percent in whole points, halves up. #}
{% macro rounded_share(part, whole) -%}
    cast(floor((200 * ({{ part }}) + ({{ whole }})) / nullif(cast(2 * ({{ whole }}) as double), 0)) as integer)
{%- endmacro %}

{# The band of a score: what little is known of a customer makes nobody healthy. #}
{% macro health_band(score, known_weight) -%}
    case
        when {{ score }} <= {{ policy_number('health_at_risk_max') }} then 'at_risk'
        when {{ score }} <= {{ policy_number('health_watch_max') }} then 'watch'
        when {{ score }} is null or {{ known_weight }} < {{ policy_number('health_min_known_weight') }} then 'too_little_known'
        else 'healthy'
    end
{%- endmacro %}

{# Customers and churned ones of a score band, and of all bands together, from rows that hold a number of `customers` each. #}
{% macro backtest_counts() -%}
    sum(case when is_in_band then customers else 0 end) as customers,
        sum(case when is_in_band and is_churned then customers else 0 end) as churned,
        sum(customers) as all_customers,
        sum(case when is_churned then customers else 0 end) as all_churned,
        sum(case when is_in_band then mrr_reporting end) as mrr_reporting,
        sum(case when is_in_band and is_churned then mrr_reporting end) as churned_mrr_reporting
{%- endmacro %}
