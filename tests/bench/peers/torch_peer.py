"""PyTorch as a peer: conv3d on planar maps. What it reads and answers is told in peer_request.h."""
import json
import os
import pathlib
import sys
import time

import numpy as np
import torch

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))


def prepare(request):
    def tensor(name, shape):
        return torch.from_numpy(np.fromfile(os.path.join(request["folder"], name), np.float32).reshape(shape))

    frames = tensor("input.f32", [1] + request["input"])
    per_group = request["input"][0] // request["groups"]
    weights = tensor("weights.f32", [request["output"][0], per_group] + request["kernel"])
    if request["before"] != request["after"]:
        raise ValueError("PyTorch pads both sides alike")
    return lambda: torch.nn.functional.conv3d(frames, weights, None, request["stride"], request["before"],
                                              request["dilation"], request["groups"])


def prepare_network(request):
    """The frozen module of the weights that the export draws."""
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "resources" / "models"))
    from export_torchvision import drawn, video  # pylint: disable=import-outside-toplevel
    network = drawn(getattr(video, request["name"])(weights=None), 1).eval()
    clip = torch.from_numpy(np.fromfile(os.path.join(request["folder"], "input.f32"), np.float32))
    clip = clip.reshape(request["input"])
    frozen = torch.jit.freeze(torch.jit.trace(network, clip))
    return lambda: frozen(clip)


def milliseconds(call):
    start = time.perf_counter()
    call()
    return 1e3 * (time.perf_counter() - start)


def answer(request, layer):
    if request["do"] == "load":
        layer["call"] = prepare(request)
        layer["call"]().numpy().tofile(os.path.join(request["folder"], "output.f32"))
        return {"variant": ""}
    if request["do"] == "network":
        layer["call"] = prepare_network(request)
        layer["call"]().numpy().tofile(os.path.join(request["folder"], "output.f32"))
        return {}
    if request["do"] == "time":
        layer["call"]()
        return {"ms": [milliseconds(layer["call"]) for _ in range(request["count"])]}
    layer.clear()
    return {}


def main():
    print(json.dumps({"peer": "PyTorch " + torch.__version__}), flush=True)
    layer = {}
    with torch.inference_mode():
        for line in sys.stdin:
            try:
                print(json.dumps(answer(json.loads(line), layer)), flush=True)
            except Exception as error:  # pylint: disable=broad-except  # every failure is an answer
                print(json.dumps({"error": str(error)}), flush=True)


if __name__ == "__main__":
    main()
