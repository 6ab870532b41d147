"""The passwords that are tried first.

Source: the frequency list of leaked passwords in zxcvbn (Wheeler, "zxcvbn: Low-Budget Password
Strength Estimation", USENIX Security 2016), by way of the `zxcvbn` package. Of its 30,000 entries
some 11,600 are long enough to be chosen here; OWASP ASVS asks for the first 3,000.
"""

from __future__ import annotations

from functools import cache

from zxcvbn.frequency_lists import FREQUENCY_LISTS


@cache
def _common() -> frozenset[str]:
    return frozenset(FREQUENCY_LISTS["passwords"])


def is_common(password: str) -> bool:
    """Tell whether a password, however capitalised, is on the list."""
    return password.casefold() in _common()
