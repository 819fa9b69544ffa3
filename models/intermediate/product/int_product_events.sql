with hubspot_events as (
    select * from {{ ref('stg_hubspot__events') }}
),

seeded_events as (
    select * from {{ ref('product_events') }}
),

events_map as (
    select * from {{ ref('product_events_map') }}
),

merged_ids as (
    select * from {{ ref('int_hubspot_merged_ids') }}
    where object_type = 'contacts'
),

contacts as (
    select * from {{ ref('int_product_contacts') }}
),

contact_emails as (
    select * from {{ ref('int_contact_emails') }}
),

customers as (
    select
        int_customers.customer_id,
        lower(trim(int_customers.email)) as email,
        int_customers.created_at,
        coalesce('company:' || accounts.hubspot_company_id, 'customer:' || int_customers.customer_id) as account_key
    from {{ ref('int_customers') }} as int_customers
    inner join {{ ref('int_customer_accounts') }} as accounts on int_customers.customer_id = accounts.customer_id
),

-- One account an address: that of the contact whose main address it is, else of another contact, else of the customer.
email_owners as (
    select
        contact_emails.email,
        contacts.account_key,
        case when contact_emails.is_main_email then 0 else 1 end as preference,
        contacts.contact_id as owner_id
    from contact_emails
    inner join contacts on contact_emails.contact_id = contacts.contact_id
    union all
    select
        email,
        account_key,
        2 as preference,
        customer_id as owner_id
    from customers
    where email is not null
),

ranked_owners as (
    select
        email,
        account_key,
        row_number() over (
            partition by email
            order by preference nulls last, {{ try_bigint('owner_id') }} nulls last, owner_id nulls last
        ) as owner_rank
    from email_owners
),

from_hubspot as (
    select distinct
        events_map.event,
        hubspot_events.occurred_at,
        contacts.account_key,
        hubspot_events.event_id as event_key
    from hubspot_events
    inner join events_map
        on substring(hubspot_events.event_type, position('_' in hubspot_events.event_type) + 1) = events_map.source_event
    left join merged_ids on hubspot_events.contact_id = merged_ids.old_id
    left join contacts on coalesce(merged_ids.surviving_id, hubspot_events.contact_id) = contacts.contact_id
),

-- A row that stands in the file twice happened once.
from_seed as (
    select distinct
        coalesce(events_map.event, lower(trim(seeded_events.event))) as event,
        {{ iso_to_timestamp('seeded_events.event_at') }} as occurred_at,
        coalesce(customers.account_key, ranked_owners.account_key) as account_key,
        lower(trim(coalesce(seeded_events.email, seeded_events.customer_id))) as event_key
    from seeded_events
    left join events_map on lower(trim(seeded_events.event)) = events_map.source_event
    left join customers on trim(seeded_events.customer_id) = customers.customer_id
    left join ranked_owners
        on lower(trim(seeded_events.email)) = ranked_owners.email and ranked_owners.owner_rank = 1
),

all_events as (
    select * from from_hubspot
    union all
    select * from from_seed
),

final as (
    select
        event,
        occurred_at,
        account_key
    from all_events
    where occurred_at <= {{ as_of() }} and event in ('session', 'data_imported', 'colleague_invited')
)

select * from final
