with months as (
    select * from {{ ref('int_health_months') }}
),

answers as (
    select * from {{ ref('stg_hubspot__feedback_submissions') }}
    where survey_type = 'NPS' and not is_archived and score between 0 and 10
),

answer_contacts as (
    select * from {{ ref('stg_hubspot__feedback_contacts') }}
),

merged_ids as (
    select * from {{ ref('int_hubspot_merged_ids') }}
    where object_type = 'contacts'
),

contact_companies as (
    select * from {{ ref('int_contact_companies') }}
),

customers as (
    select * from {{ ref('int_customer_accounts') }}
),

people as (
    select
        answers.feedback_id,
        answers.score,
        answers.submitted_at,
        coalesce(merged_ids.surviving_id, answer_contacts.contact_id) as contact_id
    from answers
    inner join answer_contacts on answers.feedback_id = answer_contacts.feedback_id
    left join merged_ids on answer_contacts.contact_id = merged_ids.old_id
),

-- by the contact's company, and by the contact that a customer was matched with
customer_answers as (
    select
        customers.customer_id,
        people.feedback_id,
        people.score,
        people.submitted_at
    from people
    inner join contact_companies on people.contact_id = contact_companies.contact_id
    inner join customers on contact_companies.company_id = customers.hubspot_company_id
    union
    select
        customers.customer_id,
        people.feedback_id,
        people.score,
        people.submitted_at
    from people
    inner join customers on people.contact_id = customers.matched_contact_id
),

ranked as (
    select
        customer_answers.customer_id,
        months.month,
        customer_answers.score,
        customer_answers.submitted_at,
        row_number() over (
            partition by customer_answers.customer_id, months.month
            order by customer_answers.submitted_at desc nulls last, customer_answers.feedback_id desc nulls last
        ) as recency
    from months
    inner join customer_answers
        on
            months.cutoff_at >= customer_answers.submitted_at
            and {{ add_days('customer_answers.submitted_at', policy_number('health_nps_days')) }} > months.cutoff_at
),

final as (
    select
        customer_id,
        month,
        score as nps_score,
        submitted_at as nps_answered_at,
        cast(case when score <= 6 then 1 when score <= 8 then 0.5 else 0 end as decimal(2, 1)) as severity,
        'last NPS answer is ' || cast(cast(score as integer) as {{ dbt.type_string() }}) as reason
    from ranked
    where recency = 1
)

select * from final
