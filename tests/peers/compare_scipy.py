#!/usr/bin/python3
"""Compares the program's maps with SciPy's on real clips.

    compare_scipy.py PROGRAM [--short] [--seed N]

Runs `PROGRAM --batch --export-input --export-maps` with random weights on three clips of the folder named by
CONVSCOPE_TEST_CLIPS, over all padding modes and values, strides, dilations, groups, flips and activations, grey and
RGB. The exported input is padded and convolved anew with NumPy and SciPy in float64. Nothing of the program is used
for that: sizes of paddings, groups and strides are worked out here from their definitions.

Exit status: 0 all equal to the tolerance of the sum's length, 1 not, 77 skipped (no clips, no SciPy).
"""

import argparse
import itertools
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

try:
    import numpy as np
    from scipy import signal
except ImportError as missing:
    print(f"Skipped: {missing.name} is not installed (Debian: python3-numpy, python3-scipy).")
    sys.exit(77)

EPSILON = 2.0**-24
MODES = ["valid", "same", "full", "causal", "custom"]
VALUES = {"zero": "constant", "replicate": "edge", "reflect": "reflect", "circular": "wrap"}
FILMS = {".mp4", ".mkv", ".avi", ".webm", ".gif"}
# Preferred where they exist: different containers, sizes and kinds of motion.
FAVOURITES = ["shuffling_cups.mp4", "asl_walk.mkv", "classroom.gif"]


def chosen_clips(folder):
    films = [path for path in folder.iterdir() if path.suffix in FILMS]
    return sorted(films, key=lambda film: (film.name not in FAVOURITES, film.name))[:3]


