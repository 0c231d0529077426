"""What the service answers: how much, how well, how fast."""

from monitoring_as_code import Heatmap, Query, Row, TimeSeries, rate_interval

from .. import drawing, navigation, requests
from ..requests import Http, InService
from . import chosen

served = requests.http_requests.where(chosen.service, chosen.instance, chosen.route)
duration = requests.http_request_duration.where(chosen.service, chosen.instance, chosen.route)

http = Row(
    title="HTTP",
    panels=(
        TimeSeries(
            title="Requests by status",
            description="Responses by the class of their status. A rise of 4xx is a client that does something wrong, a rise of 5xx is us.",
            queries=(
                Query(expr=served.where(Http.status.matches("2..")).rate(rate_interval).sum(), legend="2xx"),
                Query(expr=served.where(Http.status.matches("3..")).rate(rate_interval).sum(), legend="3xx"),
                Query(expr=served.where(Http.status.matches("4..")).rate(rate_interval).sum(), legend="4xx"),
                Query(expr=served.where(Http.status.matches("5..")).rate(rate_interval).sum(), legend="5xx"),
            ),
            stacked=True,
            overrides=drawing.status_colors,
            no_value="No requests",
        ),
        TimeSeries(
            title="Error rate",
            description="Share of the requests that end with a status of 500 or above. Good is below 1 %; at the line HighErrorRate fires.",
            expr=requests.error_ratio.where(chosen.service).topk(10),
            alert=requests.high_error_rate,
            no_value="No requests",
        ),
        TimeSeries(
            title="Response time",
            description="Half of the requests are answered within P50, all but one in a hundred within P99. Good is that they stay close.",
            queries=(
                Query(expr=duration.quantile(0.5, rate_interval), legend="P50"),
                Query(expr=duration.quantile(0.95, rate_interval), legend="P95"),
                Query(expr=duration.quantile(0.99, rate_interval), legend="P99"),
            ),
            log_scale=10,
            overrides=drawing.quantile_colors,
            no_value="No requests",
        ),
        TimeSeries(
            title="Requests in flight",
            description="Requests that have not been answered yet. It rises when answers take longer, and stays high when something hangs.",
            expr=requests.http_requests_active.where(chosen.service, chosen.instance).sum(by=(InService.service,)).topk(10),
            no_value="No requests",
        ),
        TimeSeries(
            title="Request rate by route",
            description="The ten busiest routes. One that grows alone is a client that retries, or a crawler.",
            expr=served.rate(rate_interval).sum(by=(Http.route,)).topk(10),
            color_scheme="palette-classic-by-name",
            data_links=(navigation.to_route,),
            no_value="No requests",
        ),
        TimeSeries(
            title="Errors by route",
            description="Requests that end with a status of 500 or above, the ten routes with the most. Good is none; one route is a bug of its own.",
            expr=served.where(Http.status.matches("5..")).rate(rate_interval).sum(by=(Http.route,)).topk(10),
            color_scheme="palette-classic-by-name",
            data_links=(navigation.to_route,),
            no_value="No errors",
        ),
        TimeSeries(
            title="Response time P95 by route",
            description="95 % of a route's requests are answered within this time, the ten slowest. At the line HighResponseTime fires.",
            expr=requests.response_time_p95.where(chosen.service, chosen.route).topk(10),
            alert=requests.high_response_time,
            color_scheme="palette-classic-by-name",
            data_links=(navigation.to_route,),
            no_value="No requests",
        ),
        Heatmap(
            title="Response times",
            description="How the requests spread over response times: two bands mean two kinds of requests, a hit and a miss of a cache perhaps.",
            expr=duration.bucket.rate(rate_interval).sum(by=("le",)),
            no_value="No requests",
        ),
    ),
)
