{# The parts of Stripe's objects that the models read, in both API shapes: the pinned version's and the older flat one
   (pinning does not protect: events and old invoices keep the shape of their day). Fields that are an id or an object,
   depending on what was expanded, stay text. #}

{% macro stripe_price_schema() -%}
    {%- set schema = {"nickname": "VARCHAR", "tiers": stripe_tiers_schema()} -%}
    {%- do schema.update(stripe_embedded_price_schema()) -%}
    {{ return(schema) }}
{%- endmacro %}

{# A price inside a subscription item or an invoice line; what it was called before, and may still stand there alone. #}
{% macro stripe_embedded_price_schema() -%}
    {{ return({
        "id": "VARCHAR", "product": "VARCHAR", "currency": "VARCHAR", "type": "VARCHAR",
        "billing_scheme": "VARCHAR", "unit_amount": "VARCHAR", "unit_amount_decimal": "VARCHAR",
        "tiers_mode": "VARCHAR",
        "transform_quantity": {"divide_by": "VARCHAR", "round": "VARCHAR"},
        "recurring": {"interval": "VARCHAR", "interval_count": "VARCHAR", "usage_type": "VARCHAR"},
    }) }}
{%- endmacro %}

{% macro stripe_plan_schema() -%}
    {{ return({
        "id": "VARCHAR", "product": "VARCHAR", "currency": "VARCHAR", "billing_scheme": "VARCHAR",
        "amount": "VARCHAR", "amount_decimal": "VARCHAR", "tiers_mode": "VARCHAR",
        "transform_usage": {"divide_by": "VARCHAR", "round": "VARCHAR"},
        "interval": "VARCHAR", "interval_count": "VARCHAR", "usage_type": "VARCHAR",
    }) }}
{%- endmacro %}

{% macro stripe_tiers_schema() -%}
    {{ return([{
        "up_to": "VARCHAR", "unit_amount": "VARCHAR", "unit_amount_decimal": "VARCHAR",
        "flat_amount": "VARCHAR", "flat_amount_decimal": "VARCHAR",
    }]) }}
{%- endmacro %}

{# What a price costs in one of its other currencies. #}
{% macro stripe_currency_option_schema() -%}
    {{ return({"unit_amount": "VARCHAR", "unit_amount_decimal": "VARCHAR", "tiers": stripe_tiers_schema()}) }}
{%- endmacro %}

{% macro stripe_tax_rate_schema() -%}
    {{ return({"id": "VARCHAR", "percentage": "VARCHAR", "effective_percentage": "VARCHAR", "inclusive": "VARCHAR"}) }}
{%- endmacro %}

{% macro stripe_subscription_schema() -%}
    {{ return({
        "id": "VARCHAR", "customer": "VARCHAR", "status": "VARCHAR", "currency": "VARCHAR",
        "created": "VARCHAR", "start_date": "VARCHAR", "ended_at": "VARCHAR", "canceled_at": "VARCHAR",
        "cancel_at": "VARCHAR", "cancel_at_period_end": "VARCHAR", "trial_start": "VARCHAR", "trial_end": "VARCHAR",
        "current_period_end": "VARCHAR", "collection_method": "VARCHAR",
        "trial_settings": {"end_behavior": {"missing_payment_method": "VARCHAR"}},
        "pause_collection": {"behavior": "VARCHAR", "resumes_at": "VARCHAR"},
        "billing_mode": {"type": "VARCHAR"},
        "status_details": {"paused": {"transitioned_at": "VARCHAR"}},
        "cancellation_details": {"reason": "VARCHAR", "feedback": "VARCHAR"},
        "discount": "VARCHAR", "discounts": ["VARCHAR"],
        "default_tax_rates": [stripe_tax_rate_schema()],
        "items": {"has_more": "VARCHAR", "data": [{
            "id": "VARCHAR", "created": "VARCHAR", "quantity": "VARCHAR",
            "current_period_start": "VARCHAR", "current_period_end": "VARCHAR",
            "price": stripe_embedded_price_schema(), "plan": stripe_plan_schema(),
            "discounts": ["VARCHAR"], "tax_rates": [stripe_tax_rate_schema()],
        }]},
    }) }}
{%- endmacro %}

{% macro stripe_discount_schema() -%}
    {{ return({
        "id": "VARCHAR", "customer": "VARCHAR", "subscription": "VARCHAR", "subscription_item": "VARCHAR",
        "start": "VARCHAR", "end": "VARCHAR", "invoice": "VARCHAR", "invoice_item": "VARCHAR", "source": {"coupon": "VARCHAR"}, "coupon": "VARCHAR",
    }) }}
{%- endmacro %}

{% macro stripe_coupon_schema() -%}
    {{ return({
        "id": "VARCHAR", "name": "VARCHAR", "percent_off": "VARCHAR", "amount_off": "VARCHAR", "currency": "VARCHAR",
        "duration": "VARCHAR", "duration_in_months": "VARCHAR", "applies_to": {"products": ["VARCHAR"]},
    }) }}
{%- endmacro %}

{# A phase says its discounts as a list, and said one coupon before. #}
{% macro stripe_schedule_schema() -%}
    {%- set discounts = [{"coupon": "VARCHAR", "discount": "VARCHAR", "promotion_code": "VARCHAR"}] -%}
    {{ return({
        "customer": "VARCHAR", "subscription": "VARCHAR", "released_subscription": "VARCHAR", "end_behavior": "VARCHAR",
        "released_at": "VARCHAR", "canceled_at": "VARCHAR", "completed_at": "VARCHAR",
        "phases": [{
            "start_date": "VARCHAR", "end_date": "VARCHAR", "currency": "VARCHAR", "coupon": "VARCHAR",
            "discounts": discounts,
            "items": [{"price": "VARCHAR", "plan": "VARCHAR", "quantity": "VARCHAR", "discounts": discounts}],
        }],
    }) }}
{%- endmacro %}

{% macro stripe_line_schema() -%}
    {{ return({
        "id": "VARCHAR", "amount": "VARCHAR", "currency": "VARCHAR", "description": "VARCHAR", "quantity": "VARCHAR",
        "period": {"start": "VARCHAR", "end": "VARCHAR"},
        "pricing": {"unit_amount_decimal": "VARCHAR", "price_details": {"price": "VARCHAR", "product": "VARCHAR"}},
        "parent": {
            "subscription_item_details": {
                "subscription": "VARCHAR", "subscription_item": "VARCHAR", "proration": "VARCHAR", "invoice_item": "VARCHAR",
                "proration_details": {"credited_items": "VARCHAR"},
            },
            "invoice_item_details": {
                "subscription": "VARCHAR", "proration": "VARCHAR", "invoice_item": "VARCHAR",
                "proration_details": {"credited_items": "VARCHAR"},
            },
        },
        "proration_details": {"credited_items": "VARCHAR"},
        "subscription": "VARCHAR", "subscription_item": "VARCHAR", "proration": "VARCHAR", "invoice_item": "VARCHAR",
        "price": stripe_embedded_price_schema(), "plan": stripe_plan_schema(),
        "discounts": ["VARCHAR"], "discount_amounts": [{"amount": "VARCHAR", "discount": "VARCHAR"}],
        "taxes": [{"amount": "VARCHAR", "taxable_amount": "VARCHAR", "tax_behavior": "VARCHAR"}],
        "tax_amounts": [{"amount": "VARCHAR", "taxable_amount": "VARCHAR", "inclusive": "VARCHAR"}],
    }) }}
{%- endmacro %}
