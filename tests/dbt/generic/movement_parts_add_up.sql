{#- Volume, price, plan change and discount explain an expansion or contraction completely. -#}
{% test movement_parts_add_up(model) %}

select *
from {{ model }}
where
    movement in ('expansion', 'contraction')
    and amount <> volume_amount + price_amount + plan_change_amount + discount_amount

{% endtest %}
