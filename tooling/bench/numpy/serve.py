"""Solves with NumPy what the benchmark asks for: a JSON object a line on stdin, its answer a line on stdout."""

import json
import platform
import sys
from time import perf_counter

try:
    import numpy as np
except ImportError:
    print(json.dumps({"missing": "numpy"}), flush=True)
    sys.exit()

CHUNK = 10_000


def about(_):
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip(),
    }


def read(file, shape):
    return np.fromfile(file, dtype=np.float32).reshape(shape)


def open_problem(request):
    """Reads rows, or images whose patches it writes out: [...kernelSize, channels] a row, as the library has them."""
    problem.clear()
    inputs = read(**request["inputs"])
    targets = read(**request["targets"])
    problem["images"], problem["maps"] = inputs, targets
    kernel = request.get("kernelSize")
    if kernel:
        windows = np.lib.stride_tricks.sliding_window_view(inputs, kernel, axis=(1, 2))
        inputs = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, kernel[0] * kernel[1] * inputs.shape[3])
        problem["kernel"] = kernel
    problem["x"] = np.ascontiguousarray(inputs)
    problem["z"] = targets.reshape(-1, targets.shape[-1])
    return {}


def reference(request):
    """The weights in float64, a chunk of rows at a time: not timed."""
    x, z = problem["x"], problem["z"]
    n, d = x.shape
    x_mean, z_mean = x.mean(axis=0, dtype=np.float64), z.mean(axis=0, dtype=np.float64)
    c, c_xz = np.zeros((d, d)), np.zeros((d, z.shape[1]))
    for start in range(0, n, CHUNK):
        centred = x[start : start + CHUNK] - x_mean
        c += centred.T @ centred
        c_xz += centred.T @ (z[start : start + CHUNK] - z_mean)
    c /= n
    c_xz /= n
    c[np.diag_indices(d)] += request["ridge"] * np.trace(c) / d
    np.linalg.solve(c, c_xz).tofile(request["weights"])
    return {}


def run(request):
    """The straightforward way in float32: the moments once, the weights by either of the two ways."""
    x, z = problem["x"], problem["z"]
    n, d = x.shape
    start = perf_counter()
    x_mean, z_mean = x.mean(axis=0), z.mean(axis=0)
    x_centred, z_centred = x - x_mean, z - z_mean
    c = x_centred.T @ x_centred / n
    c_xz = x_centred.T @ z_centred / n
    c = c + np.float32(request["ridge"] * np.trace(c) / d) * np.eye(d, dtype=np.float32)
    moments = perf_counter() - start
    ways = {"inv": lambda: np.linalg.inv(c) @ c_xz, "solve": lambda: np.linalg.solve(c, c_xz)}
    seconds = {}
    for name, way in ways.items():
        start = perf_counter()
        weights = way()
        z_mean - x_mean @ weights
        seconds[name] = moments + perf_counter() - start
        weights.astype(np.float64).tofile(request["weights"][name])
    return {"moments": moments, **seconds}


def pair_loop(request):
    """
    As the paper's published code does in one dimension, here in two: for each pair of an input and an output channel,
    position by position over all samples, in float64.
    """
    images, maps, (height, width) = problem["images"], problem["maps"], problem["kernel"]
    n, size = len(images), height * width
    rows, columns = maps.shape[1:3]
    start = perf_counter()
    weights = np.zeros((size, images.shape[3], maps.shape[3]))
    for channel in range(images.shape[3]):
        plane = images[..., channel].astype(np.float64)
        plane = (plane - plane.mean()).transpose(1, 2, 0).copy()
        for feature in range(maps.shape[3]):
            goal = maps[..., feature] - maps[..., feature].mean(axis=0)
            c, c_xz = np.zeros((size, size)), np.zeros(size)
            for row in range(rows):
                for column in range(columns):
                    patch = plane[row : row + height, column : column + width].reshape(size, n)
                    c += patch @ patch.T / n
                    c_xz += (patch * goal[:, row, column]).mean(axis=1)
            weights[:, channel, feature] = inverse_with_ridge(c, request["ridge"]) @ c_xz
    return {"seconds": perf_counter() - start}


def channel_loop(request):
    """The same systems as a careful hand would write them: each channel's patches once, for all features, in float32."""
    images, z, kernel = problem["images"], problem["z"], problem["kernel"]
    size = kernel[0] * kernel[1]
    start = perf_counter()
    weights = np.zeros((size, images.shape[3], z.shape[1]), dtype=np.float32)
    z_centred = z - z.mean(axis=0)
    for channel in range(images.shape[3]):
        windows = np.lib.stride_tricks.sliding_window_view(images[..., channel], kernel, axis=(1, 2))
        patches = windows.reshape(-1, size)
        patches = patches - patches.mean(axis=0)
        c = patches.T @ patches / len(patches)
        c_xz = patches.T @ z_centred / len(patches)
        weights[:, channel] = inverse_with_ridge(c, request["ridge"]) @ c_xz
    return {"seconds": perf_counter() - start}


def inverse_with_ridge(c, ridge):
    return np.linalg.inv(c + c.dtype.type(ridge * np.trace(c) / len(c)) * np.eye(len(c), dtype=c.dtype))


problem = {}
answers = {
    "about": about,
    "open": open_problem,
    "reference": reference,
    "run": run,
    "pairLoop": pair_loop,
    "channelLoop": channel_loop,
}

for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = answers[request["do"]](request)
    except Exception as error:
        answer = {"failed": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
