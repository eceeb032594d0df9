"""Arrow IPC (columnar format 1.x), file and stream (Feather 2 is the file): batch by batch, written anew."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import count
from typing import Any, BinaryIO, Final

import pyarrow as pa

from redactor.formats.limits import MAX_RATIO
from redactor.formats.options import Options
from redactor.formats.tables.arrow_table import TableRedactor
from redactor.formats.tables.parquet import reading, writing
from redactor.formats.tables.rows import MAX_ROWS
from redactor.formats.unit import Outlet, Session, Sink
from redactor.model import FormatError

_FILE_MAGIC: Final = b"ARROW1"
_CONTINUES: Final = b"\xff\xff\xff\xff"
"""What a message begins with, before its length; older ones have the length alone."""
_END_OF_STREAM: Final = _CONTINUES + bytes(4)
_FILE_END: Final = struct.Struct("<i6s")
"""What a file ends with: the length of the table before it (Footer), and the magic."""
_RECORD_BATCHES: Final = 3
"""Number of the field of Footer that holds where the record batches are: blocks of place (64 bits), length of the message (32), length of the body."""
_RECORD_BATCH: Final = 3
_CODECS: Final = ("lz4", "zstd")
_FIELDS_OF_MESSAGE: Final = (1, 2)
_COMPRESSION: Final = 3
"""Numbers of fields in the tables of Message.fbs: kind and body of a message, compression of a record batch."""
_STEP_BYTES: Final = 8 << 20


def redact(source: BinaryIO, out: Sink, session: Session, options: Options) -> None:
    """Redact the texts of an Arrow IPC file or stream."""
    size = source.seek(0, 2)
    source.seek(0)
    is_file = source.read(len(_FILE_MAGIC)) == _FILE_MAGIC
    source.seek(0)
    if not is_file:
        _check_end(source, size)
    settings = pa.ipc.IpcWriteOptions(compression=_codec(source, is_file), emit_dictionary_deltas=True)
    source.seek(0)
    with reading("Arrow IPC"):
        reader = pa.ipc.open_file(source) if is_file else pa.ipc.open_stream(source)
    table = TableRedactor(reader.schema, session, options)
    metadata = table.metadata(reader.metadata, "file") if is_file else None
    open_writer: Any = pa.ipc.new_file if is_file else pa.ipc.new_stream
    more = {"metadata": metadata} if metadata else {}
    with open_writer(Outlet(out), table.schema, options=settings, **more) as writer:
        for batch, about in _batches(reader, is_file):
            table.bound(batch, size, MAX_RATIO)
            # The batch that was read and its pieces are let go of before the whole is written: each can be large.
            batch = pa.concat_batches([table.redact(piece) for piece in _pieces(batch)])
            with writing():
                writer.write_batch(batch, custom_metadata=table.metadata(about, "batch"))
    if not is_file and source.tell() != size:
        raise FormatError("is an Arrow IPC stream after whose end something follows")


def _batches(reader: Any, is_file: bool) -> Iterator[tuple[Any, Any]]:
    """The batches, proven to be sound, each with the metadata that stands with it."""
    numbers = range(reader.num_record_batches) if is_file else count()
    for number in numbers:
        with reading("Arrow IPC"):
            try:
                if is_file:
                    batch, about = reader.get_batch_with_custom_metadata(number)
                else:
                    batch, about = reader.read_next_batch_with_custom_metadata()
            except StopIteration:
                return
            batch.validate(full=True)
        yield batch, about
        del batch


def _pieces(batch: Any) -> Iterator[Any]:
    """A batch in pieces of some rows; one piece when it has none."""
    rows = max(1, min(MAX_ROWS, batch.num_rows * _STEP_BYTES // max(1, batch.nbytes)))
    for start in range(0, max(1, batch.num_rows), rows):
        yield batch.slice(start, rows)


def _check_end(source: BinaryIO, size: int) -> None:
    """A stream may be cut off between two batches unseen, were it not for the mark at its end."""
    source.seek(max(0, size - len(_END_OF_STREAM)))
    if source.read() != _END_OF_STREAM:
        raise FormatError("is an Arrow IPC stream without the mark of its end: cut off?")


def _codec(source: BinaryIO, is_file: bool) -> str | None:
    """What the buffers of the first record batch are compressed by; the library's readers don't tell."""
    with reading("Arrow IPC"):
        if is_file:
            batch = _first_batch(source)
            return _codec_of(batch) if batch else None
        source.seek(0)
        messages = pa.ipc.MessageReader.open_stream(source)
        while True:
            try:
                message = messages.read_next_message()
            except StopIteration:
                return None
            if message.type == "record batch":
                return _codec_of(message.metadata.to_pybytes())


def _first_batch(source: BinaryIO) -> bytes:
    """The message of a file's first record batch, found by the table at its end, for what stands before it need be no stream; nothing for none."""
    try:
        source.seek(-_FILE_END.size, 2)
        length, _ = _FILE_END.unpack(source.read())
        source.seek(-_FILE_END.size - length, 2)
        footer = source.read(length)
        blocks = _place(footer, _followed(footer, 0), _RECORD_BATCHES)
        vector = _followed(footer, blocks) if blocks else 0
        if not vector or not struct.unpack_from("<I", footer, vector)[0]:
            return b""
        offset, size = struct.unpack_from("<qi", footer, vector + 4)
        source.seek(offset)
        message = source.read(size)
        return message[8 if message.startswith(_CONTINUES) else 4 :]
    except struct.error:
        raise IndexError from None


def _codec_of(message: bytes) -> str | None:
    """From the flatbuffer of a message: its record batch's compression, a table whose first field is the codec."""
    try:
        kind, body = (_place(message, _followed(message, 0), number) for number in _FIELDS_OF_MESSAGE)
        if not body or not kind or message[kind] != _RECORD_BATCH:
            return None
        compression = _place(message, _followed(message, body), _COMPRESSION)
        if not compression:
            return None
        codec = _place(message, _followed(message, compression), 0)
        return _CODECS[message[codec] if codec else 0]
    except struct.error:
        raise IndexError from None


def _followed(data: bytes, at: int) -> int:
    offset: int = struct.unpack_from("<I", data, at)[0]
    return at + offset


def _place(data: bytes, table: int, number: int) -> int:
    """Where a field of a table stands; 0 when it is left out."""
    vtable = table - struct.unpack_from("<i", data, table)[0]
    size: int = struct.unpack_from("<H", data, vtable)[0]
    slot = 4 + 2 * number
    if slot + 2 > size:
        return 0
    offset: int = struct.unpack_from("<H", data, vtable + slot)[0]
    return table + offset if offset else 0
