{# "Now" for every model and window: REVFUNNEL_AS_OF where it is set, else the clock. A naive UTC timestamp. #}
{% macro as_of() -%}
    {%- set given = env_var('REVFUNNEL_AS_OF', '') -%}
    {%- if given -%}
        cast('{{ modules.datetime.datetime.fromisoformat(given | replace("Z", "+00:00")).astimezone(modules.pytz.utc).strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)
    {%- else -%}
        cast('{{ run_started_at.astimezone(modules.pytz.utc).strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)
    {%- endif -%}
{%- endmacro %}

{# The currency that boards read, lower case as Stripe writes it. #}
{% macro reporting_currency() -%}
    {{ env_var('REVFUNNEL_CURRENCY', 'usd') | lower }}
{%- endmacro %}

{# The zone whose midnights end months; an IANA name. #}
{% macro reporting_timezone() -%}
    {{ env_var('REVFUNNEL_TIMEZONE', 'UTC') }}
{%- endmacro %}
