"""The data source and the folders of dashboards."""

from monitoring_as_code import Dashboard, Row, Stack, TextPanel

stack = Stack(name="parcels", prometheus_url='http://prometheus:9090/a"b', scrape_interval="15s", dashboard_refresh="5s")
parcels = Dashboard(name="Parcels", uid="parcels", folder="Parcel Service", rows=(Row(title="", panels=(TextPanel(content="hello"),)),))
