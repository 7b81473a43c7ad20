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


def conv(inputs, outputs, kernel, stride):
    padding = tuple(k // 2 for k in kernel)
    return [nn.Conv3d(inputs, outputs, kernel, stride, padding, bias=False), nn.BatchNorm3d(outputs), nn.ReLU(True)]


def layers(name):
    parts, inputs = [], 1
    for outputs, (t, s) in zip(WIDTHS[name], STRIDES):
        if name == "2d":  # no stride in time: a reversed clip must have the very same frames
            parts += conv(inputs, outputs, (1, 3, 3), (1, s, s))
        elif name == "3d":
            parts += conv(inputs, outputs, (3, 3, 3), (t, s, s))
        else:  # as many weights as 3x3x3 would have (Tran and others, 2018, section 3.5)
            between = max(1, 27 * inputs * outputs // (9 * inputs + 3 * outputs))
            parts += conv(inputs, between, (1, 3, 3), (1, s, s)) + conv(between, outputs, (3, 1, 1), (t, 1, 1))
        inputs = outputs
    return parts, inputs


class Sibling(nn.Module):
    def __init__(self, name, classes):
        super().__init__()
        parts, width = layers(name)
        self.features = nn.Sequential(*parts)
        self.pool = nn.AdaptiveAvgPool3d(1)
        self.scores = nn.Linear(width, classes)

    def forward(self, clip):
        return self.scores(torch.flatten(self.pool(self.features(clip)), 1))

    def folded(self):
        """The same function without batch normalisation: each one is folded into the convolution before it."""
        from torch.nn.utils.fusion import fuse_conv_bn_eval
        self.eval()
        parts = list(self.features)
        for i in range(0, len(parts), 3):
            parts[i] = fuse_conv_bn_eval(parts[i], parts[i + 1])
        self.features = nn.Sequential(*[part for part in parts if not isinstance(part, nn.BatchNorm3d)])
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
