select
    scope,
    month,
    signals
from {{ ref('health_backtest') }}
group by scope, month, signals
having
    sum(case when score_band not in ('all', 'at_risk') then customers end)
    <> sum(case when score_band = 'all' then customers end)
    or sum(case when score_band not in ('all', 'at_risk') then churned end)
    <> sum(case when score_band = 'all' then churned end)
