{# SQL: whether the inclusive tax of a bill is what a rate in percent comes to. Each of its taxes is rounded to the smallest unit;
   compared without a division. NULL where there is no rate. #}
{% macro is_taxed_at(bill, percentage) -%}
    abs({{ bill }}.tax_minor * (100 + {{ percentage }}) - {{ bill }}.gross_minor * {{ percentage }})
    <= (0.5 * {{ bill }}.taxes + 0.01) * (100 + {{ percentage }})
{%- endmacro %}

{# SQL: the rate in percent that one tax was reckoned at: the roundest one that comes to it, with no decimals, then one, two and
   three; else the quotient. The net amount is off by half a unit for every tax. Source of the widths: VAT and sales taxes are
   whole or with up to three decimals (Quebec's 9.975). #}
{% macro rate_of_tax(tax_minor, net_minor, taxes) -%}
    {%- set quotient = 'cast(100 * ' ~ divide_exact(tax_minor, net_minor) ~ ' as decimal(18, 8))' -%}
    case
        {%- for places in [0, 1, 2, 3] %}
        {%- set rate = 'cast(round(' ~ quotient ~ ', ' ~ places ~ ') as decimal(18, 8))' %}
        when
            abs(100 * {{ tax_minor }} - ({{ net_minor }}) * {{ rate }}) <= 50 + 0.5 * {{ taxes }} * {{ rate }} + 0.01
            then {{ rate }}
        {%- endfor %}
        else {{ quotient }}
    end
{%- endmacro %}

{# SQL: whether an invoice line charges for a subscription item, for a period that has begun. #}
{% macro is_charge_of_item() -%}
    subscription_id is not null
    and subscription_item_id is not null
    and amount_minor > 0
    and period_started_at <= {{ as_of() }}
{%- endmacro %}
