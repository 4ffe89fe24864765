"""Where the values of flow control stand in the configuration."""

from __future__ import annotations

from intentc.targetkit.kit import NUMBER, Items, Leaf, Shape

from . import owned_pausing as owned

_ID = ("traffic-class-id",)
_OTHER = Shape(owned.OtherClass, (Leaf("number", _ID, NUMBER),))
_CLASS = Shape(
    owned.PausedClass,
    (
        Leaf("number", _ID, NUMBER),
        Leaf("pause", ("pause-threshold",), NUMBER),
        Leaf("headroom", ("headroom",), NUMBER),
        Leaf("mark_from", ("ecn",), NUMBER),
        Leaf("mark_all", ("max-threshold",), NUMBER),
        Leaf("mark_percent", ("probability-percentage",), NUMBER),
    ),
)
CARD = Shape(
    owned.PauseCard,
    (
        Leaf("name", ("location-name",)),
        Items("classes", ("buffer-internal", "traffic-class"), _CLASS),
        Items("usual", ("buffer-internal", "traffic-class-default"), _OTHER),
        Items("external", ("buffer-extended", "traffic-class"), _OTHER),
        Items("external_usual", ("buffer-extended", "traffic-class-default"), _OTHER),
    ),
)
