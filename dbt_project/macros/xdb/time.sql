{# Unix seconds (text or number) to a naive UTC timestamp; NULL where it is no number. #}
{% macro epoch_to_timestamp(column) -%}
    {{ return(adapter.dispatch('epoch_to_timestamp')(column)) }}
{%- endmacro %}

{% macro duckdb__epoch_to_timestamp(column) -%}
    make_timestamp(try_cast({{ column }} as bigint) * 1000000)
{%- endmacro %}

{% macro spark__epoch_to_timestamp(column) -%}
    timestamp_seconds({{ try_bigint(column) }})
{%- endmacro %}

{# ISO 8601 text (with or without an offset) to a naive UTC timestamp; NULL where it is no time. A year of more than four digits is
   none (somebody typed one too many): Python has no such dates. #}
{% macro iso_to_timestamp(column) -%}
    {{ return(adapter.dispatch('iso_to_timestamp')(column)) }}
{%- endmacro %}

{% macro duckdb__iso_to_timestamp(column) -%}
    {%- set read = "cast(timezone('UTC', try_cast(" ~ column ~ " as timestamptz)) as timestamp)" -%}
    {%- set year_10000 = "timestamp '10000-01-01 00:00:00'" -%}
    nullif(least({{ read }}, {{ year_10000 }}), {{ year_10000 }})
{%- endmacro %}

{% macro spark__iso_to_timestamp(column) -%}
    case when {{ spark__is_day(column) }} then try_cast({{ column }} as timestamp) end
{%- endmacro %}

{# ISO 8601 text of a day, or of a time of that day, to a date; NULL where it is none. #}
{% macro iso_to_date(column) -%}
    {{ return(adapter.dispatch('iso_to_date')(column)) }}
{%- endmacro %}

{% macro duckdb__iso_to_date(column) -%}
    nullif(least(try_cast({{ column }} as date), date '10000-01-01'), date '10000-01-01')
{%- endmacro %}

{% macro spark__iso_to_date(column) -%}
    case when {{ spark__is_day(column) }} then try_cast({{ column }} as date) end
{%- endmacro %}

{# Whether a text begins with a whole date. Spark itself would also take "2026" and "2026-03". #}
{% macro spark__is_day(column) -%}
    {{ column }} rlike '^[ ]*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}'
{%- endmacro %}

{# A timestamp with zone, as the landing writes it, to a naive UTC timestamp. #}
{% macro utc(column) -%}
    {{ return(adapter.dispatch('utc')(column)) }}
{%- endmacro %}

{% macro duckdb__utc(column) -%}
    cast(timezone('UTC', {{ column }}) as timestamp)
{%- endmacro %}

{# A session in UTC, as ours are, has no other timestamps. #}
{% macro spark__utc(column) -%}
    cast({{ column }} as timestamp)
{%- endmacro %}

{# A naive UTC timestamp as the wall clock of the reporting zone: what day and month it belongs to. #}
{% macro local_time(column) -%}
    {{ return(adapter.dispatch('local_time')(column)) }}
{%- endmacro %}

{% macro duckdb__local_time(column) -%}
    {%- if reporting_timezone() == 'UTC' -%}
        {{ column }}
    {%- else -%}
        timezone('{{ reporting_timezone() }}', timezone('UTC', {{ column }}))
    {%- endif -%}
{%- endmacro %}

{% macro spark__local_time(column) -%}
    {%- if reporting_timezone() == 'UTC' -%}
        {{ column }}
    {%- else -%}
        from_utc_timestamp({{ column }}, '{{ reporting_timezone() }}')
    {%- endif -%}
{%- endmacro %}

{# First day of the month (a date) that a naive UTC timestamp falls into, in the reporting zone. #}
{% macro month_start(column) -%}
    cast(date_trunc('month', {{ local_time(column) }}) as date)
{%- endmacro %}

{# A date moved by whole months; a date. #}
{% macro add_months(column, months) -%}
    {{ return(adapter.dispatch('add_months')(column, months)) }}
{%- endmacro %}

{% macro duckdb__add_months(column, months) -%}
    cast({{ column }} + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{% macro spark__add_months(column, months) -%}
    add_months({{ column }}, cast({{ months }} as integer))
{%- endmacro %}

{# Seconds between two timestamps divided by 86,400: days with a fraction, as a double. #}
{% macro days_between(earlier, later) -%}
    {{ return(adapter.dispatch('days_between')(earlier, later)) }}
{%- endmacro %}

{% macro duckdb__days_between(earlier, later) -%}
    (epoch({{ later }}) - epoch({{ earlier }})) / 86400.0
{%- endmacro %}

{% macro spark__days_between(earlier, later) -%}
    (unix_micros(cast({{ later }} as timestamp)) / 1e6 - unix_micros(cast({{ earlier }} as timestamp)) / 1e6) / 86400e0
{%- endmacro %}

{# A timestamp moved by whole days. #}
{% macro add_days(column, days) -%}
    {{ return(adapter.dispatch('add_days')(column, days)) }}
{%- endmacro %}

{% macro duckdb__add_days(column, days) -%}
    ({{ column }} + to_days(cast({{ days }} as integer)))
{%- endmacro %}

{% macro spark__add_days(column, days) -%}
    (cast({{ column }} as timestamp) + make_dt_interval(cast({{ days }} as integer)))
{%- endmacro %}

{# Every first of a month from one date to another, both included, as a table expression with the column `month`. #}
{% macro months_between(first_month, last_month) -%}
    {{ return(adapter.dispatch('months_between')(first_month, last_month)) }}
{%- endmacro %}

{% macro duckdb__months_between(first_month, last_month) -%}
    (
        select cast(month as date) as month
        from generate_series(
            cast({{ first_month }} as timestamp), cast({{ last_month }} as timestamp), interval 1 month
        ) as months (month)
    )
{%- endmacro %}

{% macro spark__months_between(first_month, last_month) -%}
    (
        select explode(
            case
                when bounds.first_month <= bounds.last_month
                    then sequence(bounds.first_month, bounds.last_month, interval 1 month)
            end
        ) as month
        from (
            select
                cast({{ first_month }} as date) as first_month,
                cast({{ last_month }} as date) as last_month
        ) as bounds
    )
{%- endmacro %}

{# The instant (naive UTC) at which a date begins in the reporting zone. #}
{% macro utc_midnight(column) -%}
    {{ return(adapter.dispatch('utc_midnight')(column)) }}
{%- endmacro %}

{% macro duckdb__utc_midnight(column) -%}
    {%- if reporting_timezone() == 'UTC' -%}
        cast({{ column }} as timestamp)
    {%- else -%}
        timezone('UTC', timezone('{{ reporting_timezone() }}', cast({{ column }} as timestamp)))
    {%- endif -%}
{%- endmacro %}

{% macro spark__utc_midnight(column) -%}
    {%- if reporting_timezone() == 'UTC' -%}
        cast({{ column }} as timestamp)
    {%- else -%}
        to_utc_timestamp(cast({{ column }} as timestamp), '{{ reporting_timezone() }}')
    {%- endif -%}
{%- endmacro %}

{# Whole months from one first of a month to another. #}
{% macro months_apart(earlier, later) -%}
    (year({{ later }}) - year({{ earlier }})) * 12 + month({{ later }}) - month({{ earlier }})
{%- endmacro %}

{# Whole seconds from one timestamp to another; a bigint. #}
{% macro seconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('seconds_between')(earlier, later)) }}
{%- endmacro %}

{% macro duckdb__seconds_between(earlier, later) -%}
    cast(date_diff('second', {{ earlier }}, {{ later }}) as bigint)
{%- endmacro %}

{% macro spark__seconds_between(earlier, later) -%}
    (unix_seconds(cast({{ later }} as timestamp)) - unix_seconds(cast({{ earlier }} as timestamp)))
{%- endmacro %}
