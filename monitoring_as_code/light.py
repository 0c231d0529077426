"""Names whose usual modules take milliseconds to import, from lighter ones.

`typing_extensions` takes 2 ms for what concerns type checkers alone, and `hashlib` takes 2.5 ms to load OpenSSL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["override", "sha256"]

if TYPE_CHECKING:
    from hashlib import sha256

    from typing_extensions import override
else:
    try:
        from _sha2 import sha256
    except ImportError:
        try:
            from _sha256 import sha256  # before Python 3.12
        except ImportError:
            from hashlib import sha256

    def override(method):  # noqa: ANN001, ANN201 - what checkers read stands above
        """Mark a method of a base class that is defined anew."""
        return method
