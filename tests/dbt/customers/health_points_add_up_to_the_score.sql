{%- set signals = health_weights().keys() | list -%}
select
    customer_id,
    health_score,
    known_weight
from {{ ref('customers_at_risk') }}
where
    health_score is distinct from (
        {% for signal in signals -%}
        coalesce({{ signal }}_points, 0){{ ' +' if not loop.last }}
        {% endfor %}
    )
    or 100 <> (
        {% for signal in signals -%}
        coalesce({{ signal }}_max_points, 0){{ ' +' if not loop.last }}
        {% endfor %}
    )
    {% for signal in signals -%}
    or ({{ signal }}_points is null) <> ({{ signal }}_max_points is null)
    or {{ signal }}_points not between 0 and {{ signal }}_max_points
    {% endfor %}
