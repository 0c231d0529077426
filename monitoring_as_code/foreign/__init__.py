"""Files that others wrote: rule files, PrometheusRule resources and dashboards of Grafana, as declarations whose places are in those files."""
