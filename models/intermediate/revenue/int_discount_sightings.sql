{{ config(materialized='incremental', incremental_strategy='touched', unique_key='subscription_id') }}

with states as (
    select * from {{ touched(ref('int_subscription_states'), 'subscription_id') }}
),

state_items as (
    select * from {{ touched(ref('int_subscription_state_items'), 'subscription_id') }}
),

bills as (
    select * from {{ touched(ref('int_discount_bills'), 'subscription_id') }}
),

in_states as (
    select
        subscription_id,
        source_id,
        observed_at as seen_at,
        is_current,
        {{ explode_with_position('discounts_json', 'list_position', 'discount_json') }}
    from states
    union all
    select
        subscription_id,
        source_id,
        observed_at as seen_at,
        is_current,
        0 as list_position,
        discount_json
    from states
    where discount_json is not null
    union all
    select
        subscription_id,
        source_id,
        observed_at as seen_at,
        is_current,
        {{ explode_with_position('discounts_json', 'list_position', 'discount_json') }}
    from state_items
),

from_states as (
    select
        subscription_id,
        source_id,
        seen_at,
        is_current,
        list_position,
        {{ id_of('discount_json') }} as discount_id
    from in_states
    union all
    select
        subscription_id,
        source_id,
        observed_at as seen_at,
        is_current,
        null as list_position,
        null as discount_id
    from states
    where has_all_items
)

select
    subscription_id,
    cast(null as {{ dbt.type_string() }}) as subscription_item_id,
    'state' as look,
    source_id,
    seen_at,
    is_current,
    list_position,
    discount_id
from from_states
union all
select
    subscription_id,
    subscription_item_id,
    'bill' as look,
    invoice_id as source_id,
    seen_at,
    false as is_current,
    list_position,
    discount_id
from bills
