"""Unpacks from a wheel of tensorflow what a binding is built against and runs with: unpack_wheel.py WHEEL FOLDER."""
import os
import shutil
import sys
import zipfile

LIBRARIES = ("libtensorflow_cc.so.2", "libtensorflow_framework.so.2")
HEADERS = ("tensorflow/c/", "tensorflow/core/platform/", "xla/tsl/", "tsl/")


def place(name):
    """Where a member goes, or None: the layout is that of the C archive."""
    parts = name.split("/")
    if name.endswith("/") or ".." in parts or parts[0] != "tensorflow":
        return None
    if len(parts) == 2 and (parts[1] in LIBRARIES or parts[1] == "THIRD_PARTY_NOTICES.txt"):
        return os.path.join("lib", parts[1])
    inside = "/".join(parts[2:])
    if len(parts) > 2 and parts[1] == "include" and (inside == "LICENSE" or inside.startswith(HEADERS)):
        return os.path.join("include", *parts[2:])
    return None


def main(wheel, folder):
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            to = place(member.filename)
            if to is None:
                continue
            path = os.path.join(folder, to)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            # The library is 790 MB: never all of it in memory.
            with archive.open(member) as source, open(path, "wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)


main(*sys.argv[1:])
