{# "Now" for every model and window: REVFUNNEL_AS_OF where it is set, else the clock. A naive UTC timestamp. #}
{% macro as_of() -%}
    {%- set given = setting('REVFUNNEL_AS_OF', '') -%}
    {%- if given -%}
        cast('{{ modules.datetime.datetime.fromisoformat(given | replace("Z", "+00:00")).astimezone(modules.pytz.utc).strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)
    {%- else -%}
        cast('{{ run_started_at.astimezone(modules.pytz.utc).strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)
    {%- endif -%}
{%- endmacro %}

{# The day after the last one of a month, or after today in the month that is not over. #}
{% macro day_after(month) -%}
    least({{ add_months(month, 1) }}, cast({{ add_days(local_time(as_of()), 1) }} as date))
{%- endmacro %}

{# The currency that boards read, lower case as Stripe writes it. #}
{% macro reporting_currency() -%}
    {{ setting('REVFUNNEL_CURRENCY', 'usd') | lower }}
{%- endmacro %}

{# The zone whose midnights end months; an IANA name. #}
{% macro reporting_timezone() -%}
    {{ setting('REVFUNNEL_TIMEZONE', 'UTC') }}
{%- endmacro %}

{# An environment variable as models see it when they run. While dbt parses it is not asked for: dbt would parse everything
   anew whenever its value is another one, as that of "now" is at every run. #}
{% macro setting(name, default) -%}
    {{ return(env_var(name, default) if execute else default) }}
{%- endmacro %}
