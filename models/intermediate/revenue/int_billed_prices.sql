with listed as (
    select
        price_id,
        currency
    from {{ ref('stg_stripe__price_currencies') }}
),

-- a metered line, which bills the past, says nothing of a price; nor does a line of a trial
regular_lines as (
    select
        invoice_lines.invoice_id,
        invoice_lines.line_id,
        invoice_lines.invoice_created_at,
        invoice_lines.price_id,
        invoice_lines.product_id,
        invoice_lines.currency,
        invoice_lines.amount_minor,
        invoice_lines.quantity,
        invoice_lines.unit_amount_minor,
        cast(invoice_lines.period_started_at as date) as started_on,
        cast(invoice_lines.period_ended_at as date) as ended_on,
        count(*) over (
            partition by invoice_lines.invoice_id, invoice_lines.subscription_item_id, invoice_lines.price_id
        ) as lines_of_item
    from {{ ref('stg_stripe__invoice_lines') }} as invoice_lines
    left join listed
        on
            invoice_lines.price_id = listed.price_id
            and invoice_lines.currency = listed.currency
    where
        listed.price_id is null
        and invoice_lines.price_id is not null
        and invoice_lines.subscription_item_id is not null
        and not invoice_lines.is_proration
        and invoice_lines.amount_minor > 0
        and invoice_lines.quantity > 0
        and invoice_lines.period_ended_at > invoice_lines.invoice_created_at
),

-- the amount of one unit, if so many of them come to the line's amount; a line of one tier of several says it of that tier only
read as (
    select
        *,
        case
            when lines_of_item > 1 then null
            when abs(unit_amount_minor * cast(quantity as decimal(14, 0)) - amount_minor) <= 0.5 then unit_amount_minor
            when unit_amount_minor is null and amount_minor % quantity = 0
                then cast({{ divide_exact('amount_minor', 'quantity') }} as decimal(24, 12))
        end as confirmed_minor,
        {{ months_apart('started_on', 'ended_on') }} as months
    from regular_lines
),

-- from the 31st a month ends on the last day of a shorter one, and from there on the 31st again
dated as (
    select
        *,
        case
            when {{ add_months('started_on', 'months') }} = ended_on or {{ add_months('ended_on', '-months') }} = started_on
                then months
        end as whole_months
    from read
),

judged as (
    select
        price_id,
        currency,
        count(*) as lines,
        count(confirmed_minor) as confirmed_lines,
        count(distinct confirmed_minor) as amounts,
        count(whole_months) as dated_lines,
        min(whole_months) as shortest_months,
        max(whole_months) as longest_months
    from dated
    group by price_id, currency
),

ranked as (
    select
        *,
        row_number() over (
            partition by price_id, currency
            order by invoice_created_at desc nulls last, invoice_id desc nulls last, line_id desc nulls last
        ) as recency
    from dated
    where confirmed_minor is not null
)

select
    ranked.price_id,
    ranked.currency,
    ranked.product_id,
    ranked.confirmed_minor as unit_amount_minor,
    case
        when
            judged.confirmed_lines = judged.lines
            and judged.amounts = 1
            and judged.dated_lines = judged.lines
            and judged.shortest_months = judged.longest_months
            and judged.shortest_months > 0
            then judged.shortest_months
    end as billing_months
from ranked
inner join judged
    on
        ranked.price_id = judged.price_id
        and ranked.currency = judged.currency
where ranked.recency = 1
