"""Take the marks «this is text» out of a Parquet file's footer, so that its bytes read as bytes.

The footer is a Thrift struct in compact protocol (github.com/apache/parquet-format, parquet.thrift; the
protocol: thrift-compact-protocol.md). A column is a SchemaElement; its field 6, `converted_type`, is 0 for
text, and field 10, `logicalType`, comes after it. A field's header holds the step from the former field's
number; a larger step turns this field, and those after it, into fields no reader knows and every reader
skips. So one byte per column changes and no length does.
"""

import struct
from dataclasses import dataclass, field

SCHEMA, NUM_CHILDREN, CONVERTED_TYPE, LOGICAL_TYPE = 2, 5, 6, 10
TEXT_MEMBERS = (1, 4, 12)  # of the union LogicalType: STRING, ENUM, JSON
TEXT_CONVERTED = (0, 4, 19)  # UTF8, ENUM, JSON
LARGEST_STEP = 15


@dataclass
class _Element:
    """A SchemaElement: how many children follow it, and where its first mark «text» begins."""

    children: int = 0
    mark: int | None = None


@dataclass
class _Walk:
    """A walk over the footer's bytes; `elements` are the schema's, depth first, root first."""

    content: bytearray
    at: int = 0
    elements: list[_Element] = field(default_factory=list)

    def varint(self) -> int:
        result = shift = 0
        while True:
            byte = self.content[self.at]
            self.at += 1
            result |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return result

    def zigzag(self) -> int:
        number = self.varint()
        return (number >> 1) ^ -(number & 1)

    def struct(self, path: tuple[int, ...]) -> None:
        number = 0
        while header := self._next():
            begins = self.at - 1
            number = number + (header >> 4) if header >> 4 else self.zigzag()
            here = (*path, number)
            if path == (SCHEMA,):
                self._note(number, begins, is_short=bool(header >> 4))
            elif path == (SCHEMA, LOGICAL_TYPE) and number not in TEXT_MEMBERS:
                self._forget_mark_of_logical_type()
            self.value(header & 0x0F, here)

    def value(self, kind: int, path: tuple[int, ...], *, in_list: bool = False) -> None:
        if kind in (1, 2):  # a boolean, which a struct's header holds itself
            self.at += in_list
        elif kind == 3:
            self.at += 1
        elif kind in (4, 5, 6):
            self.varint()
        elif kind == 7:
            self.at += 8
        elif kind == 8:
            length = self.varint()
            self.at += length
        elif kind in (9, 10):
            self._list(path)
        elif kind == 11:
            self._map(path)
        elif kind == 12:
            if path == (SCHEMA,):
                self.elements.append(_Element())
            self.struct(path)
        else:
            raise ValueError(f"no such Thrift type: {kind}")

    def _next(self) -> int:
        byte = self.content[self.at]
        self.at += 1
        return byte

    def _list(self, path: tuple[int, ...]) -> None:
        header = self._next()
        size = header >> 4 if header >> 4 < 15 else self.varint()
        for _ in range(size):
            self.value(header & 0x0F, path, in_list=True)

    def _map(self, path: tuple[int, ...]) -> None:
        size = self.varint()
        kinds = self._next() if size else 0
        for _ in range(size):
            self.value(kinds >> 4, path, in_list=True)
            self.value(kinds & 0x0F, path, in_list=True)

    def _note(self, number: int, begins: int, *, is_short: bool) -> None:
        """Remember the element's children and where its first mark begins; peeks, does not move."""
        element, back = self.elements[-1], self.at
        if number == NUM_CHILDREN:
            element.children = self.zigzag()
        elif is_short and element.mark is None and self._may_mark_text(number):
            element.mark = begins
        self.at = back

    def _may_mark_text(self, number: int) -> bool:
        return number == LOGICAL_TYPE or (number == CONVERTED_TYPE and self.zigzag() in TEXT_CONVERTED)

    def _forget_mark_of_logical_type(self) -> None:
        # a logical type that is no text was taken for a mark before its member was known
        self.elements[-1].mark = None


def without_text_marks(content: bytes) -> bytes:
    """A Parquet file whose top-level text columns are plain byte arrays; as long as `content`.

    Columns inside structs and lists stay text. Raises ValueError or IndexError when the footer does not read.
    """
    length = struct.unpack("<I", content[-8:-4])[0]
    begins = len(content) - 8 - length
    walk = _Walk(bytearray(content[begins:-8]))
    walk.struct(())
    at = 1
    while at < len(walk.elements):
        element = walk.elements[at]
        if not element.children and element.mark is not None:
            walk.content[element.mark] |= LARGEST_STEP << 4
        pending = element.children
        at += 1
        while pending:
            pending += walk.elements[at].children - 1
            at += 1
    return content[:begins] + bytes(walk.content) + content[-8:]
