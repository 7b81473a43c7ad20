#pragma once

#include "engine/study/describe.h"
#include "engine/study/study_spec.h"

/// The fields of a study, for JSON (see describe.h). Names are those of the members.
namespace convscope {

using Names = std::vector<const char*>;

inline const Names& enumNames(PaddingMode) {
  static const Names names{"valid", "same", "full", "causal", "custom"};
  return names;
}
inline const Names& enumNames(PaddingValue) {
  static const Names names{"zero", "replicate", "reflect", "circular"};
  return names;
}
inline const Names& enumNames(Activation) {
  static const Names names{"none", "relu", "absolute", "square"};
  return names;
}
inline const Names& enumNames(ColourMode) {
  static const Names names{"rgb", "grey"};
  return names;
}
inline const Names& enumNames(ClipEditKind) {  // as clipEditEntries() has them
  static const Names names{"reverse", "shuffle", "freeze",  "drop",    "repeat",
                           "hold",    "shift-t", "shift-y", "shift-x", "turn"};
  return names;
}
inline const Names& kindNames(const ClipSource&) {
  static const Names names{"lab", "file", "webcam"};
  return names;
}
inline const Names& enumNames(BankKind) {
  static const Names names{"gabor", "own", "random"};
  return names;
}
inline const Names& enumNames(LayerKind) {
  static const Names names{"conv",   "maxPool", "averagePool",       "globalPool", "fullyConnected", "add",
                           "concat", "lateral", "squeezeExcitation", "upsample",   "function"};
  return names;
}
inline const Names& enumNames(StackWeights) {
  static const Names names{"random", "uniform", "given"};
  return names;
}
inline const Names& enumNames(StackPadding) {
  static const Names names{"custom", "same", "fitting"};
  return names;
}
inline const Names& kindNames(const StudySpec&) {
  static const Names names{"kernel", "readout", "stack", "network"};
  return names;
}

template <Of<Triple> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("t", value.t);
  visit("y", value.y);
  visit("x", value.x);
}
template <Of<AxisPadding> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("before", value.before);
  visit("after", value.after);
}
template <Of<ConvSpec> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("kernel", value.kernel);
  visit("stride", value.stride);
  visit("dilation", value.dilation);
  visit("padding", value.padding);
  visit("custom", value.custom);
  visit("paddingValue", value.paddingValue);
  visit("groups", value.groups);
  visit("activation", value.activation);
  visit("flipped", value.flipped);
}
template <Of<Filter> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("preset", value.preset);
  visit("edited", value.edited);
  visit("bias", value.bias);
  visit("weights", value.weights);
}
template <Of<LabSpec> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("name", value.name);
  visit("height", value.height);
  visit("width", value.width);
  visit("framesPerSecond", value.framesPerSecond);
  visit("direction", value.direction);
  visit("speed", value.speed);
  visit("period", value.period);
  visit("size", value.size);
  visit("contrast", value.contrast);
  visit("noise", value.noise);
  visit("coherence", value.coherence);
  visit("texture", value.texture);
  visit("seed", value.seed);
}
template <Of<FileSource> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("path", value.path);
}
template <Of<WebcamSource> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("index", value.index);
}
template <Of<FrameRange> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("start", value.start);
  visit("count", value.count);
  visit("step", value.step);
}
template <Of<Crop> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("x", value.x);
  visit("y", value.y);
  visit("width", value.width);
  visit("height", value.height);
}
template <Of<FrameSize> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("height", value.height);
  visit("width", value.width);
}
template <Of<PrepareSpec> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("crop", value.crop);
  visit("resize", value.resize);
  visit("colour", value.colour);
}
template <Of<ClipEdit> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("kind", value.kind);
  visit("amount", value.amount);
}
template <Of<ClipSpec> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("source", value.source);
  visit("range", value.range);
  visit("prepare", value.prepare);
  visit("edits", value.edits);
}
template <Of<KernelStudy> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("clip", value.clip);
  visit("conv", value.conv);
  visit("bank", value.bank);
}
template <Of<Shape> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("length", value.length);
  visit("height", value.height);
  visit("width", value.width);
  visit("channels", value.channels);
}
template <Of<LayerSpec> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("name", value.name);
  visit("kind", value.kind);
  visit("kernel", value.kernel);
  visit("stride", value.stride);
  visit("dilation", value.dilation);
  visit("paddingMode", value.paddingMode);
  visit("padding", value.padding);
  visit("groups", value.groups);
  visit("filters", value.filters);
  visit("bias", value.bias);
  visit("batchNorm", value.batchNorm);
  visit("repeat", value.repeat);
  visit("inputs", value.inputs);
}
template <Of<StackSpec> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("name", value.name);
  visit("clip", value.clip);
  visit("layers", value.layers);
}
template <Of<StackRun> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("filters", value.filters);
  visit("weights", value.weights);
  visit("seed", value.seed);
  visit("given", value.given);
  visit("bend", value.bend);
}
template <Of<StackStudy> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("clip", value.clip);
  visit("stack", value.stack);
  visit("run", value.run);
}
template <Of<NetworkStudy> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("model", value.model);
  visit("source", value.source);
  visit("start", value.start);
  visit("preprocess", value.preprocess);
  visit("edits", value.edits);
  visit("frames", value.frames);
  visit("step", value.step);
  visit("layer", value.layer);
  visit("channel", value.channel);
}
template <Of<ReadoutSpec> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("kernel", value.kernel);
  visit("stride", value.stride);
  visit("dilation", value.dilation);
  visit("bank", value.bank);
  visit("own", value.own);
}
template <Of<ReadoutStudy> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("clip", value.clip);
  visit("readout", value.readout);
}

}  // namespace convscope
