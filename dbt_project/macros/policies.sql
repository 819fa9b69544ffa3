{# The policies a finance team may want otherwise: vars of dbt_project.yml, read here only, and refused by name where they
   say something that no model knows. #}

{% macro refuse_policy(name, allowed) -%}
    {{ exceptions.raise_compiler_error(
        "dbt_project.yml: var '" ~ name ~ "' is '" ~ var(name) ~ "'; allowed are " ~ allowed
    ) }}
{%- endmacro %}

{# A policy that is on or off, as SQL: true or false. #}
{% macro policy_flag(name) -%}
    {%- if var(name) is not boolean -%}
        {{ refuse_policy(name, "true and false") }}
    {%- endif -%}
    {{ 'true' if var(name) else 'false' }}
{%- endmacro %}

{# A policy that is one of several words. #}
{% macro policy_choice(name, choices) -%}
    {%- if var(name) not in choices -%}
        {{ refuse_policy(name, choices | join(" and ")) }}
    {%- endif -%}
    {{ return(var(name)) }}
{%- endmacro %}

{# A policy that is a number above zero; `whole` where it must have no decimals. #}
{% macro policy_number(name, whole=true) -%}
    {%- set given = var(name) -%}
    {%- if given is boolean or given is not number or given <= 0 or (whole and given is not integer) -%}
        {{ refuse_policy(name, ("whole " if whole else "") ~ "numbers above zero") }}
    {%- endif -%}
    {{ given }}
{%- endmacro %}

{# How many days past due an MRR still counts; none: for ever. #}
{% macro past_due_grace_days() -%}
    {%- set given = var('past_due_grace_days') -%}
    {%- if given == 'forever' -%}
        {{ return(none) }}
    {%- endif -%}
    {%- if given is boolean or given is not integer or given < 0 -%}
        {{ refuse_policy('past_due_grace_days', "forever and whole numbers of days from 0") }}
    {%- endif -%}
    {{ return(given) }}
{%- endmacro %}

{# The statuses whose items count as MRR, for an SQL `in`. #}
{% macro counted_statuses() -%}
    'active', 'past_due'
    {%- if policy_flag('trials_count_in_mrr') == 'true' %}, 'trial'{% endif -%}
{%- endmacro %}
