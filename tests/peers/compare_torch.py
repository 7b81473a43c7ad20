#!/usr/bin/python3
"""Compares every activation of networks run by the program, and a gradient to the input, with PyTorch's.

    compare_torch.py PROGRAM [--short] [--seed N]

Builds networks with random weights (small ones of many kinds of layers and, where torchvision is installed, r3d_18,
mc3_18 and r2plus1d_18), exports them to ONNX twice and runs `PROGRAM --batch --model --input-tensor
--export-activations --export-scores`: once layer by layer as trained, so that each ONNX node has its counterpart in
PyTorch's own trace and every activation is compared, and once as PyTorch exports for inference (batch normalisation
folded into the convolutions), where the scores are. The gradient of one class score, before a soft-max at the end, to
the input is compared where the program knows every operator's, with ELU in place of ReLU. Then what each named
preprocessing makes of a clip is compared with PyTorch's own resizing, cropping and normalisation.

Exit status: 0 all within max|a - b| <= 1e-4 max|b|, 1 not, 77 skipped (no PyTorch).
"""

import argparse
import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import warnings

try:
    import numpy as np
    import torch
    from torch import nn
    from torch.fx import Interpreter, symbolic_trace
except ImportError as missing:
    print(f"Skipped: {missing.name} is not installed (Debian: python3-numpy, python3-torch).")
    sys.exit(77)

LIMIT = 1e-4


