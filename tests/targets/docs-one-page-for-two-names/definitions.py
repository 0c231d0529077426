"""Names that give the same address share its page; a name too long for a file's gets a short one; one without Latin letters gets one, too."""

from monitoring_as_code import Alert, Stack

hyphens = Alert(name="disk-full", expr="a > 1", severity="warning", summary="A")
humps = Alert(name="DiskFull", expr="a > 2", severity="critical", summary="B")
long = Alert(name="Long" * 100, expr="a > 3", severity="info", summary="C")
foreign = Alert(name="ディスク", expr="a > 4", severity="info", summary="D")

stack = Stack(name="x", docs_url="https://docs.example")
