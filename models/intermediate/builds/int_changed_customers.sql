{%- set looks = [
    (ref('stg_stripe__customers'), 'customers', 'extracted_at', []),
    (ref('stg_stripe__subscription_versions'), 'subscriptions', 'observed_at', []),
    (ref('stg_stripe__subscription_events'), 'events', 'extracted_at', ['observed_at']),
    (ref('stg_stripe__discount_ends'), 'events', 'extracted_at', ['removed_at']),
    (ref('stg_stripe__invoices'), 'invoices', 'extracted_at', ['created_at']),
    (ref('stg_stripe__invoiceitems'), 'invoiceitems', 'extracted_at', []),
    (ref('stg_stripe__subscription_schedules'), 'subscription_schedules', 'observed_at', []),
] -%}
{% if is_incremental_build() -%}
{% for model, stream, seen_at, dated_at in looks -%}
select customer_id
from {{ model }}
where
    customer_id is not null
    and (
        {{ is_new_version(seen_at, 'raw_stripe.' ~ stream) }}
        {%- if dated_at %}
        -- staged only now: it was dated later than the last complete build looked
        or {{ passed_since_last_build(dated_at, days_later=[0]) }}
        {%- endif %}
    )
{{ 'union' if not loop.last }}
{% endfor %}
{%- else -%}
select customer_id
from {{ looks[0][0] }}
where false
{%- endif %}
