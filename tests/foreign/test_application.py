"""Where an application records: a case is a program beside the same definitions, and what is known of each metric that it says of.

`app.py: pay()` is the function of a file that records it, `registered` says that it is registered and recorded nowhere, `no` that nothing
records it, and `?` that nobody can tell.
"""

from pathlib import Path

import pytest

from monitoring_as_code.config import Config
from monitoring_as_code.foreign.application import NoSources, Recordings, recordings
from monitoring_as_code.project import load_project

SHOP = """\
from typing import Literal
from monitoring_as_code import Business, Counter, Exporter, Gauge, Histogram, Label, Labels, label

class Orders(Labels):
    shop: Label[str] = label(at_most=9)

class Operations(Labels):
    operation: Label[str] = label(at_most=9)
    status: Label[str] = label(at_most=9)

class States(Labels):
    state: Label[Literal["busy", "idle"]]

orders = Counter(name="orders_total", help="Orders.", labels=Orders)
waiting = Gauge(name="waiting", help="Orders that wait.")
workers = Gauge(name="workers", help="Workers.", labels=States)
payment = Histogram(name="payment_seconds", help="Time.", buckets=(1,))
done = Counter(name="done_total", help="Operations.", labels=Operations)
value = Gauge(name="value", help="Values.", labels=Orders)
record = Business(operations=done, value=value)
queues = {"mail": Gauge(name="mail_queue", help="Mails."), "push": Gauge(name="push_queue", help="Pushes.")}
query = orders.rate("5m") > 5
node = Exporter(name="node", metrics=(Gauge(name="node_load1", help="Load."),))
"""

