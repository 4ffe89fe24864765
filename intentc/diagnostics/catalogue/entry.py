from intentc.values import frozen


@frozen
class Entry:
    """A code's place in the catalogue; `explanation` is what `intentc explain CODE` prints (plain text, wrapped lines)."""

    code: str
    title: str
    explanation: str
