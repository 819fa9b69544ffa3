{{ month_moves(ref('company_mrr_monthly'), 'account_id') }}
