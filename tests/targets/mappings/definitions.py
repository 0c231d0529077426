"""What is shown in place of values, of each kind."""

from monitoring_as_code import Dashboard, Row, Stat, ValueMapping

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    rows=(
        Row(
            title="Depot",
            panels=(
                Stat(
                    title="Gate",
                    expr="gate_state",
                    mappings=(
                        ValueMapping(value=1, text="open", color="green", icon="img/icons/unicons/lock-open-alt.svg"),
                        ValueMapping(value="0", text="closed", color="super-light-red"),
                        ValueMapping(value=0.5, text="half"),
                        ValueMapping(value=True, text="yes"),
                        ValueMapping(low=2, high=4.5, text="moving"),
                        ValueMapping(low=5, color="teal"),
                        ValueMapping(high=-1, color="#f00"),
                        ValueMapping(low=7, high=7, text="seven"),
                        ValueMapping(pattern="gate-(.*)", text="$1"),
                        ValueMapping(special="null", text="no gate"),
                        ValueMapping(special="null+nan", color="transparent"),
                    ),
                ),
            ),
        ),
    ),
)
