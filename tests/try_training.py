"""Trains each sibling for a few steps on a small set, stops one on the way and goes on, and runs what came of it.

usage: try_training.py CONVSCOPE resources/models/train
"""
import json
import os
import subprocess
import sys
import tempfile

program, scripts = sys.argv[1:3]
try:
    import torch
except ImportError:
    print("PyTorch is not installed here (python3-torch), so nothing can be trained.")
    sys.exit(77)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    return done.stdout


with tempfile.TemporaryDirectory() as folder:
    for name, clips, seed in (("train", 96, 11), ("held-out", 24, 12)):
        spec = {"base": os.path.join(scripts, "sets", "train.json"), "clips": clips, "seed": seed}
        path = os.path.join(folder, name + ".json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(spec, file)
        run(program, "--batch", "--lab-set", path, "--export-lab-set", os.path.join(folder, name))

    def train(sibling, out, *more):
        return run(sys.executable, os.path.join(scripts, "train.py"), sibling, "--data", folder, "--out",
                   os.path.join(folder, out), "--batch", "32", "--epochs", "2", *more)

    for sibling in ("2d", "3d", "2plus1d"):
        train(sibling, "models", "--steps", "4")  # ends in the second epoch
        weights = torch.load(os.path.join(folder, sibling + ".pt"))
        assert weights["next"] == 1, weights["next"]
    text = train("3d", "models")  # goes on with the second
    assert "epoch 1:" not in text and "epoch 2:" in text, text
    resumed = torch.load(os.path.join(folder, "3d.pt"))["model"]
    os.remove(os.path.join(folder, "3d.pt"))
    train("3d", "again")  # in one go: the same weights
    for name, value in torch.load(os.path.join(folder, "3d.pt"))["model"].items():
        assert torch.equal(value, resumed[name]), f"{name} differs after a stop"
    for sibling in ("2d", "3d", "2plus1d"):
        text = run(program, "--batch", "--model", os.path.join(folder, "models", f"sibling-{sibling}.onnx"), "--lab-set",
                   os.path.join(folder, "held-out.json"))
        assert "clips     24\n" in text, text
print("three siblings trained, stopped, gone on with, exported and run")
