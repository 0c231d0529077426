"""Which of Grafana's units shows a unit."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from monitoring_as_code import units
from monitoring_as_code.units import Unit


def grafana_unit(unit: Unit | str) -> str:
    """Grafana's id of a unit; `short`, which shortens large numbers, where Grafana knows none. A text is an id already.

    >>> grafana_unit(units.seconds), grafana_unit(units.requests / units.seconds), grafana_unit(units.errors / units.requests)
    ('s', 'reqps', 'percentunit')
    """
    return unit if isinstance(unit, str) else _found(unit, str(unit))


def meant_unit(name: str) -> Unit | None:
    """The unit that numbers must be in for Grafana to show them rightly by this id; None where it does not matter, or nobody knows.

    >>> meant_unit("ms"), meant_unit("percentunit"), meant_unit("short")
    (<unit ms>, <unit ratio>, None)
    """
    return _meanings().get(name)


@lru_cache(maxsize=1)
def _meanings() -> dict[str, Unit]:
    found = {name: unit for unit, name in _SHOWN if name != "none"}
    found.update((name, units.hertz) for name in ("hertz", "cps", *_A_SECOND.values()))
    found.update((name, units.ratio / units.minutes) for name in ("cpm", *_A_MINUTE.values()))
    found.update(
        percent=units.percent,
        percentunit=units.ratio,
        decbytes=units.bytes_,
        decbits=units.bits,
        binBps=units.bytes_ / units.seconds,
        binbps=units.bits / units.seconds,
        dtdurations=units.seconds,
        dtdurationms=units.milliseconds,
        dthms=units.seconds,
        clocks=units.seconds,
        clockms=units.milliseconds,
        **dict.fromkeys((name for name in known_units() if name.startswith("dateTime")), _MILLISECONDS_SINCE_1970),
    )
    return found


def known_unit(name: str) -> bool:
    """Whether Grafana knows a unit of this id, or makes one of it (`suffix:parcels`).

    >>> known_unit("reqps"), known_unit("/ sec"), known_unit("currency:CHF")
    (True, False, True)
    """
    kind, colon, rest = name.partition(":")
    return name in known_units() or bool(colon and rest and kind in _MADE)


def near_unit(name: str) -> str | None:
    """The id of what somebody means by a word that is none, if that is clear; a word's case and blanks do not count.

    >>> near_unit("Req/s"), near_unit("Seconds"), near_unit("secnds"), near_unit("furlongs")
    ('reqps', 's', 's', None)
    """
    word = "".join(name.lower().split())
    if word in _COMMON or len(word) < _CLEAR:
        return _COMMON.get(word)
    from monitoring_as_code.diagnostics.nearest import nearest

    near = nearest(word, (known for known in _COMMON if len(known) >= _CLEAR and ("/" in known) is ("/" in word)), 1, likeness=0.8)
    return _COMMON[near[0]] if near else None


def misspelt_unit(name: str) -> str | None:
    """The id of which a word is surely a slip, and no word of somebody's own: another case, or a letter more, less or wrong in a long one.

    >>> misspelt_unit("percentUnit"), misspelt_unit("celcius"), misspelt_unit("req/s"), misspelt_unit("litres")
    ('percentunit', 'celsius', None, None)
    """
    word = "".join(name.lower().split())
    ids = {known.lower(): known for known in known_units() if len(known) >= _CLEAR}
    if word in ids or len(word) < _LONG or not word.isalnum():
        return ids.get(word)
    from monitoring_as_code.diagnostics.nearest import nearest

    near = nearest(word, (known for known in ids.values() if len(known) >= _LONG), 1, likeness=0.85)
    return near[0] if near and near[0].lower().rstrip("s") != word.rstrip("s") else None


@lru_cache(maxsize=1)
def known_units() -> frozenset[str]:
    """The ids of Grafana 13.2."""
    return frozenset(_IDS.split())


@lru_cache(maxsize=1024)
def _found(unit: Unit, spelling: str) -> str:
    # Equal units may be spelt differently, and the spelling tells a frequency from a rate, and a share from a count.
    if not unit.dimension and not unit.affine:
        counted = any(power > 0 for _, power, _ in unit.nouns)
        if unit.scale == (1, 100):
            return "percent"
        if unit.scale != (1, 1):
            return "short"
        if unit.nouns:
            return "percentunit" if counted and any(power < 0 for _, power, _ in unit.nouns) else "short"
        return "percentunit" if spelling == "ratio" else "short"
    if spelling == "Hz":
        return "hertz"
    if unit.dimension == _RATE and len(unit.nouns) < 2 and not unit.affine:
        noun = unit.nouns[0] if unit.nouns else ("", 1, 1)
        if noun[1:] == (1, 1):
            if unit.scale == (1, 1):
                return _A_SECOND.get(noun[0], "cps")
            if unit.scale == (1, 60):
                return _A_MINUTE.get(noun[0], "cpm")
    return _PLAIN.get((unit.dimension, unit.scale, unit.affine, unit.offset), "short")


# What Grafana makes dates of; Prometheus has seconds.
_MILLISECONDS_SINCE_1970: Final = Unit(units.seconds.dimension, scale=(1, 1000), affine=True)
_RATE: Final = units.hertz.dimension
_A_SECOND: Final = {
    "requests": "reqps",
    "operations": "ops",
    "events": "eps",
    "messages": "mps",
    "packets": "pps",
    "reads": "rps",
    "writes": "wps",
    "rows": "rowsps",
    "records": "recps",
}
_A_MINUTE: Final = {
    "requests": "reqpm",
    "operations": "opm",
    "events": "epm",
    "messages": "mpm",
    "reads": "rpm",
    "writes": "wpm",
    "rows": "rowspm",
    "records": "recpm",
}
_SHOWN: Final = (
    (units.nanoseconds, "ns"),
    (units.microseconds, "µs"),
    (units.milliseconds, "ms"),
    (units.seconds, "s"),
    (units.minutes, "m"),
    (units.hours, "h"),
    (units.days, "d"),
    (units.timestamp, "none"),  # Grafana's dates count milliseconds; as seconds every date would be in January 1970
    (units.bits, "bits"),
    (units.bytes_, "bytes"),
    (units.kibibytes, "kbytes"),
    (units.mebibytes, "mbytes"),
    (units.gibibytes, "gbytes"),
    (units.tebibytes, "tbytes"),
    (units.kilobytes, "deckbytes"),
    (units.megabytes, "decmbytes"),
    (units.gigabytes, "decgbytes"),
    (units.terabytes, "dectbytes"),
    (units.bits / units.seconds, "bps"),
    (units.bytes_ / units.seconds, "Bps"),
    (units.kibibytes / units.seconds, "KiBs"),
    (units.mebibytes / units.seconds, "MiBs"),
    (units.gibibytes / units.seconds, "GiBs"),
    (units.kilobytes / units.seconds, "KBs"),
    (units.megabytes / units.seconds, "MBs"),
    (units.gigabytes / units.seconds, "GBs"),
    (units.celsius, "celsius"),
    (units.kelvin, "kelvin"),
    (units.fahrenheit, "fahrenheit"),
    (units.joules, "joule"),
    (units.watts, "watt"),
    (units.volts, "volt"),
    (units.amperes, "amp"),
    (units.meters, "lengthm"),
    (units.meters / units.seconds, "velocityms"),
    (units.grams, "massg"),
    (units.kilograms, "masskg"),
)
_PLAIN: Final = {(unit.dimension, unit.scale, unit.affine, unit.offset): name for unit, name in _SHOWN}

# A shorter word is like many another one.
_CLEAR: Final = 5
# In one of so many letters a wrong one is a slip.
_LONG: Final = 7
# How people write what Grafana has another word for.
_COMMON: Final = {
    **dict.fromkeys(
        ("req/s", "req/sec", "requests/s", "requests/sec", "requests/second", "rqps", "req", "qps", "queries/s", "queries/sec"), "reqps"
    ),
    **dict.fromkeys(("req/m", "req/min", "requests/min", "requests/minute"), "reqpm"),
    **dict.fromkeys(("op/m", "ops/m", "ops/min", "operations/min"), "opm"),
    **dict.fromkeys(("op/s", "ops/s", "ops/sec", "opsps", "operations/s", "operations/sec"), "ops"),
    **dict.fromkeys(("errors/s", "errors/sec", "errps", "errs/s", "err/s", "events/s", "events/sec", "event/s"), "eps"),
    **dict.fromkeys(("msg/s", "msgs/s", "messages/s", "messages/sec", "msgps"), "mps"),
    **dict.fromkeys(("/s", "/sec", "persec", "persecond", "1/s"), "cps"),
    **dict.fromkeys(("packets/s", "packets/sec", "packet/s"), "pps"),
    **dict.fromkeys(("rows/s", "rows/sec"), "rowsps"),
    **dict.fromkeys(("reads/s", "reads/sec"), "rps"),
    **dict.fromkeys(("writes/s", "writes/sec"), "wps"),
    **dict.fromkeys(("b/s", "bytes/s", "bytes/sec", "bytes/second", "byte/s"), "Bps"),
    **dict.fromkeys(("bit/s", "bits/s", "bits/sec"), "bps"),
    **dict.fromkeys(("mb/s", "mbs/sec"), "MBs"),
    **dict.fromkeys(("second", "seconds", "sec", "secs"), "s"),
    **dict.fromkeys(("millisecond", "milliseconds", "msec", "millis"), "ms"),
    **dict.fromkeys(("microsecond", "microseconds", "us", "usec"), "µs"),
    **dict.fromkeys(("nanosecond", "nanoseconds", "nsec"), "ns"),
    **dict.fromkeys(("minute", "minutes", "min"), "m"),
    **dict.fromkeys(("hour", "hours"), "h"),
    **dict.fromkeys(("day", "days"), "d"),
    **dict.fromkeys(("%", "percents", "percentage"), "percent"),
    **dict.fromkeys(("ratio", "percent(0.0-1.0)"), "percentunit"),
    "byte": "bytes",
    "kwh": "kwatth",
    "wh": "watth",
    "kw": "kwatt",
    "mw": "megwatt",
    "c": "celsius",
    "hz": "hertz",
    "number": "short",
    "count": "short",
    "integer": "none",
}

# What Grafana makes a unit of, behind a colon.
_MADE: Final = frozenset({"prefix", "suffix", "time", "si", "count", "currency", "bool"})
_IDS: Final = """
    Bps EHs GBs GHs Gbits GiBs Gibits Hs KBs KHs Kbits KiBs Kibits MBs MHs Mbits MiBs Mibits Mohm Nm3 PBs PHs Pbits PiBs Pibits TBs THs
    Tbits TiBs Tibits Wm2 accFS2 accG accMS2 acres amp amph arcmin arcsec areaF2 areaM2 areaMI2 binBps binbps bits bool bool_on_off
    bool_yes_no bps bytes candela celsius clockms clocks congNm3 congm3 conmgNm3 conmgdL conmgm3 conmmolL conngNm3 conngm3 conppb
    conμgNm3 conμgm3 cpm cps currencyBGN currencyBRL currencyBTC currencyCHF currencyCZK currencyDKK currencyEUR currencyGBP currencyIDR
    currencyILS currencyINR currencyISK currencyJPY currencyKRW currencyMYR currencyNOK currencyPHP currencyPLN currencyPYG currencyRUB
    currencySEK currencyTRY currencyUAH currencyUSD currencyUYU currencyVND currencyXPF currencyZAR currencymBTC currencyμBTC d dB dBm
    dateTimeAsIso dateTimeAsIsoNoDateIfToday dateTimeAsLocal dateTimeAsLocalNoDateIfToday dateTimeAsSystem dateTimeAsUS
    dateTimeAsUSNoDateIfToday dateTimeFromNow decbits decbytes decgbytes deckbytes decmbytes decpbytes dectbytes degree dm3 dtdhms
    dtdurationms dtdurations dthms eflops epm eps ev fahrenheit farad ffarad flops flowcfm flowcfs flowcms flowgpm flowlpm flowmlpm
    forceN forceNm forcekN forcekNm gallons gbytes gflops grad gwatt h hectares henry hertz hex hex0x humidity iops joule kamp kamph
    kbytes kelvin kohm kvolt kvoltamp kvoltampreact kwatt kwatth kwattm lengthcm lengthft lengthin lengthkm lengthm lengthmi lengthmm
    litre litreh locale lumens lux m m3 mamp mamph massg masskg masslb massmg masst mbytes megwatt mflops mhenry mlitre mohm mpm mps ms
    mvolt mwatt mwatth nfarad none ns ohm opm ops pbytes percent percentunit pfarad pflops pixel ppm pps pressurebar pressurehg
    pressurehpa pressurekbar pressurekpa pressurembar pressurepa pressurepsi radbq radci radexpckg radgy radian radmsv radmsvh radr
    radrad radrem radsv radsvh radusv radusvh recpm recps reqpm reqps rotdegs rotghz rothz rotkhz rotmhz rotrads rotrpm rowspm rowsps
    rpm rps s sci short sishort string tbytes tflops timeticks velocitykmh velocityknot velocitymph velocityms volt voltamp voltampreact
    watt watth watthperkg wpm wps yflops zflops µfarad µhenry µs
"""
