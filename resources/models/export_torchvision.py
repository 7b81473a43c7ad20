#!/usr/bin/python3
"""Exports a video network of torchvision to ONNX, with what ConvScope needs beside it.

    export_torchvision.py NAME [FOLDER] [--random] [--frames L] [--size HxW] [--opset N]

NAME is r3d_18, mc3_18, r2plus1d_18 or s3d. Writes NAME.onnx, NAME.json (how a clip is prepared for it: frames, step,
size, mean, deviation) and NAME.labels.txt (one class a line), which NAME.json names. The weights are those that
torchvision has for Kinetics-400, which it downloads the first time; with --random they are drawn instead, the
statistics of the normalisations too, and nothing is downloaded. The length and the size of the clip stay open.
"""

import argparse
import json
import pathlib
import sys
import warnings

try:
    import torch
    from torch import nn
    from torchvision.models import video
except ImportError as missing:
    sys.exit(f"{missing.name} is not installed (Debian: python3-torch, python3-torchvision).")

NAMES = ["r3d_18", "mc3_18", "r2plus1d_18", "s3d"]
CLASSES = 400


def preparation(name):
    """What torchvision's own weights of that network were trained to be fed; values 0 to 1 before the mean."""
    made = {"frames": 16, "step": 2, "resize": [128, 171], "crop": [112, 112], "resampling": "linear", "range": 1,
            "mean": [0.43216, 0.394666, 0.37645], "std": [0.22803, 0.22145, 0.216989], "channels": "rgb"}
    if name == "s3d":
        made.update(frames=64, step=1, resize=[256, 256], crop=[224, 224])
    return made


def drawn(network, seed):
    """Weights by chance, with statistics as after training: fresh ones are zeros and ones."""
    torch.manual_seed(seed)
    for module in network.modules():
        if isinstance(module, nn.Conv3d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, 0, 0.01)
            nn.init.zeros_(module.bias)
        if isinstance(module, nn.BatchNorm3d):
            nn.init.normal_(module.running_mean, 0, 0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
            nn.init.uniform_(module.weight, 0.7, 1.3)
            nn.init.normal_(module.bias, 0, 0.1)
    return network


def weights_of(name):
    weights = {"r3d_18": "R3D_18_Weights", "mc3_18": "MC3_18_Weights", "r2plus1d_18": "R2Plus1D_18_Weights",
               "s3d": "S3D_Weights"}[name]
    return getattr(video, weights).DEFAULT


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("folder", nargs="?", default=".", type=pathlib.Path)
    parser.add_argument("--random", action="store_true", help="weights by chance, nothing is downloaded")
    parser.add_argument("--seed", type=int, default=1, help="of the weights by chance [1]")
    parser.add_argument("--frames", type=int, help="another length of the clip than that of the weights")
    parser.add_argument("--size", help="another size of the frames, HxW")
    parser.add_argument("--opset", type=int, default=13, help="operator set of ONNX, 9 to 17 [13]")
    options = parser.parse_args()

    if not hasattr(video, options.name):
        sys.exit(f"This torchvision has no {options.name}: a newer one is needed.")
    weights = None if options.random else weights_of(options.name)
    network = getattr(video, options.name)(weights=weights)
    network = (drawn(network, options.seed) if options.random else network).eval()
    labels = weights.meta["categories"] if weights else [f"class {index}" for index in range(CLASSES)]

    prepared = preparation(options.name)
    if options.frames:
        prepared["frames"] = options.frames
    if options.size:
        height, width = map(int, options.size.split("x"))
        prepared["resize"] = [round(height * 8 / 7), round(width * 8 / 7)]
        prepared["crop"] = [height, width]

    options.folder.mkdir(parents=True, exist_ok=True)
    model = options.folder / f"{options.name}.onnx"
    clip = torch.zeros(1, 3, prepared["frames"], *prepared["crop"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # layer by layer as trained, so that every part can be looked at
        torch.onnx.export(network, clip, str(model), opset_version=options.opset, do_constant_folding=False,
                          training=torch.onnx.TrainingMode.PRESERVE, input_names=["clip"], output_names=["scores"],
                          dynamic_axes={"clip": {0: "batch", 2: "frames", 3: "height", 4: "width"}})
    (options.folder / f"{options.name}.labels.txt").write_text("".join(f"{label}\n" for label in labels))
    prepared["labels"] = f"{options.name}.labels.txt"
    model.with_suffix(".json").write_text(json.dumps(prepared, indent=1) + "\n")
    print(f"{model}: {sum(one.numel() for one in network.parameters()):,} weights, {len(labels)} classes")


if __name__ == "__main__":
    main()
