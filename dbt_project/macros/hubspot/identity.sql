{# The domain of an e-mail address, lower case; NULL where there is no address. #}
{% macro email_domain(column) -%}
    case
        when {{ column }} like '%_@_%'
            then lower(substring(trim({{ column }}), length(trim({{ column }})) - position('@' in reverse(trim({{ column }}))) + 2))
    end
{%- endmacro %}

{# Customer segment by annual recurring revenue in the reporting currency; the bands are dbt vars. NULL without revenue. #}
{% macro segment_by_arr(arr) -%}
    case
        when {{ arr }} >= {{ var('segment_enterprise_min_arr', 50000) }} then 'enterprise'
        when {{ arr }} >= {{ var('segment_mid_market_min_arr', 10000) }} then 'mid_market'
        when {{ arr }} > 0 then 'smb'
    end
{%- endmacro %}

{# The segment of a customer of dim_customers where it was known before the first payment, else unknown: a band of revenue is what
   only those have who paid, and a conversion by it would be one of the converted. #}
{% macro segment_before_payment(customers) -%}
    case
        when {{ customers }}.segment_source in ('stripe_metadata', 'hubspot_company') then {{ customers }}.segment
        else 'unknown'
    end
{%- endmacro %}
