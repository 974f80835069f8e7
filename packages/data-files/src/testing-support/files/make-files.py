"""Writes the files beside it, which the tests read: python3 make-files.py, with NumPy 2.4."""

import gzip
import io
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np

here = Path(__file__).parent
values = np.arange(24).reshape(4, 3, 2)


def save(name, array, version=(1, 0)):
    with open(here / name, "wb") as file:
        np.lib.format.write_array(file, array, version=version)


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


save("version-1.npy", values.astype("<f4"))
save("version-2.npy", values.astype("<f4"), (2, 0))
save("version-3.npy", values.astype("<f4"), (3, 0))
save("big-endian.npy", values.astype(">f8"))
save("fortran.npy", np.asfortranarray(values.astype("<f4")))
save("object.npy", np.array([{"a": 1}, None], dtype=object))
save("float16.npy", values.astype("<f2"))
save("text.npy", np.array(["cat", "dog"]))
save("structured.npy", np.array([(1, 2.5)], dtype=[("a", "<i4"), ("b", "<f4")]))
save("scalar.npy", np.array(3.5))
save("no-samples.npy", np.zeros((0, 3), dtype="<f4"))
save("labels.npy", np.array([2, 0, 1, 2], dtype="<i8"))
save("one-hot.npy", np.eye(3)[[2, 0, 1, 2]])

# The negative ends of the ranges that have some, so that a sign lost shows.
types = {}
for name in ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"]:
    small = -3 if not name.startswith("u") else 3
    types[name] = np.array([[0, 1], [small, 100]], dtype=name)
types["bool"] = np.array([[False, True], [True, False]])
np.savez(here / "types.npz", **types)
np.savez_compressed(here / "packed.npz", x=values.astype("uint8"), y=np.array([2, 0, 1, 2]))
np.savez(here / "one-array.npz", x=values.astype("uint8").reshape(4, 6))

with zipfile.ZipFile(here / "climbing.npz", "w") as archive:
    archive.writestr("../../escaped.npy", npy(values))
with zipfile.ZipFile(here / "no-arrays.npz", "w") as archive:
    archive.writestr("readme.txt", "nothing")
with zipfile.ZipFile(here / "empty.npz", "w"):
    pass
with zipfile.ZipFile(here / "bzip2.npz", "w", zipfile.ZIP_BZIP2) as archive:
    archive.writestr("x.npy", npy(values))


def idx(code, array):
    lengths = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, code, array.ndim]) + lengths + array.tobytes()


images = (values * 10).astype("u1")
(here / "images-idx3-ubyte").write_bytes(idx(0x08, images))
(here / "images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(0x08, images), mtime=0))
(here / "labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(0x08, np.array([2, 0, 1, 2], "u1")), mtime=0))
(here / "floats.idx").write_bytes(idx(0x0D, (values - 0.5).astype(">f4")))


def png(name, pixels, colour):
    """colour: 0 grey, 2 RGB, 6 RGBA."""
    height, width, channels = pixels.shape
    assert channels == {0: 1, 2: 3, 6: 4}[colour]
    depth = 8 * pixels.itemsize
    rows = b"".join(b"\0" + row.astype(pixels.dtype.newbyteorder(">")).tobytes() for row in pixels)

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    (here / name).write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


png("colour.png", np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [51, 102, 153]]], "u1"), 2)
png("transparent.png", np.array([[[255, 0, 0, 0], [0, 255, 0, 128]], [[0, 0, 255, 255], [51, 102, 153, 1]]], "u1"), 6)
png("grey.png", np.array([[[0], [51]], [[102], [255]]], "u1"), 0)
png("grey-16-bits.png", np.array([[[0], [51 * 257]], [[102 * 257], [65535]]], "u2"), 0)
png("wide.png", np.array([[[0], [64], [128], [255]]], "u1"), 0)