CASES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "a call": (
        {"app.py": "from definitions.shop import orders\ndef pay():\n    orders.inc(shop='a')\n"},
        {"orders_total": "app.py: pay()", "waiting": "no"},
    ),
    "a call outside of all functions": (
        {"app.py": "from definitions.shop import waiting\nwaiting.set(1)\n"},
        {"waiting": "app.py", "orders_total": "no"},
    ),
    "a method's name is that of its class, too": (
        {"app.py": "from definitions.shop import waiting\nclass A:\n    async def b(self):\n        def c():\n            waiting.dec()\n"},
        {"waiting": "app.py: A.b.c()"},
    ),
    "by the module": (
        {"app.py": "import definitions.shop\nfrom definitions import shop as s\ndefinitions.shop.orders.inc(shop='a')\ns.waiting.inc()\n"},
        {"orders_total": "app.py", "waiting": "app.py", "payment_seconds": "no"},
    ),
    "by an alias": (
        {
            "app.py": "from definitions.shop import orders as o\nmine = o\ndef f():\n    here = mine\n    here.add(2, shop='a')\n",
        },
        {"orders_total": "app.py: f()"},
    ),
    "by a module of the application's own": (
        {
            "app/__init__.py": "",
            "app/metrics.py": "from definitions.shop import orders as taken, waiting\n",
            "app/web.py": "from .metrics import taken\nfrom app import metrics\ntaken.inc(shop='a')\nmetrics.waiting.set(1)\n",
        },
        {"orders_total": "app/web.py", "waiting": "app/web.py"},
    ),
    "by a star": (
        {"app.py": "from definitions.shop import *\norders.inc(shop='a')\n"},
        {"orders_total": "app.py", "waiting": "no"},
    ),
    "as a decorator, which is of what it decorates": (
        {
            "app.py": "from definitions.shop import payment\n@payment.time()\ndef pay(): ...\nasync def other():\n    with payment.time(): ...\n"
        },
        {"payment_seconds": "app.py: other(), app.py: pay()"},
    ),
    "each value of a label": (
        {"app.py": "from definitions.shop import States, workers\ndef look(): workers.each(States.state).set({'busy': 3})\n"},
        {"workers": "app.py: look()"},
    ),
    "in a loop over what is written out": (
        {
            "app.py": "from definitions.shop import orders, waiting, workers\nboth = (waiting, workers)\n"
            "for each in both: each.set(1)\nfor n, m in ((1, orders), (2, orders)): m.add(n, shop='a')\n[w.set(2) for w in [waiting]]\n"
        },
        {"waiting": "app.py", "workers": "app.py", "orders_total": "app.py"},
    ),
    "out of a dict of the definitions": (
        {"app.py": "from definitions.shop import queues\ndef f(): queues['mail'].set(1)\n"},
        {"mail_queue": "app.py: f()", "push_queue": "no"},
    ),
    "out of a dict by what nobody knows": (
        {"app.py": "from definitions.shop import queues\ndef f(kind): queues[kind].set(1)\n"},
        {"mail_queue": "?", "push_queue": "?", "waiting": "no"},
    ),
    "a business call": (
        {"app.py": "from definitions.shop import record\ndef f(): record('sale', 'success')\n"},
        {"done_total": "app.py: f()", "value": "no"},
    ),
    "a business call with a value": (
        {"app.py": "from definitions.shop import record\ndef f(): record('sale', 'success', 9)\n"},
        {"done_total": "app.py: f()", "value": "app.py: f()"},
    ),
    "the middleware": (
        {
            "app.py": "from definitions.shop import orders, payment\nfrom monitoring_as_code.instrument.asgi import Middleware\n"
            "app = Middleware(None, requests=orders, duration=payment)\n"
        },
        {"orders_total": "app.py", "payment_seconds": "app.py", "waiting": "no"},
    ),
    "the middleware that somebody else makes": (
        {
            "app.py": "from definitions import shop\nfrom monitoring_as_code.instrument import asgi\n"
            "def made(app): app.add_middleware(asgi.Middleware, requests=shop.orders)\n"
        },
        {"orders_total": "app.py: made()"},
    ),
    "registered only": (
        {
            "app.py": "from definitions import shop\nfrom definitions.shop import orders\nfrom monitoring_as_code.instrument import register\nregister(*(orders,))\n"
        },
        {"orders_total": "registered", "waiting": "no"},
    ),
    "a module registered": (
        {
            "app.py": "from definitions import shop\nfrom monitoring_as_code import instrument\nALL = (shop,)\ninstrument.register(*ALL)\nshop.waiting.set(1)\n"
        },
        {"orders_total": "registered", "waiting": "app.py", "mail_queue": "registered"},
    ),
    "started": (
        {"app.py": "from definitions.shop import orders\norders.start(shop='a')\n"},
        {"orders_total": "registered"},
    ),
    "handed on": (
        {"app.py": "from definitions.shop import orders, waiting\ndef f(m): m.inc(shop='a')\nf(orders)\n"},
        {"orders_total": "?", "waiting": "no"},
    ),
    "kept in an object": (
        {"app.py": "from definitions.shop import orders\nclass A:\n    def __init__(self): self.m = orders\n"},
        {"orders_total": "?"},
    ),
    "kept in a class": ({"app.py": "from definitions.shop import orders\nclass A:\n    m = orders\n"}, {"orders_total": "?"}),
    "its method handed on": (
        {"app.py": "from definitions.shop import orders\ndef f(call): ...\nf(orders.inc)\n"},
        {"orders_total": "?"},
    ),
    "its method by another name": (
        {"app.py": "from definitions.shop import orders\ncount = orders.inc\ndef f(): count(shop='a')\n"},
        {"orders_total": "app.py: f()"},
    ),
    "one of two": (
        {"app.py": "from definitions.shop import orders, done\nimport os\nm = orders if os.name else done\nm.inc()\n"},
        {"orders_total": "?", "done_total": "?"},
    ),
    "a name that is given twice": (
        {"app.py": "from definitions.shop import orders\nm = None\nm = orders\nm.inc(shop='a')\n"},
        {"orders_total": "?"},
    ),
    "a name that a function gives": (
        {"app.py": "from definitions.shop import orders\nm = orders\ndef f():\n    global m\n    m = None\ndef g(): m.inc(shop='a')\n"},
        {"orders_total": "?"},
    ),
    "an import that may fail": (
        {"app.py": "try:\n    from definitions.shop import orders\nexcept ImportError:\n    orders = None\norders.inc(shop='a')\n"},
        {"orders_total": "?", "waiting": "no"},
    ),
    "a module that may be another": (
        {"app.py": "import definitions.shop as s\nimport json as s\ns.orders.inc(shop='a')\n"},
        {"orders_total": "?"},
    ),
    "an import in a class": (
        {"app.py": "class A:\n    from definitions.shop import orders\n    def f(self): self.orders.inc(shop='a')\n"},
        {"orders_total": "?", "waiting": "no"},
    ),
    "a star, and a name given again": (
        {"app.py": "from definitions.shop import *\norders.inc(shop='a')\norders = None\n"},
        {"orders_total": "?", "waiting": "no"},
    ),
    "another thing of the same name": (
        {"app.py": "from definitions.shop import orders\nfrom other import waiting\ndef f(orders): orders.inc(shop='a')\nwaiting.set(1)\n"},
        {"orders_total": "no", "waiting": "no"},
    ),
    "another package of the same name": (
        {"app.py": "from others.definitions.shop import orders\norders.inc(shop='a')\n"},
        {"orders_total": "no"},
    ),
    "a query is no record": (
        {"app.py": "from definitions.shop import orders\nq = orders.rate('5m').sum() > 4\nprint(orders.name, orders > 3, not orders)\n"},
        {"orders_total": "no"},
    ),
    "by name": (
        {"app.py": "from importlib import import_module\ndef f(n): getattr(import_module(n), 'orders').inc(shop='a')\n"},
        {"orders_total": "?", "waiting": "?"},
    ),
    "another module by name": (
        {"app.py": "from importlib import import_module\nimport_module('json')\n"},
        {"orders_total": "no"},
    ),
    "all of a module": (
        {"app.py": "from definitions import shop\nfor m in vars(shop).values(): m.inc()\n"},
        {"orders_total": "?"},
    ),
    "a file that is no Python": (
        {"app.py": "from definitions import shop\ndef f(:\n", "ok.py": "from definitions.shop import waiting\nwaiting.set(1)\n"},
        {"orders_total": "?", "waiting": "ok.py"},
    ),
    "bytes that are no text": ({"app.py": "x = 1\n", "odd.py": "import definitions\x00"}, {"orders_total": "?"}),
    "a file that is no Python and does not know the definitions": ({"app.py": "def f(:\n"}, {"orders_total": "no"}),
    "an annotation": ({"app.py": "from definitions.shop import orders\nx: orders\n"}, {"orders_total": "no"}),
    "a comprehension's own name": (
        {"app.py": "from definitions.shop import orders\n[orders.inc(shop='a') for orders in ()]\n"},
        {"orders_total": "no"},
    ),
    "two names that mean each other": ({"app.py": "a = b\nb = a\na.inc()\nfrom app import a\n"}, {"orders_total": "no"}),
}


