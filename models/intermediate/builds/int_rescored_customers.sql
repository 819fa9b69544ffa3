{%- set signals = [ref('int_health_contact'), ref('int_health_nps')] -%}
{%- set charges = ref('stg_stripe__charges') -%}
{%- set disputes = ref('stg_stripe__disputes') -%}
{%- set summaries = ref('stg_stripe__meter_event_summaries') -%}
with rescored as (
    select customer_id from {{ ref('int_regrouped_customers') }}
    {% if is_incremental_build() -%}
    union
    select customer_id from {{ charges }}
    where {{ is_new_version('extracted_at', 'raw_stripe.charges') }}
    union
    select charges.customer_id
    from {{ disputes }} as disputes
    inner join {{ charges }} as charges on disputes.charge_id = charges.charge_id
    where {{ is_new_version('disputes.extracted_at', 'raw_stripe.disputes') }}
    union
    select customer_id from {{ summaries }}
    where {{ is_new_version('extracted_at', 'raw_stripe.meter_event_summaries') }}
    {% for signal in signals -%}
    union
    -- the present month is scored anew for everybody
    select customer_id from {{ changed_shared(signal.identifier) }} as changed_signals
    where month < {{ month_start(as_of()) }}
    {% endfor %}
    {%- endif %}
)

select customer_id
from rescored
where customer_id is not null
