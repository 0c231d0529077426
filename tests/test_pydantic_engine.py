"""pydantic's engine, without what a command has no use for."""

import subprocess
import sys

import pytest

ALONE = "from monitoring_as_code import pydantic_engine; pydantic_engine.alone()"


def said(code: str) -> str:
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_the_engine_alone_comes_without_the_schemas_for_type_checkers() -> None:
    code = f"{ALONE}; import sys; print(*(name for name in sys.modules if name.startswith('pydantic')))"
    assert said(code).split() == ["pydantic_core._pydantic_core"]


def test_it_is_the_engine_that_is_used_then() -> None:
    code = f"{ALONE}; from monitoring_as_code import Counter; import sys; print('pydantic_core' in sys.modules, Counter(name='a_total', help='A.').name)"
    assert said(code).split() == ["False", "a_total"]


def test_without_it_the_package_is_imported_as_usual() -> None:
    code = "from monitoring_as_code.pydantic_engine import to_json; import sys; print('pydantic_core.core_schema' in sys.modules, to_json([1]).decode())"
    assert said(code).split() == ["True", "[1]"]


@pytest.mark.parametrize("before", ["", "import pydantic_core; "])
def test_pydantic_works_beside_it(before: str) -> None:
    code = f"""{before}{ALONE}
from monitoring_as_code.pydantic_engine import SchemaValidator, ValidationError
import pydantic, pydantic.version, pydantic_core
class Model(pydantic.BaseModel):
    size: int
print(Model(size="3").size, pydantic_core.SchemaValidator is SchemaValidator, pydantic.ValidationError is ValidationError, bool(pydantic.version.version_info()))
"""
    assert said(code).split() == ["3", "True", "True", "True"]


PLAIN = f"{ALONE}; from monitoring_as_code import pydantic_engine as engine; engine.for_plain_data()"


def test_for_plain_data_no_module_is_imported_for_types_that_it_has_not() -> None:
    code = f"{PLAIN}; print(engine.to_json({{'a': [1, 2.5, None, True, 'é']}}).decode()); import sys; print([name for name in engine._TYPES_OF if name in sys.modules])"
    assert said(code).splitlines() == ['{"a":[1,2.5,null,true,"é"]}', "[]"]


def test_the_modules_of_those_types_are_their_own_afterwards() -> None:
    assert said(f"{PLAIN}; import pathlib, decimal; print(pathlib.PurePath('a') / 'b', decimal.Decimal('1.5'))") == "a/b 1.5\n"


@pytest.mark.parametrize("before", ["import pydantic", "import pathlib"])
def test_types_that_somebody_uses_can_be_written_still(before: str) -> None:
    assert said(f"{before}; {PLAIN}; import pathlib; print(engine.to_json(pathlib.Path('a')).decode())") == '"a"\n'
