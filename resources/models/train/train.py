#!/usr/bin/python3
"""Trains one sibling network and exports it as ONNX with the JSON that says how it is fed.

    convscope --batch --lab-set resources/models/train/sets/train.json --export-lab-set DATA/train
    convscope --batch --lab-set resources/models/train/sets/held-out.json --export-lab-set DATA/held-out
    train.py 3d --data DATA --out resources/models/siblings

Seeds are fixed. The state after every epoch is kept in DATA, and the same command goes on from there.
"""
import argparse
import json
import math
import os
import time

import numpy
import torch
from torch.nn import functional

from siblings import MEAN, NAMES, STD, TITLES, FRAMES, SIZE, Sibling, multiply_adds, weights


def read_set(folder):
    """(N, 1, L, H, W) of bytes, classes, their names."""
    clips = numpy.load(os.path.join(folder, "clips.npy"), mmap_mode="r")
    labels = numpy.load(os.path.join(folder, "labels.npy"))
    with open(os.path.join(folder, "labels.json"), encoding="utf-8") as file:
        names = json.load(file)
    return clips, torch.from_numpy(labels.astype(numpy.int64)), names


def batch_of(clips, rows):
    """As the program feeds a network: (value / 255 - mean) / std."""
    taken = torch.from_numpy(numpy.ascontiguousarray(clips[rows])).permute(0, 4, 1, 2, 3)
    return (taken.float() / 255 - MEAN) / STD


def accuracy_of(model, clips, labels, classes):
    """Confusion as counts: row = true class, column = the network's."""
    confusion = torch.zeros(classes, classes, dtype=torch.int64)
    model.eval()
    with torch.no_grad():
        for start in range(0, len(labels), 100):
            rows = numpy.arange(start, min(start + 100, len(labels)))
            best = model(batch_of(clips, rows)).argmax(1)
            for true, said in zip(labels[rows], best):
                confusion[true, said] += 1
    return confusion.diag().sum().item() / len(labels), confusion.tolist()


def train(args):
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    clips, labels, names = read_set(os.path.join(args.data, "train"))
    held_out, held_out_labels, _ = read_set(os.path.join(args.data, "held-out"))
    model = Sibling(args.sibling, len(names))
    print(f"{TITLES[args.sibling]}: {weights(model)} weights, {multiply_adds(model) / 1e6:.1f} million multiply-adds")

    steps = math.ceil(len(labels) / args.batch)
    optimiser = torch.optim.AdamW(model.parameters(), lr=args.rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, args.rate, total_steps=steps * args.epochs)
    path = os.path.join(args.data, f"{args.sibling}.pt")
    first = 0
    if os.path.exists(path):
        kept = torch.load(path)
        if kept["epochs"] == args.epochs and kept["seed"] == args.seed:
            model.load_state_dict(kept["model"])
            optimiser.load_state_dict(kept["optimiser"])
            schedule.load_state_dict(kept["schedule"])
            first = kept["next"]
    done = first * steps
    for epoch in range(first, args.epochs):
        started, loss_sum = time.process_time(), 0.0
        # the order is a function of (seed, epoch), so that a training that was stopped goes on as if it had not been
        order = numpy.random.RandomState(args.seed * 1000 + epoch).permutation(len(labels))
        model.train()
        for start in range(0, len(labels), args.batch):
            if args.steps and done == args.steps:
                break
            rows = numpy.sort(order[start:start + args.batch])
            loss = functional.cross_entropy(model(batch_of(clips, rows)), labels[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            loss_sum += loss.item()
            done += 1
        if args.steps and done == args.steps:
            break
        torch.save({"model": model.state_dict(), "optimiser": optimiser.state_dict(), "schedule": schedule.state_dict(),
                    "next": epoch + 1, "epochs": args.epochs, "seed": args.seed}, path)
        share, _ = accuracy_of(model, held_out, held_out_labels, len(names))
        print(f"epoch {epoch + 1}: loss {loss_sum / steps:.4f}, held out {share:.4f}, "
              f"{time.process_time() - started:.0f} s of processor time", flush=True)
    export(args, model, names, accuracy_of(model, held_out, held_out_labels, len(names)))


def export(args, model, names, measured):
    os.makedirs(args.out, exist_ok=True)
    path = os.path.join(args.out, f"sibling-{args.sibling}.onnx")
    counted = multiply_adds(model)
    folded = model.folded()
    torch.onnx.export(folded, torch.zeros(1, 1, FRAMES, SIZE, SIZE), path, opset_version=13,
                      input_names=["clip"], output_names=["scores"])
    accuracy, confusion = measured
    sidecar = {
        "frames": FRAMES, "step": 1, "shortSide": SIZE, "crop": [SIZE, SIZE], "resampling": "area", "range": 1, "mean": [MEAN] * 3, "std": [STD] * 3,
        "channels": "grey", "labels": names,
        "trained": {"on": "clips of the motion lab", "drawn": True, "clips": len(numpy.load(os.path.join(args.data, "train", "labels.npy"))),
                    "accuracy": accuracy, "weights": weights(folded), "multiplyAdds": counted, "confusion": confusion}}
    with open(path[:-5] + ".json", "w", encoding="utf-8") as file:
        json.dump(sidecar, file, indent=1)
        file.write("\n")
    print(f"{path}: {os.path.getsize(path)} bytes, held out {accuracy:.4f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sibling", choices=NAMES)
    parser.add_argument("--data", required=True, help="folder with the sets train and held-out")
    parser.add_argument("--out", required=True, help="folder for the model")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--steps", type=int, default=0, help="stop after so many steps, to try it out")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    train(parser.parse_args())