def random_case(rng, clip, mode, value, colour):
    """One layer with random weights on one clip; every number in it comes from the seed."""
    kernel = [int(rng.integers(1, 5)), int(rng.integers(1, 6)), int(rng.integers(1, 6))]
    channels = 1 if colour == "grey" else 3
    groups = 3 if colour == "rgb" and rng.random() < 0.3 else 1
    filters = int(rng.integers(1, 3)) * 3 if groups == 3 else int(rng.integers(1, 9))
    return {
        "clip": clip,
        "mode": mode,
        "value": value,
        "colour": colour,
        "kernel": kernel,
        "dilation": [int(rng.integers(1, 3)) for _ in range(3)],
        "stride": [int(rng.integers(1, 4)) for _ in range(3)],
        "groups": groups,
        # Unequal on purpose, before and after, t and y and x: a swap anywhere must show.
        "custom": [(int(rng.integers(0, 4)), int(rng.integers(0, 3))) for _ in range(3)],
        "flip": bool(rng.random() < 0.25),
        "activation": str(rng.choice(["none", "none", "relu", "absolute", "square"])),
        "frames": (int(rng.integers(1, 9)), 9, int(rng.integers(1, 3))),
        "size": (int(rng.integers(17, 30)), int(rng.integers(17, 38))),
        "weights": rng.normal(0, 0.4, [filters, channels // groups] + kernel).astype(np.float32),
        "bias": rng.normal(0, 0.2, filters).astype(np.float32),
    }


def padding_of(case):
    """Cells before and after on t, y, x."""
    reach = [d * (k - 1) for k, d in zip(case["kernel"], case["dilation"])]
    return {
        "valid": [(0, 0)] * 3,
        "same": [(r // 2, r - r // 2) for r in reach],
        "full": [(r, r) for r in reach],
        "causal": [(reach[0], 0), (0, 0), (0, 0)],
        "custom": case["custom"],
    }[case["mode"]]


def by_scipy(case, clip):
    """Maps (K, L', H', W') of an exported clip (L, H, W, C) in float64, and the largest |sum| behind them."""
    pixels = np.pad(clip.astype(np.float64), padding_of(case) + [(0, 0)], mode=VALUES[case["value"]])
    weights = case["weights"].astype(np.float64)
    spread = [d * (k - 1) + 1 for k, d in zip(case["kernel"], case["dilation"])]
    dt, dy, dx = case["dilation"]
    st, sy, sx = case["stride"]
    filters, per_group = weights.shape[:2]
    slide = signal.convolve if case["flip"] else signal.correlate
    sums = []
    for k in range(filters):
        first = k // (filters // case["groups"]) * per_group
        total = np.float64(case["bias"][k])
        for c in range(per_group):
            dilated = np.zeros(spread)
            dilated[::dt, ::dy, ::dx] = weights[k, c]
            total = total + slide(pixels[..., first + c], dilated, mode="valid", method="direct")
        sums.append(total[::st, ::sy, ::sx])
    sums = np.stack(sums)
    activate = {
        "none": lambda s: s,
        "relu": lambda s: np.maximum(s, 0),
        "absolute": np.abs,
        "square": np.square,
    }[case["activation"]]
    return activate(sums), float(np.abs(sums).max())


def tolerance_of(case, clip, largest_sum):
    """Rounding of a float32 sum of so many products, of its bias and of its activation."""
    taps = case["weights"][0].size
    product = float(np.abs(clip).max()) * float(np.abs(case["weights"]).max())
    bound = 2 * EPSILON * (taps + 1) * product * taps**0.5 + 2 * EPSILON * largest_sum
    return bound if case["activation"] != "square" else 2 * largest_sum * bound + 2 * EPSILON * largest_sum**2


def by_program(program, case, folder):
    """The input (L, H, W, C) and the maps (K, L', H', W') that the program exports."""
    weights, given, maps = folder / "weights.npy", folder / "input.npy", folder / "maps.npy"
    np.save(weights, case["weights"])
    padding = case["mode"]
    if padding == "custom":
        padding = ",".join(f"{before}:{after}" for before, after in case["custom"])
    command = [program, case["clip"], "--batch", "--" + case["colour"],
               "--weights", weights,
               "--bias=" + ",".join(repr(float(bias)) for bias in case["bias"]),
               "--frames", ":".join(map(str, case["frames"])),
               "--resize", "x".join(map(str, case["size"])),
               "--stride", ",".join(map(str, case["stride"])),
               "--dilation", ",".join(map(str, case["dilation"])),
               "--padding", padding,
               "--padding-value", case["value"],
               "--groups", str(case["groups"]),
               "--activation", case["activation"],
               "--export-input", given,
               "--export-maps", maps] + ["--flip"] * case["flip"]
    # No display: batch must not want one.
    surroundings = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    run = subprocess.run(command, capture_output=True, text=True, env=surroundings, check=False)
    if run.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}\nended with {run.returncode}: {run.stderr.strip()}")
    return np.load(given), np.load(maps)


def compare(program, case, spoil=False):
    """One line of the table and error / tolerance. `spoil` reverses the weights in time behind SciPy's back."""
    with tempfile.TemporaryDirectory() as folder:
        clip, maps = by_program(program, case, pathlib.Path(folder))
    if clip.dtype != np.float32 or maps.dtype != np.float32:
        return f"input {clip.dtype} and maps {maps.dtype} instead of float32", float("inf")
    if spoil:
        case = {**case, "weights": case["weights"][:, :, ::-1]}
    wanted, largest_sum = by_scipy(case, clip)
    if wanted.shape != maps.shape:
        return f"maps of shape {maps.shape} instead of {wanted.shape} with {case}", float("inf")
    error = float(np.abs(wanted - maps).max())
    ratio = error / tolerance_of(case, clip, largest_sum)
    layer = (f"{len(case['weights'])} of {'×'.join(map(str, case['kernel']))} s{''.join(map(str, case['stride']))} "
             f"d{''.join(map(str, case['dilation']))} g{case['groups']}{' flip' if case['flip'] else ''}")
    return (f"{case['clip'].name:<19} {case['colour']:<4} {case['mode']:<6} {case['value']:<9} {layer:<27} "
            f"{case['activation']:<8} {'×'.join(map(str, maps.shape)):<13} {error:8.1e} {ratio:6.3f}"), ratio


def all_cases(clips, short, seed):
    rng = np.random.default_rng(seed)
    layouts = [(mode, value) for mode in MODES for value in VALUES if mode != "valid" or value == "zero"]
    colours = ["grey", "rgb"]
    if short:
        return [random_case(rng, clips[i % len(clips)], mode, value, colours[i % 2])
                for i, (mode, value) in enumerate(layouts)]
    return [random_case(rng, clip, mode, value, colour)
            for clip, (mode, value), colour in itertools.product(clips, layouts, colours)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--short", action="store_true", help="one case for each kind of padding instead of six")
    parser.add_argument("--seed", type=int, default=20240607)
    options = parser.parse_args()
    folder = os.environ.get("CONVSCOPE_TEST_CLIPS")
    if not folder:
        print("Skipped: CONVSCOPE_TEST_CLIPS does not name a folder of clips.")
        return 77
    clips = chosen_clips(pathlib.Path(folder))
    if not clips:
        print(f"Skipped: {folder} holds no clips.")
        return 77

    started = time.monotonic()
    cases = all_cases(clips, options.short, options.seed)
    print(f"seed {options.seed}; columns: clip, colour, padding and its value, layer (filters of l×h×w, stride, "
          "dilation, groups), activation, maps (K×L′×H′×W′), worst error, error / tolerance")
    ratios = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for line, ratio in pool.map(lambda case: compare(options.program, case), cases):
            print(line if ratio <= 1 else line + "  WRONG", flush=True)
            ratios.append(ratio)
    # A comparison that could not see a reversed kernel would prove nothing.
    control = next(case for case in cases if case["kernel"][0] > 1 and case["activation"] == "none")
    _, seen = compare(options.program, control, spoil=True)
    if seen <= 1:
        print("The control failed: weights reversed in time went unnoticed.")
    wrong = sum(ratio > 1 for ratio in ratios)
    print(f"{len(ratios)} layers on {len(clips)} clips, {wrong} wrong; worst error / tolerance {max(ratios):.3f} "
          f"(reversed weights: {seen:.0f}); {time.monotonic() - started:.0f} s")
    return 1 if wrong or seen <= 1 else 0


if __name__ == "__main__":
    sys.exit(main())
