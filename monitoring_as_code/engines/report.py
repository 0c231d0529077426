"""What `promtool check` and `amtool check-config` print, as data."""

from monitoring_as_code.light import NamedTuple


class Complaint(NamedTuple):
    """One thing that a real program refuses: in which file, what, and where if it says so (both from 1)."""

    file: str
    message: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        place = "" if self.line is None else f":{self.line}:{self.column}"
        return f"{self.file}{place}: {self.message}" if self.file else self.message


def reported(output: str) -> list[Complaint]:
    """The complaints in what promtool or amtool printed, each once, in order.

    Both write `Checking FILE`, then SUCCESS or FAILED, then what is wrong up to an empty line: promtool one complaint a line with the
    file's name before it, lines without it belonging to the one before; amtool behind the word FAILED.
    """
    complaints: dict[Complaint, None] = {}
    file = ""
    pending: list[str] = []
    failing = False

    def close() -> None:
        if pending:
            complaints[_complaint(file, "\n".join(pending))] = None
            pending.clear()

    for line in output.splitlines():
        text = line.strip()
        program, is_error, rest = text.partition(": error: ")
        if text.startswith("Checking "):
            close()
            failing = False
            file, text = _checked(text.removeprefix("Checking "))
        elif is_error and program in ("promtool", "amtool"):
            close()
            failing = False
            if not rest.startswith("failed to validate"):  # amtool's count of what it has said
                complaints[Complaint("", rest.removesuffix(", try --help"))] = None
            continue
        if text.startswith("FAILED:"):
            close()
            failing = True
            text = text.removeprefix("FAILED:").strip()
        if not text:
            if pending:
                close()
                failing = False
        elif failing:
            if text.startswith(f"{file}: "):
                close()
            pending.append(text)
    close()
    return list(complaints)


def _checked(rest: str) -> tuple[str, str]:
    """`'a.yml'  FAILED: no` is a file and what follows; promtool writes the name bare, and nothing behind it."""
    if rest.startswith("'"):
        name, _, behind = rest[1:].partition("'")
        return name, behind.strip()
    return rest, ""


def _complaint(file: str, text: str) -> Complaint:
    message = text.removeprefix(f"{file}: ")
    first, _, rest = message.partition(":")
    second, _, said = rest.partition(": ")
    if said and first.isdigit() and second.isdigit():
        return Complaint(file, said, int(first), int(second))
    return Complaint(file, message)
