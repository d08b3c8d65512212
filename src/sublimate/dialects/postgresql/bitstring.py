"""BitString: the value of a BIT column, a string of zeros and ones that can be combined bit by bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, SupportsIndex


class BitString(str):
    """A string of zeros and ones.

    >>> BitString("0110") | BitString("0001")
    BitString("0111")
    >>> int(BitString.from_int(5, length=8))
    5
    """

    _DIGITS = frozenset("01")

    def __new__(cls, _value: str, _check: bool = True) -> BitString:
        if isinstance(_value, BitString):
            return _value
        if _check and not cls._DIGITS.issuperset(_value):
            raise ValueError("BitString must only contain '0' and '1' chars")
        return super().__new__(cls, _value)

    @classmethod
    def from_int(cls, value: int, length: int) -> BitString:
        """A number in `length` bits; ValueError if it does not fit."""
        if value < 0:
            raise ValueError("value must be non-negative")
        text = f"{value:0{length}b}" if length > 0 else ""
        if length < 0 or len(text) > length or (length == 0 and value):
            raise ValueError(f"Cannot encode {value} as a BitString of length {length}")
        return cls(text)

    @classmethod
    def from_bytes(cls, value: bytes, length: int = -1) -> BitString:
        """Bytes, the first one in front; with `length` as that many bits."""
        if length >= 0:
            return cls.from_int(int.from_bytes(value, "big"), length)
        return cls("".join(f"{byte:08b}" for byte in value))

    # -- single bits

    @property
    def bit_length(self) -> int:
        return len(self)

    @property
    def octet_length(self) -> int:
        """How many bytes hold the bits."""
        return (len(self) + 7) // 8

    def get_bit(self, index: int) -> Literal["0", "1"]:
        """The bit at a place, as text."""
        return "1" if str.__getitem__(self, index) == "1" else "0"

    def has_bit(self, index: int) -> bool:
        return self.get_bit(index) == "1"

    def set_bit(self, index: int, value: bool | int | Literal["0", "1"]) -> BitString:
        """A copy with another bit at a place."""
        if index < 0 or index > len(self) - 1:
            raise IndexError("BitString index out of range")
        digit = "1" if value in (True, 1, "1") else "0"
        if self[index] == digit:
            return self
        return BitString(f"{str(self)[:index]}{digit}{str(self)[index + 1 :]}", False)

    # -- as text

    def lstrip(self, char: str | None = None) -> BitString:
        return BitString(super().lstrip("0" if char is None else char), False)

    def rstrip(self, char: str | None = "0") -> BitString:
        return BitString(super().rstrip(char), False)

    def strip(self, char: str | None = "0") -> BitString:
        return BitString(super().strip(char), False)

    def removeprefix(self, prefix: str, /) -> BitString:
        return BitString(super().removeprefix(prefix), False)

    def removesuffix(self, suffix: str, /) -> BitString:
        return BitString(super().removesuffix(suffix), False)

    def replace(self, old: str, new: str, count: SupportsIndex = -1) -> BitString:
        return BitString(super().replace(old, new, count))

    def split(self, sep: str | None = None, maxsplit: SupportsIndex = -1) -> list[str]:
        return [BitString(word) for word in super().split(sep, maxsplit)]

    def zfill(self, width: SupportsIndex) -> BitString:
        return BitString(super().zfill(width), False)

    def __getitem__(self, key: SupportsIndex | slice[Any, Any, Any]) -> BitString:
        return BitString(super().__getitem__(key), False)

    def __add__(self, o: str) -> BitString:
        return BitString(str(self) + str(o))

    def __radd__(self, o: str) -> BitString:
        return BitString(str(o) + str(self))

    def __repr__(self) -> str:
        return f'BitString("{self!s}")'

    # -- as a number

    def __int__(self) -> int:
        return int(str(self), 2) if self else 0

    def to_bytes(self, length: int = -1) -> bytes:
        """The number that the bits are, in as many bytes as they need."""
        return int(self).to_bytes(length if length >= 0 else self.octet_length, "big")

    def __bytes__(self) -> bytes:
        return self.to_bytes()

    def __lshift__(self, amount: int) -> BitString:
        return BitString(f"{str(self)[amount:]}{'0' * min(amount, len(self))}", False) if amount > 0 else self

    def __rshift__(self, amount: int) -> BitString:
        if amount <= 0:
            return self
        kept = str(self)[: max(len(self) - amount, 0)]
        return BitString(kept.rjust(len(self), "0"), False)

    def __invert__(self) -> BitString:
        return BitString(str(self).translate({48: "1", 49: "0"}), False)

    def _combined(self, other: Any, combine: Callable[[int, int], int]) -> BitString:
        right = BitString(other)
        if len(self) != len(right):
            raise ValueError("Operands must be the same length")
        return BitString(f"{combine(int(self), int(right)):0{len(self)}b}" if self else "", False)

    def __and__(self, o: str) -> BitString:
        return self._combined(o, int.__and__)

    def __or__(self, o: str) -> BitString:
        return self._combined(o, int.__or__)

    def __xor__(self, o: str) -> BitString:
        return self._combined(o, int.__xor__)

    __rand__ = __and__
    __ror__ = __or__
    __rxor__ = __xor__
