"""What one scalar of a field means; a scalar that means nothing there raises what the finding says."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Interface, ip_address, ip_interface
from socket import AF_INET, inet_pton

from intentc.topology.model import Directional, IPAddress, IPInterface, IPNetwork, LabelValue
from intentc.topology.names import TEXT, NameRule
from intentc.topology.quantities import Measure, QuantityProblem, parse_quantity
from intentc.topology.scalars import is_text, value_of
from intentc.topology.tree import Scalar

ADDRESS_EXAMPLE = {4: "write an address as in `10.0.0.1/31`", 6: "write an address as in `2001:db8::1/127`"}
_MOST_KNOWN = 4096
_LONGEST_INTEGER = 18  # digits
_PREFIX_EXAMPLE = "write a prefix as in `10.20.0.0/24` or `2001:db8:20::/64`"


class ValueProblemError(ValueError):
    """The scalar is not what its field holds; `Fields` makes a finding of it."""

    def __init__(self, code: str, message: str, help_: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help_


def read_text(field: str, scalar: Scalar, rule: NameRule) -> str:
    """Return a text as written, numbers included; `true`, `false` and null must be quoted."""
    if not is_text(scalar):
        raise ValueProblemError("E0305", f"`{field}` must be text", f'write `"{scalar.text}"` to make it text')
    if rule.allows(scalar.text):
        return scalar.text
    raise ValueProblemError("E0311", f"`{scalar.text}` cannot stand as `{field}`", f"allowed are {rule.words}")


def read_boolean(field: str, scalar: Scalar) -> bool:
    """Return `true` or `false`; `yes` and `on` are text in YAML 1.2."""
    value = value_of(scalar)
    if isinstance(value, bool):
        return value
    raise ValueProblemError("E0305", f"`{field}` must be `true` or `false`", "without quotes")


def read_integer(field: str, scalar: Scalar, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`."""
    value = value_of(scalar)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueProblemError("E0305", f"`{field}` must be a whole number", "without quotes, unit or fraction")
    if low <= value <= high:
        return value
    raise ValueProblemError("E0306", f"`{field}` cannot be {value}", f"from {low} to {high}")


def read_number(field: str, scalar: Scalar, low: int, high: int) -> float:
    """Return a number from `low` to `high`."""
    value = value_of(scalar)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueProblemError("E0305", f"`{field}` must be a number", "without quotes and unit")
    if low <= value <= high:
        return float(value)
    raise ValueProblemError("E0306", f"`{field}` cannot be {value}", f"from {low} to {high}")


def read_quantity(field: str, scalar: Scalar, measure: Measure, low: int) -> int:
    """Return a quantity of at least `low` in its smallest unit."""
    value = parse_quantity(scalar.text, measure)
    if isinstance(value, QuantityProblem):
        raise ValueProblemError("E0308", value.message, value.help)
    if value >= low:
        return value
    raise ValueProblemError("E0306", f"`{field}` cannot be `{scalar.text}`", "write more than zero")


def sound_integer(scalar: Scalar, low: int, high: int) -> int | None:
    """Return what `read_integer` does of a whole number that is written in digits alone, None of all else."""
    text = scalar[0]
    if not (scalar[1] and text.isdecimal() and text.isascii() and len(text) <= _LONGEST_INTEGER):
        return None
    value = int(text)
    return value if low <= value <= high else None


@lru_cache(maxsize=_MOST_KNOWN)
def sound_quantity(text: str, measure: Measure, low: int) -> int | None:
    """Return what `read_quantity` does of a scalar, None where it has something to say."""
    value = parse_quantity(text, measure)
    return value if type(value) is int and value >= low else None


@lru_cache(maxsize=_MOST_KNOWN)
def alike(value: int) -> Directional:
    """Return a value that is the same both ways."""
    return Directional(value, value)


def _parse(text: str) -> IPInterface:
    """Return `ip_interface(text)`; the usual form `A.B.C.D/N` in a third of the time, for a network has very many."""
    address, _, length = text.partition("/")
    if length.isascii() and length.isdecimal() and len(length) <= 2 and int(length) <= 32:
        try:
            return IPv4Interface((inet_pton(AF_INET, address), int(length)))
        except (OSError, ValueError):
            pass  # the other family, or a mistake: both are told apart by the library
    return ip_interface(_without_zone(text))


def _without_zone(text: str) -> str:
    """Return the text of an address; a zone (RFC 4007) is of one device only, and the library takes any text for one."""
    if "%" in text:
        raise ValueError(text)
    return text


def read_prefix(scalar: Scalar) -> IPNetwork:
    """Return an IP prefix without host bits."""
    try:
        interface = _parse(scalar.text)
    except ValueError as error:
        raise ValueProblemError("E0309", f"`{scalar.text}` is not an IP prefix", _PREFIX_EXAMPLE) from error
    network = interface.network
    if int(interface) == int(network.network_address):
        return network
    raise ValueProblemError("E0310", f"`{scalar.text}` has host bits set", f"did you mean `{network}`?")


def read_address(scalar: Scalar, version: int) -> IPInterface:
    """Return an address of one IP version; without a length it is a host address (/32, /128)."""
    try:
        address = _parse(scalar.text)
    except ValueError as error:
        raise ValueProblemError("E0309", f"`{scalar.text}` is not an IP address", ADDRESS_EXAMPLE[version]) from error
    if address.version == version:
        return address
    raise ValueProblemError("E0309", f"`{scalar.text}` is not an IPv{version} address", ADDRESS_EXAMPLE[version])


def read_host_address(scalar: Scalar) -> IPAddress:
    """Return an address of either version, without a prefix length."""
    try:
        return ip_address(_without_zone(scalar.text))
    except ValueError as error:
        raise ValueProblemError(
            "E0309", f"`{scalar.text}` is not an IP address", "write an address as in `10.20.0.9`"
        ) from error


def read_label(field: str, scalar: Scalar) -> LabelValue:
    """Return the value of a label; a fraction counts as the text that was written."""
    value = value_of(scalar)
    if isinstance(value, float):
        value = scalar.text
    if value is None or (isinstance(value, str) and not TEXT.allows(value)):
        raise ValueProblemError("E0305", f"`{field}` holds text, whole numbers and booleans", "put text in quotes")
    return value
