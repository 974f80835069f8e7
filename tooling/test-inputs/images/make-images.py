"""Writes the images beside it and what Pillow reads in them, as expected.json: python3 make-images.py, Pillow 12.3."""

import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

here = Path(__file__).parent
random = np.random.default_rng(14)
colours = Image.fromarray(random.integers(0, 256, (6, 5, 3), dtype=np.uint8))
alpha = Image.fromarray(random.integers(0, 256, (6, 5), dtype=np.uint8))
grey = colours.convert("L")


def profile():
    """A profile of Display P3's primaries, which colour management would move far."""
    srgb = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", srgb[128:132])[0]
    p3 = {b"rXYZ": (0.5151, 0.2412, -0.0011), b"gXYZ": (0.2920, 0.6922, 0.0419), b"bXYZ": (0.1571, 0.0666, 0.7841)}
    for tag in range(count):
        name, offset, _ = struct.unpack(">4sII", srgb[132 + 12 * tag : 144 + 12 * tag])
        if name in p3:
            srgb[offset + 8 : offset + 20] = struct.pack(">3i", *(round(value * 65536) for value in p3[name]))
    return bytes(srgb)


def png(name, pixels, colour, chunks=()):
    """pixels: [height, width, channels], of 8 or 16 bits; colour: 0 grey, 2 RGB, 6 RGBA."""
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.astype(pixels.dtype.newbyteorder(">")).tobytes() for row in pixels)

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8 * pixels.itemsize, colour, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    (here / name).write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts))


p3 = profile()
colours.save(here / "p3.png", icc_profile=p3)
colours.save(here / "p3.jpg", icc_profile=p3, quality=95)
grey.save(here / "grey.jpg", quality=95)
colours.convert("CMYK").save(here / "cmyk.jpg", quality=95)
colours.save(here / "progressive.jpg", progressive=True, quality=95)
turned = Image.Exif()
turned[0x0112] = 6
colours.save(here / "turned.jpg", exif=turned, quality=95)
palette = colours.quantize(16)
palette.save(here / "palette.png", transparency=bytes(range(0, 256, 17)))
colours.quantize(4).save(here / "palette-2-bits.png", bits=2)
grey.point(lambda value: 255 * (value > 127)).convert("1").save(here / "bilevel.png")
Image.merge("RGBA", (*colours.split(), alpha)).save(here / "alpha.png")
Image.merge("LA", (grey, alpha)).save(here / "grey-alpha.png")
colours.save(here / "colour-key.png", transparency=tuple(int(value) for value in colours.getpixel((2, 3))))
wide = random.integers(0, 65536, (6, 5, 4), dtype=np.uint16)
png("colour-16-bits.png", wide[:, :, :3], 2)
png("alpha-16-bits.png", wide, 6)
gamma = [(b"gAMA", struct.pack(">I", 100000)), (b"cHRM", struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000))]
png("gamma.png", np.asarray(colours), 2, gamma)

expected = {}
for path in sorted([*here.glob("*.png"), *here.glob("*.jpg")]):
    image = Image.open(path)
    modes = {"1": "L", "3": "RGB", "4": "RGBA"}
    expected[path.name] = {
        "height": image.height,
        "width": image.width,
        **{channels: np.asarray(image.convert(mode)).ravel().tolist() for channels, mode in modes.items()},
    }
antialiased = colours.resize((3, 4), Image.Resampling.BILINEAR)
nearest = colours.resize((7, 4), Image.Resampling.NEAREST)
expected["resized"] = {
    "antialiased 4x3": np.asarray(antialiased).ravel().tolist(),
    "nearest 4x7": np.asarray(nearest).ravel().tolist(),
}
(here / "expected.json").write_text(json.dumps(expected) + "\n")