def read(root: Path, files: dict[str, str], *sources: str, shop: str = SHOP) -> Recordings:
    """What is known of a program beside definitions."""
    for path, text in {"definitions/shop.py": shop, **{f"src/{path}": text for path, text in files.items()}}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    project = load_project(root, Config())
    assert not project.problems
    return recordings(project, sources or ("src",))


def told(found: Recordings, metric: str) -> str:
    """What is known of a metric, in the words of the cases."""
    sites = found.recorded.get(metric, ())
    if sites:
        words = {site.path.removeprefix("src/") + (f": {site.function}()" if site.function else "") for site in sites}
        return ", ".join(sorted(words))
    return "registered" if metric in found.registered else "?" if metric in found.unknown else "no"


@pytest.mark.parametrize("case", CASES)
def test_what_can_be_known_is_known_and_nothing_else_is_said(case: str, tmp_path: Path) -> None:
    files, expected = CASES[case]
    found = read(tmp_path, files)
    assert {metric: told(found, metric) for metric in expected} == expected
    assert "node_load1" not in {*found.recorded, *found.registered, *found.unknown}


def test_a_function_of_the_definitions_may_record(tmp_path: Path) -> None:
    shop = SHOP + "\ndef paid(shop: str) -> None:\n    orders.inc(shop=shop)\n"
    found = read(tmp_path, {"app.py": ""}, shop=shop)
    assert [(site.path, site.function) for site in found.recorded["orders_total"]] == [("definitions/shop.py", "paid")]


def test_what_the_definitions_pass_on_is_unknown_only_where_a_call_fits(tmp_path: Path) -> None:
    shop = SHOP + "\ndef by_name(name):\n    return {'orders': orders, 'waiting': waiting}[name]\n"
    found = read(tmp_path, {"app.py": "from definitions.shop import by_name\nby_name('orders').inc(shop='a')\n"}, shop=shop)
    assert (told(found, "orders_total"), told(found, "waiting")) == ("?", "no")
    assert found.unknown["orders_total"] == "src/app.py:2 may record it"


def test_files_that_cannot_know_a_metric_are_read_only_where_it_matters(tmp_path: Path) -> None:
    shop = SHOP + "\ndef by_name(name):\n    return {'orders': orders}[name]\n"
    app = {
        "app.py": "from definitions.shop import by_name\nfrom far import use\nuse(by_name('orders'))\n",
        "far.py": "def use(m): m.inc(shop='a')\n",
    }
    assert told(read(tmp_path, app, shop=shop), "orders_total") == "?"


def test_environments_of_python_hidden_folders_and_the_definitions_are_not_the_application(tmp_path: Path) -> None:
    call = "from definitions.shop import waiting\nwaiting.set(1)\n"
    files = {"app.py": "", "venv/pyvenv.cfg": "", "venv/lib.py": call, ".hidden/a.py": call, "node_modules/a.py": call}
    assert told(read(tmp_path, files, "."), "waiting") == "no"


def test_sources_that_are_not_there_or_no_python_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NoSources, match="there is no `lib`"):
        read(tmp_path, {"app.py": ""}, "lib")
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "app.ts").write_text("")
    with pytest.raises(NoSources, match="`web` has no Python file"):
        read(tmp_path, {"app.py": ""}, "web")


def test_a_file_alone_is_read(tmp_path: Path) -> None:
    assert (
        told(
            read(tmp_path, {"app.py": "from definitions.shop import waiting\nwaiting.set(1)\n", "b.py": "def f(:"}, "src/app.py"), "waiting"
        )
        == "app.py"
    )


def test_the_stand_in_of_autoweave_records_all_that_autoweave_declares(root: Path) -> None:
    from monitoring_as_code.config import read_config
    from monitoring_as_code.model.metric import Exporter, Metric

    project = load_project(root, read_config(root)[0])
    found = recordings(project, ["examples/autoweave_backend"])
    theirs = {metric for exporter in project.of(Exporter) for metric in exporter.metrics}
    assert {metric.name for metric in project.of(Metric) if metric not in theirs} == {*found.recorded}
