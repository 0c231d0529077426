"""Why a backup is not made, not taken, or not put back."""


class Refused(Exception):  # noqa: N818 - what it says, not that it is an error
    """Nothing was changed: the text says what is, in a sentence; `help` what to do."""

    def __init__(self, message: str, help: str = "") -> None:  # noqa: A002 - as everywhere here
        super().__init__(message)
        self.message = message
        self.help = help


class Damaged(Refused):
    """What is in the folder is not, or not wholly, what was backed up; the text names the file."""
