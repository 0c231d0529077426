"""Texts that look like JSON, like a template, like another language: they stay texts."""

from monitoring_as_code import (
    Annotation,
    CustomVariable,
    Dashboard,
    Link,
    Override,
    Query,
    Row,
    TextPanel,
    Threshold,
    TimeSeries,
    ValueMapping,
)

HOSTILE = '"}],\n\t{{ x }} ${y} \\u0041 \x00\x7f\u2028 </script> <!-- Größe 数 🚚 é ::warning:: %s #{1} null NaN'

parcels = Dashboard(
    name='A "title" with \\ and {{ braces }} 数',
    uid="hostile",
    description=HOSTILE,
    tags=(HOSTILE, "null", ""),
    variables=(CustomVariable(name="custom", label=HOSTILE, values=("a,b", "\\", '"', "数")),),
    annotations=(Annotation(name="Größe", expr='depot_parcels{depot="\\"}]数"}', title=HOSTILE, text=HOSTILE, color=HOSTILE),),
    links=(Link(title=HOSTILE, url=HOSTILE),),
    rows=(
        Row(
            title=HOSTILE,
            panels=(
                TextPanel(title=HOSTILE, content=HOSTILE, description=HOSTILE),
                TimeSeries(
                    title=HOSTILE,
                    queries=(
                        Query(expr='depot_parcels{depot="\\"}],\\n{{ x }} \\\\ 数 🚚", custom=~"$custom"}', legend=HOSTILE),
                        Query(expr="depot_parcels{depot='it\\'s'} > 1e300", legend=""),
                    ),
                    thresholds=(Threshold(value=1e300, color=HOSTILE), Threshold(value=-0.0, color="red")),
                    no_value=HOSTILE,
                    unit=HOSTILE,
                    mappings=(ValueMapping(value=HOSTILE, text=HOSTILE), ValueMapping(value="", text="")),
                    overrides=(Override(series=HOSTILE, name=HOSTILE, properties={HOSTILE: [HOSTILE, {"b": None, "a": 1.5}]}),),
                ),
            ),
        ),
    ),
)
