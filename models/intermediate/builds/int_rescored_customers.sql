with customers as (
    select * from {{ ref('int_regrouped_customers') }}
),

charges as (
    select * from {{ ref('stg_stripe__charges') }}
),

disputes as (
    select * from {{ ref('stg_stripe__disputes') }}
),

summaries as (
    select * from {{ ref('stg_stripe__meter_event_summaries') }}
),

{% if is_incremental_build() -%}
{%- set this_month = month_start(as_of()) -%}
rescored as (
    select customer_id from customers
    union
    select customer_id from charges
    where {{ is_new_version('extracted_at', 'raw_stripe.charges') }}
    union
    select charges.customer_id
    from disputes
    inner join charges on disputes.charge_id = charges.charge_id
    where {{ is_new_version('disputes.extracted_at', 'raw_stripe.disputes') }}
    union
    select customer_id from summaries
    where {{ is_new_version('extracted_at', 'raw_stripe.meter_event_summaries') }}
    {% for name in ['int_health_contact', 'int_health_nps'] -%}
    union
    -- the present month is scored anew for everybody
    select customer_id from {{ changed_shared(name) }} as changed_signals
    where month < {{ this_month }}
    {% endfor %}
)
{%- else -%}
{#- referred to in every build, for the order of models -#}
{%- set depends_on = [ref('int_health_contact'), ref('int_health_nps')] -%}
rescored as (
    select customer_id from customers
    where false
)
{%- endif %}

select customer_id
from rescored
where customer_id is not null
