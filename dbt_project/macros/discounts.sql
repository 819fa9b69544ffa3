{# Discounts apply one after another to what the last one left: a percentage as a factor, an amount as a subtraction.
   ((x f1 - a1) f2 - a2) ... equals x (f1 f2 ...) - (a1 f2 f3 ... + a2 f3 ... + ...), and flooring at zero once at the end
   equals flooring at every step, since nothing below zero comes back above it. So a chain folds into one factor and one
   amount without a loop. Source of the order: Stripe applies them in the order of the list. #}
{% macro discount_chain(discounts='item_discounts') -%}
    {{ discounts }}.discount_id,
    {{ discounts }}.list_position,
    {{ discounts }}.valid_from as discount_started_at,
    1 - coalesce({{ discounts }}.percent_off, 0) / 100.0 as factor,
    coalesce({{ discounts }}.amount_off_minor, 0) as amount_off_minor
{%- endmacro %}

{# What a coupon says, by the discount that it gave (`inline`, which outlives a deleted coupon), else by the list, as `coupons`. #}
{% macro coupon_term(inline, term) -%}
    {%- set terms = {
        'percent_off': 'coalesce(try_cast(' ~ inline ~ '.percent_off as decimal(9, 6)), coupons.percent_off)',
        'amount_off_minor': 'coalesce(try_cast(' ~ inline ~ '.amount_off as decimal(18, 0)), coupons.amount_off_minor)',
        'currency': 'lower(coalesce(' ~ inline ~ '.currency, coupons.currency))',
        'duration': 'coalesce(' ~ inline ~ '.duration, coupons.duration)',
        'product_ids': 'coalesce(' ~ inline ~ '.applies_to.products, coupons.product_ids)',
    } -%}
    {{ terms[term] }}
{%- endmacro %}

{# What the percentages before it left of an amount, where a discount of the chain takes an amount off several items. #}
{% macro left_by_percentages(amount, keys) -%}
    cast({{ amount }} * cast(coalesce({{ product(
        'factor',
        'partition by ' ~ keys | join(', ')
        ~ ' order by list_position nulls last, discount_started_at nulls last, discount_id nulls last '
        ~ 'rows between unbounded preceding and 1 preceding'
    ) }}, 1) as decimal(18, 12)) as {{ money_type() }})
{%- endmacro %}

{# One row per key: `factor` (12 decimals) and `amount_minor` of the whole chain in relation `in_force`. #}
{% macro fold_discounts(in_force, keys) -%}
    select
        {{ keys | join(', ') }},
        cast({{ product('factor') }} as decimal(18, 12)) as factor,
        cast(sum(amount_off_minor * cast(coalesce(later_factor, 1) as decimal(18, 12))) as {{ money_type() }}) as amount_minor
    from (
        select
            *,
            {{ product(
                'factor',
                'partition by ' ~ keys | join(', ')
                ~ ' order by list_position nulls last, discount_started_at nulls last, discount_id nulls last '
                ~ 'rows between 1 following and unbounded following'
            ) }} as later_factor
        from {{ in_force }}
    ) as links
    group by {{ keys | join(', ') }}
{%- endmacro %}