class Gate(nn.Module):
    """Scales each channel by what is computed from its mean, as squeeze-excitation does."""

    def __init__(self, channels):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool3d(1)
        self.down = nn.Conv3d(channels, channels // 2, 1)
        self.relu = nn.ReLU()
        self.up = nn.Conv3d(channels // 2, channels, 1)
        self.sigmoid = nn.Sigmoid()

    def forward(self, x):
        return x * self.sigmoid(self.up(self.relu(self.down(self.pool(x)))))


class Branches(nn.Module):
    """Two ways whose maps stand side by side, with a skip around them."""

    def __init__(self, channels):
        super().__init__()
        self.one = nn.Conv3d(channels, channels // 2, (3, 1, 1), padding=(1, 0, 0))
        self.two = nn.Conv3d(channels, channels // 2, (1, 3, 3), padding=(0, 1, 1), groups=channels // 2)
        self.act = nn.LeakyReLU(0.2)

    def forward(self, x):
        return self.act(torch.cat([self.one(x), self.two(x)], 1) + x)


def small_networks():
    """Name, network, input extents, operator set."""
    flat, head = nn.Flatten(), nn.Linear(8, 7)
    yield "volume", nn.Sequential(
        nn.Conv3d(3, 8, 3, stride=(1, 2, 2), padding=1), nn.BatchNorm3d(8), nn.ReLU(), nn.MaxPool3d(2, ceil_mode=True),
        Branches(8), Gate(8), nn.Conv3d(8, 8, 3, padding=2, dilation=2), nn.Tanh(),
        nn.AvgPool3d((2, 3, 3), stride=1, padding=(0, 1, 1)), nn.AdaptiveAvgPool3d(1), flat, head), (2, 3, 9, 30, 33), 13
    yield "picture", nn.Sequential(
        nn.Conv2d(3, 8, (5, 3), stride=2, padding=(2, 1)), nn.BatchNorm2d(8), nn.Hardswish(),
        nn.ConvTranspose2d(8, 8, 3, stride=2, padding=1, output_padding=1), nn.ELU(),
        nn.Conv2d(8, 8, 3, groups=8), nn.PReLU(8), nn.InstanceNorm2d(8, affine=True), nn.ReflectionPad2d((1, 2, 0, 1)),
        nn.AvgPool2d(3, stride=2, count_include_pad=False, padding=1), nn.Hardsigmoid(), nn.AdaptiveMaxPool2d(1), flat,
        head, nn.LogSoftmax(1)), (1, 3, 37, 41), 14
    yield "gradients", nn.Sequential(
        nn.Conv3d(3, 8, (3, 5, 4), stride=(1, 2, 3), padding=(2, 1, 0)), nn.BatchNorm3d(8), nn.ReLU(),
        nn.MaxPool3d((1, 3, 3), stride=(1, 2, 2), padding=(0, 1, 1)), Branches(8), Gate(8),
        nn.Conv3d(8, 8, 3, padding=2, dilation=2, stride=(1, 2, 1), groups=4), nn.Hardswish(),
        nn.AvgPool3d((2, 3, 3), stride=1, padding=(0, 1, 1)), nn.Conv3d(8, 8, 1), nn.Sigmoid(), nn.AdaptiveAvgPool3d(1),
        flat, head, nn.Softmax(1)), (1, 3, 9, 30, 33), 14
    yield "signal", nn.Sequential(
        nn.Conv1d(2, 8, 7, stride=3, padding=3, dilation=2), nn.BatchNorm1d(8), nn.ReLU6(), nn.MaxPool1d(3, stride=2),
        nn.ConvTranspose1d(8, 8, 4, stride=2), nn.Conv1d(8, 8, 1), nn.AdaptiveAvgPool1d(1), flat, head,
        nn.Softmax(1)), (3, 2, 120), 9


def video_networks(short):
    try:
        from torchvision.models import video
    except ImportError:
        print("The video networks are left out: torchvision is not installed (Debian: python3-torchvision).")
        return
    size = (1, 3, 4, 56, 56) if short else (1, 3, 16, 112, 112)
    for name in ["r3d_18"] if short else ["r3d_18", "mc3_18", "r2plus1d_18"]:
        yield name, getattr(video, name)(weights=None), size, 13


def shaken(network):
    """Statistics and scales as after training: the fresh ones are zeros and ones, which hide mistakes."""
    for module in network.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False  # what is compared must not be written over
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)):
            nn.init.normal_(module.running_mean, 0, 0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
            nn.init.uniform_(module.weight, 0.7, 1.3)
            nn.init.normal_(module.bias, 0, 0.1)
    return network.eval()


class Recorder(Interpreter):
    """Keeps what every node of the trace makes, in order."""

    def __init__(self, network):
        super().__init__(symbolic_trace(network))
        self.made = []

    def run_node(self, n):
        value = super().run_node(n)
        idle = n.op == "call_module" and isinstance(self.module.get_submodule(n.target), (nn.Dropout, nn.Identity))
        if n.op not in {"placeholder", "output", "get_attr"} and not idle:
            self.made.append((str(n.target), value.detach().numpy().copy()))
        return value


def exported(network, given, path, operator_set, as_trained):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(network, given, str(path), opset_version=operator_set, do_constant_folding=not as_trained,
                          training=torch.onnx.TrainingMode.PRESERVE if as_trained else torch.onnx.TrainingMode.EVAL)


def run(program, model, given, folder):
    """Layers as the program lists them, their activations, its scores and its own time in milliseconds."""
    np.save(folder / "input.npy", given.numpy())
    activations, scores = folder / "activations", folder / "scores.json"
    command = [program, "--batch", "--model", model, "--input-tensor", folder / "input.npy", "--export-activations",
               activations, "--export-scores", scores, "--top", "3"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}\nended with {done.returncode}: {done.stderr.strip()}")
    layers = json.loads((activations / "layers.json").read_text())
    arrays = [np.load(activations / layer["file"]) for layer in layers]
    for layer, array in zip(layers, arrays):
        if list(array.shape) != layer["shape"]:
            raise RuntimeError(f"{layer['file']} is {array.shape}, but layers.json says {layer['shape']}")
    return layers, arrays, json.loads(scores.read_text()), sum(layer["milliseconds"] for layer in layers)


def smooth(network):
    """A copy with ELU for every ReLU: at ReLU's corner the slope jumps, and the few sums near 0 that rounding carries to
    its other side make the gradients of two right programs differ by thousandths."""
    network = copy.deepcopy(network)
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.ReLU):
                setattr(parent, name, nn.ELU())
    return network


def gradient_error(program, network, given, operator_set, folder, index=1):
    """Of the gradient of score `index` to the input; None where the program says that an operator has none."""
    network, model = smooth(network), folder / "smooth.onnx"
    exported(network, given, model, operator_set, as_trained=False)
    score = network[:-1] if isinstance(network, nn.Sequential) and isinstance(network[-1], nn.Softmax) else network
    clip = given.clone().requires_grad_(True)
    score(clip)[0, index].backward()
    np.save(folder / "input.npy", given.numpy())
    command = [program, "--batch", "--model", model, "--input-tensor", folder / "input.npy", "--export-gradient",
               folder / "gradient.npy", "--class", str(index)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        if "through which no gradient is taken" in done.stderr:
            return None
        raise RuntimeError(f"{' '.join(map(str, command))}\nended with {done.returncode}: {done.stderr.strip()}")
    return error_of(np.load(folder / "gradient.npy"), clip.grad.numpy())


def error_of(got, wanted):
    """max|a - b| / max|b|."""
    if got.shape != wanted.shape:
        return float("inf")
    return float(np.abs(got - wanted).max() / max(np.abs(wanted).max(), 1e-30))


def matched(layers, arrays, made):
    """The error of every value of the trace beside its node. One layer of PyTorch may be several nodes of ONNX, of which
    the last makes the layer's value: nodes are passed over until one fits."""
    errors, at = [], 0
    for target, wanted in made:
        rest = [error_of(array, wanted) for array in arrays[at:]]
        fits = next((i for i, error in enumerate(rest) if error <= LIMIT), None)
        if fits is None:
            errors.append(min(rest, default=float("inf")))
            node = f"the nearest of {len(rest)} nodes" if rest else "no node is left"
            print(f"  {target} has no counterpart: {node}, {errors[-1]:.1e}  WRONG")
            continue
        errors.append(rest[fits])
        at += fits + 1
    if at < len(arrays):
        print(f"  {len(arrays) - at} nodes from {layers[at]['node']} on have no counterpart in the trace  WRONG")
        errors.append(float("inf"))
    return errors


def score_error(scores, wanted):
    """How far the reported probabilities are from PyTorch's own, and whether the order is the same."""
    probabilities = torch.from_numpy(wanted)
    if abs(float(wanted.sum(1).max()) - 1) > 1e-3:
        probabilities = torch.softmax(probabilities, 1)  # of log-probabilities that gives the probabilities
    worst = 0.0
    for clip, row in zip(scores["clips"], probabilities):
        best = torch.topk(row, 3)
        if [one["index"] for one in clip["top"]] != best.indices.tolist():
            return float("inf")
        worst = max(worst, *(abs(one["probability"] - float(p)) for one, p in zip(clip["top"], best.values)))
    return worst


def compare(program, name, network, extents, operator_set):
    """Prints one line; the worst error."""
    network, given = shaken(network), torch.randn(extents)
    with torch.no_grad():
        recorder = Recorder(network)
        final = recorder.run(given).numpy()
        begun = time.monotonic()
        network(given)
        torch_ms = 1000 * (time.monotonic() - begun)
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        exported(network, given, folder / "model.onnx", operator_set, as_trained=True)
        layers, arrays, scores, own_ms = run(program, folder / "model.onnx", given, folder)
        errors = matched(layers, arrays, recorder.made)
        chance = score_error(scores, final)
        exported(network, given, folder / "folded.onnx", operator_set, as_trained=False)
        _, folded, _, folded_ms = run(program, folder / "folded.onnx", given, folder)
        last = error_of(folded[-1], final)
        final_layer = network[-1] if isinstance(network, nn.Sequential) else None
        taken = given.shape[0] == 1 and not isinstance(final_layer, nn.LogSoftmax)
        slope = gradient_error(program, network, given, operator_set, folder) if taken else None
    worst = max(errors + [chance, last, slope or 0])
    told = "gradient not taken" if slope is None else f"gradient {slope:.1e}"
    print(f"{name:<12} {'×'.join(map(str, extents)):<17} {len(errors):3d} of {len(layers):3d} activations, worst {max(errors):.1e}; folded "
          f"scores {last:.1e}, probabilities {chance:.1e}; {told}; {own_ms:.0f} ms, folded {folded_ms:.0f} ms, "
          f"PyTorch {torch_ms:.0f} ms{'' if worst <= LIMIT else '  WRONG'}", flush=True)
    return worst


KINETICS = {"mean": (0.43216, 0.394666, 0.37645), "std": (0.22803, 0.22145, 0.216989)}
HALVES, FACEBOOK = {"mean": (.5,) * 3, "std": (.5,) * 3}, {"mean": (.45,) * 3, "std": (.225,) * 3}

# Frames, step, size or shorter side after resizing, crop, what white is.
PREPROCESSINGS = {
    "r3d": (16, 2, (128, 171), 112, 1, KINETICS),
    "c3d": (16, 1, (128, 171), 112, 255, {"mean": (104, 117, 128), "std": (1, 1, 1)}),
    "x3d-s": (13, 6, 182, 182, 1, FACEBOOK),
    "x3d-m": (16, 5, 256, 224, 1, FACEBOOK),
    "slowfast": (32, 2, 256, 256, 1, FACEBOOK),
    "i3d": (64, 1, 256, 224, 1, HALVES),
}


def prepared(clip, frames, step, size, crop, white, normal):
    """The clip (L, H, W, C) of bytes as (1, C, L, H, W), by PyTorch."""
    taken = torch.from_numpy(clip[:frames * step:step]).permute(0, 3, 1, 2).float() / 255
    height, width = taken.shape[2:]
    if isinstance(size, int):
        size = (size, size * width // height) if height <= width else (size * height // width, size)
    resized = nn.functional.interpolate(taken, size=size, mode="bilinear", align_corners=False)
    top, left = round((size[0] - crop) / 2), round((size[1] - crop) / 2)
    part = resized[:, :, top:top + crop, left:left + crop] * white
    mean, std = (torch.tensor(normal[key]).view(1, 3, 1, 1) for key in ("mean", "std"))
    return ((part - mean) / std).permute(1, 0, 2, 3)[None].numpy()


def compare_preprocessing(program, name):
    """Prints one line; the error of what a network is fed."""
    frames, step, *rest = PREPROCESSINGS[name]
    clip = np.random.default_rng(3).integers(0, 256, (frames * step, 180, 243, 3), dtype=np.uint8)
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        np.save(folder / "clip.npy", clip)
        axes = {0: "n", 2: "l", 3: "h", 4: "w"}
        torch.onnx.export(nn.LeakyReLU(1), torch.zeros(1, 3, 2, 4, 4), str(folder / "same.onnx"), opset_version=13,
                          input_names=["clip"], dynamic_axes={"clip": axes})
        command = [program, "--batch", folder / "clip.npy", "--model", folder / "same.onnx", "--preprocess", name,
                   "--export-activations", folder / "fed"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, command))}\nended with {done.returncode}: {done.stderr.strip()}")
        error = error_of(np.load(folder / "fed" / "0001.npy"), prepared(clip, frames, step, *rest))
    print(f"{name:<12} what the network is fed, {error:.1e}{'' if error <= LIMIT else '  WRONG'}", flush=True)
    return error


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--short", action="store_true", help="one small video network instead of three whole ones")
    parser.add_argument("--seed", type=int, default=20240607)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    print(f"seed {options.seed}; errors are max|a - b| / max|b|, {LIMIT} at most; times are one run each")
    worst = [compare(options.program, *network)
             for networks in (small_networks(), video_networks(options.short)) for network in networks]
    networks = len(worst)
    worst += [compare_preprocessing(options.program, name) for name in list(PREPROCESSINGS)[:3 if options.short else None]]
    wrong = sum(error > LIMIT for error in worst)
    print(f"{networks} networks and {len(worst) - networks} preprocessings, {wrong} wrong; worst {max(worst):.1e}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
