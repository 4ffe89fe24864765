"""Files that are written again: what has been said of a value is copied, and only as long as it stands where it was written."""

import os

import pytest

from intentc.manifest.again import About, Again


class Teller:
    """Values, and how often something was asked for what it says of each."""

    def __init__(self, *names):
        self.values = {name: object() for name in names}
        self.asked = []

    def piece(self, name):
        def make():
            self.asked.append(name)
            return name.encode() * 3

        return About(self.values[name], make)

    def write(self, again, path, names):
        self.asked.clear()
        pieces = (piece for name in names for piece in (b"-", self.piece(name)))
        again.write(pieces, path)
        assert path.read_bytes() == b"".join(b"-" + name.encode() * 3 for name in names)
        return "".join(self.asked)


@pytest.fixture
def again():
    found = Again()
    yield found
    found.close()


@pytest.fixture
def teller():
    return Teller(*"abcd")


def test_what_was_said_of_a_value_is_copied_wherever_it_stands_now(again, teller, tmp_path):
    path = tmp_path / "new" / "file"
    assert teller.write(again, path, "abc") == "abc"
    assert teller.write(again, path, "cba") == ""
    assert teller.write(again, path, "dcb") == "d"
    assert teller.write(again, path, "abcd") == "a"  # it was not in the last one
    teller.values["b"] = object()
    assert teller.write(again, path, "abcd") == "b"


def test_whoever_takes_its_place_changes_nothing(again, teller, tmp_path):
    path = tmp_path / "file"
    teller.write(again, path, "abc")
    (tmp_path / "other").write_bytes(b"nonsense")
    (tmp_path / "other").replace(path)
    assert teller.write(again, path, "abc") == ""
    path.unlink()
    assert teller.write(again, path, "abc") == ""


@pytest.mark.parametrize("data", [b"-xxx-xxx-xxx", b""])
def test_what_was_written_over_is_made_again(again, teller, tmp_path, data):
    path = tmp_path / "file"
    teller.write(again, path, "abc")
    path.write_bytes(data)
    os.utime(path, ns=(1, 1))
    assert teller.write(again, path, "abc") == "abc"


def test_a_file_that_cannot_be_written_leaves_what_is_known(again, teller, tmp_path):
    path = tmp_path / "file"
    teller.write(again, path, "abc")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):
        teller.write(again, tmp_path / "folder", "abc")
    assert teller.write(again, path, "abc") == ""


def test_values_are_held_as_long_as_their_places_are(again, tmp_path):
    path = tmp_path / "file"
    for number in range(50):  # values of the same place in memory, one after the other, if nobody held them
        again.write([About([number], lambda number=number: b"%d" % number)], path)
        assert path.read_bytes() == b"%d" % number
