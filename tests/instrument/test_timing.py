"""What is timed takes as long as it goes on, and is otherwise what it was."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator

import pytest

from monitoring_as_code import Histogram, Label, Labels, Summary, label, milliseconds, seconds

Read = Callable[[], dict[str, float]]


class Jobs(Labels):
    queue: Label[str] = label(at_most=3)


duration = Histogram(name="job_duration_seconds", help="Time a job takes.", labels=Jobs, unit=seconds, buckets=(0.1, 1.0))
size = Summary(name="job_size", help="Size of a job.", labels=Jobs)
MAILS = '{queue="mails"}'


class Clock:
    """Two seconds between one look and the next."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 2
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("monitoring_as_code.instrument.timing.perf_counter", made)
    return made


@pytest.mark.usefixtures("clock")
def test_a_timer_observes_blocks_and_calls_however_they_end(read: Read) -> None:
    @duration.time(queue="mails")
    def work(*, fails: bool = False) -> str:
        """What is worked on."""
        if fails:
            raise KeyError
        return "done"

    @duration.time(queue="mails")
    async def wait() -> str:
        return "waited"

    assert read() == {}, "nothing is bound or recorded before it is called"
    with duration.time(queue="mails"):
        pass
    with pytest.raises(KeyError), duration.time(queue="mails"):
        raise KeyError
    assert work() == "done"
    assert work.__doc__ == "What is worked on."
    with pytest.raises(KeyError):
        work(fails=True)
    coroutine = wait()
    with pytest.raises(StopIteration, match="waited"):
        coroutine.send(None)
    with size.time(queue="mails"):
        pass
    page = read()
    assert (page["job_duration_seconds_count" + MAILS], page["job_duration_seconds_sum" + MAILS]) == (5, 10)
    assert (page["job_size_count" + MAILS], page["job_size_sum" + MAILS]) == (1, 2)


@pytest.mark.usefixtures("clock")
def test_a_timer_observes_how_long_a_generator_goes_on_and_hides_nothing_of_it(read: Read) -> None:
    @duration.time(queue="mails")
    def parts(until: int) -> Generator[int, str, str]:
        told = ""
        for number in range(until):
            try:
                told += (yield number) or "."
            except KeyError:
                told += "!"
        return told

    made = parts(3)
    assert read() == {}, "it has not begun"
    assert [next(made), made.send("a"), made.throw(KeyError())] == [0, 1, 2]
    assert read() == {}, "it goes on"
    with pytest.raises(StopIteration, match="a!b"):
        made.send("b")
    assert read()["job_duration_seconds_sum" + MAILS] == 2
    assert list(parts(3)) == [0, 1, 2]
    left = parts(3)
    next(left)
    left.close()
    assert (read()["job_duration_seconds_count" + MAILS], read()["job_duration_seconds_sum" + MAILS]) == (3, 6)


@pytest.mark.usefixtures("clock")
def test_a_timer_observes_how_long_an_asynchronous_generator_goes_on_and_hides_nothing_of_it(read: Read) -> None:
    ended: list[str] = []

    @duration.time(queue="mails")
    async def parts(until: int) -> AsyncGenerator[str, str]:
        told = ""
        try:
            for number in range(until):
                try:
                    told += yield f"{number}{told}"
                except KeyError:
                    told += "!"
        finally:
            await asyncio.sleep(0)
            ended.append(told)

    async def main() -> None:
        made = parts(3)
        assert [await anext(made), await made.asend("a"), await made.athrow(KeyError())] == ["0", "1a", "2a!"]
        assert read() == {}, "it goes on"
        with pytest.raises(StopAsyncIteration):
            await made.asend("b")
        assert read()["job_duration_seconds_sum" + MAILS] == 2
        left = parts(3)
        await anext(left)
        await left.aclose()
        wrong = parts(3)
        await anext(wrong)
        with pytest.raises(ValueError, match="seen"):
            await wrong.athrow(ValueError("seen"))

    asyncio.run(main())
    assert ended == ["a!b", "", ""]
    assert (read()["job_duration_seconds_count" + MAILS], read()["job_duration_seconds_sum" + MAILS]) == (3, 6)


@pytest.mark.usefixtures("clock")
def test_a_timer_observes_an_asynchronous_block(read: Read) -> None:
    async def main() -> None:
        async with duration.time(queue="mails"):
            await asyncio.sleep(0)

    asyncio.run(main())
    assert read()["job_duration_seconds_sum" + MAILS] == 2


@pytest.mark.usefixtures("clock")
def test_a_timer_observes_in_the_unit_of_the_metric(read: Read) -> None:
    metric = Histogram(name="took_milliseconds", help="Time.", unit=milliseconds, buckets=(100, 1000))
    with metric.time():
        pass
    with metric.time():
        pass
    assert read()["took_milliseconds_sum"] == 4000
