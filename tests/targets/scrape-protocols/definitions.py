from monitoring_as_code import ScrapeJob, Stack

stack = Stack(
    name="shop",
    jobs=(
        ScrapeJob(
            name="shop",
            targets=("shop:8000",),
            sample_limit=5000,
            label_limit=30,
            body_size_limit="2MB",
            scrape_protocols=("OpenMetricsText1.0.0", "PrometheusText0.0.4"),
            fallback_scrape_protocol="PrometheusText0.0.4",
        ),
        ScrapeJob(
            name="device",
            targets=("10.0.0.7:80",),
            scrape_protocols=("PrometheusProto", "OpenMetricsText0.0.1"),
            fallback_scrape_protocol="OpenMetricsText1.0.0",
        ),
    ),
)
