from monitoring_as_code import Counter, RecordingRule, RuleGroup

orders = Counter(name="orders_total", help="Orders.")
rate = RecordingRule(name="shop:orders:rate5m", expr=orders.rate("5m").sum())
# Another Prometheus writes them, a minute late.
written = RuleGroup(name="written", rules=(rate,), interval="30s", limit=10, query_offset="1m")
