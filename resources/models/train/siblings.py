"""The three sibling networks: five layers of convolutions, the mean over time and space, twelve scores.

They differ in one thing, how a kernel mixes frames; their weights are equal within 10 %:
  2d       1x3x3: every frame on its own, the clip is the mean of its frames
  3d       3x3x3: isotropic
  2plus1d  1x3x3, then 3x1x1: space and time one after the other
Input: (N, 1, 16, 32, 32), grey, minus kMean, over kStd.
"""
import torch
from torch import nn

MEAN, STD = 0.55, 0.18
FRAMES, SIZE = 16, 32
NAMES = ("2d", "3d", "2plus1d")
TITLES = {"2d": "Sibling 2-D, 1x3x3", "3d": "Sibling 3-D, 3x3x3", "2plus1d": "Sibling (2+1)-D, 1x3x3 then 3x1x1"}
# One row a layer: stride in time of the layers that see time, stride in space.
STRIDES = ((1, 2), (2, 2), (1, 1), (2, 2), (1, 1))
WIDTHS = {"2d": (14, 28, 42, 56, 84), "3d": (8, 16, 24, 32, 48), "2plus1d": (8, 16, 24, 32, 48)}


def convolutions(name):
    """(name, inputs, outputs, kernel, stride) of every convolution, in order."""
    rows, inputs = [], 1
    for i, (outputs, (t, s)) in enumerate(zip(WIDTHS[name], STRIDES), 1):
        if name == "2d":  # no stride in time: a reversed clip must have the very same frames
            rows.append((f"conv{i}", inputs, outputs, (1, 3, 3), (1, s, s)))
        elif name == "3d":
            rows.append((f"conv{i}", inputs, outputs, (3, 3, 3), (t, s, s)))
        else:  # as many weights as 3x3x3 would have (Tran and others, 2018, section 3.5)
            between = max(1, 27 * inputs * outputs // (9 * inputs + 3 * outputs))
            rows.append((f"conv{i}_space", inputs, between, (1, 3, 3), (1, s, s)))
            rows.append((f"conv{i}_time", between, outputs, (3, 1, 1), (t, 1, 1)))
        inputs = outputs
    return rows


class Sibling(nn.Module):
    def __init__(self, name, classes):
        super().__init__()
        self.order = []
        for part, inputs, outputs, kernel, stride in convolutions(name):
            padding = tuple(k // 2 for k in kernel)
            self.add_module(part, nn.Conv3d(inputs, outputs, kernel, stride, padding, bias=False))
            self.add_module(part + "_norm", nn.BatchNorm3d(outputs))
            self.order.append(part)
        self.pool = nn.AdaptiveAvgPool3d(1)
        self.scores = nn.Linear(WIDTHS[name][-1], classes)

    def forward(self, clip):
        for part in self.order:
            clip = getattr(self, part)(clip)
            if hasattr(self, part + "_norm"):
                clip = getattr(self, part + "_norm")(clip)
            clip = torch.relu(clip)
        return self.scores(torch.flatten(self.pool(clip), 1))

    def folded(self):
        """The same function without batch normalisation: each one is folded into the convolution before it."""
        from torch.nn.utils.fusion import fuse_conv_bn_eval
        self.eval()
        for part in self.order:
            setattr(self, part, fuse_conv_bn_eval(getattr(self, part), getattr(self, part + "_norm")))
            delattr(self, part + "_norm")
        return self


def weights(model):
    return sum(p.numel() for p in model.parameters())


def multiply_adds(model):
    """Of one clip, convolutions and scores."""
    total = 0

    def count(module, _, output):
        nonlocal total
        per_output = module.weight[0].numel()
        total += per_output * output[0].numel()

    hooks = [m.register_forward_hook(count) for m in model.modules() if isinstance(m, (nn.Conv3d, nn.Linear))]
    with torch.no_grad():
        model.eval()(torch.zeros(1, 1, FRAMES, SIZE, SIZE))
    for hook in hooks:
        hook.remove()
    return total
