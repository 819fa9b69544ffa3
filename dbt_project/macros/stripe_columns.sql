{# The typed columns of a parsed Stripe price, wherever it was found; inside another object it stands beside, or as, the plan that
   it was called before. Amounts in minor units per billing period. #}
{% macro price_columns(price, plan=none) -%}
    {{ price_field(price, 'product', plan) }} as product_id,
    lower({{ price_field(price, 'currency', plan) }}) as currency,
    coalesce({{ price }}.type, 'recurring') as price_type,
    coalesce({{ price_field(price, 'billing_scheme', plan) }}, 'per_unit') as billing_scheme,
    try_cast(
        coalesce(
            {{ price }}.unit_amount_decimal, {{ price }}.unit_amount
            {%- if plan %}, {{ plan }}.amount_decimal, {{ plan }}.amount {%- endif %}
        ) as decimal(24, 12)
    ) as unit_amount_minor,
    {{ price_field(price, 'tiers_mode', plan) }} as tiers_mode,
    {{ try_bigint(price_field(price, 'transform_quantity.divide_by', plan, 'transform_usage.divide_by')) }} as package_size,
    {{ price_field(price, 'transform_quantity.round', plan, 'transform_usage.round') }} as package_rounding,
    {{ price_field(price, 'recurring.interval', plan, 'interval') }} as billing_interval,
    coalesce(
        cast({{ try_bigint(price_field(price, 'recurring.interval_count', plan, 'interval_count')) }} as integer), 1
    ) as billing_interval_count,
    coalesce({{ price_field(price, 'recurring.usage_type', plan, 'usage_type') }}, 'licensed') = 'metered' as is_metered
{%- endmacro %}

{# A field of a price, or the plan's where there is a plan and the price does not say it. #}
{% macro price_field(price, field, plan, plan_field=none) -%}
    {%- if plan -%} coalesce({{ price }}.{{ field }}, {{ plan }}.{{ plan_field or field }})
    {%- else -%} {{ price }}.{{ field }} {%- endif -%}
{%- endmacro %}

{# The typed columns of a parsed Stripe subscription, from a snapshot or from an event. Times are UTC. #}
{% macro subscription_columns(subscription) -%}
    {{ subscription }}.customer as customer_id,
    {{ subscription }}.status as status,
    lower({{ subscription }}.currency) as currency,
    {{ epoch_to_timestamp(subscription ~ '.created') }} as created_at,
    coalesce({{ epoch_to_timestamp(subscription ~ '.start_date') }}, {{ epoch_to_timestamp(subscription ~ '.created') }}) as started_at,
    {{ epoch_to_timestamp(subscription ~ '.ended_at') }} as ended_at,
    {{ epoch_to_timestamp(subscription ~ '.canceled_at') }} as canceled_at,
    {{ epoch_to_timestamp(subscription ~ '.cancel_at') }} as cancel_at,
    coalesce(try_cast({{ subscription }}.cancel_at_period_end as boolean), false) as is_cancel_at_period_end,
    {{ epoch_to_timestamp(subscription ~ '.trial_start') }} as trial_started_at,
    {{ epoch_to_timestamp(subscription ~ '.trial_end') }} as trial_ended_at,
    {{ subscription }}.collection_method as collection_method,
    {{ epoch_to_timestamp(subscription ~ '.status_details.paused.transitioned_at') }} as paused_at,
    {{ subscription }}.pause_collection.behavior as pause_behavior,
    {{ epoch_to_timestamp(subscription ~ '.pause_collection.resumes_at') }} as pause_resumes_at,
    {{ subscription }}.cancellation_details.reason as cancellation_reason,
    {{ subscription }}.cancellation_details.feedback as cancellation_feedback,
    {{ subscription }}.discount as discount_json,
    {{ subscription }}.discounts as discounts_json,
    {{ subscription }}.default_tax_rates as default_tax_rates,
    {{ subscription }}.items.data as items,
    coalesce({{ subscription }}.items.has_more, 'false') <> 'true' as has_all_items
{%- endmacro %}

{# The id of a field that holds an id, or the object itself where it was expanded. #}
{% macro id_of(column) -%}
    case
        when substring({{ column }}, 1, 1) = '{' then {{ json_struct(column, {"id": "VARCHAR"}) }}.id
        else {{ column }}
    end
{%- endmacro %}
