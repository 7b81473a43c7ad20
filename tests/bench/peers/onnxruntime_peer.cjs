// ONNX Runtime as a peer, through its package for Node.js: the one-layer ONNX model, planar maps in and out.
// What it reads and answers is told in peer_request.h. NODE_PATH says where the package is.
'use strict';
const fs = require('fs');
const path = require('path');
const readline = require('readline');
const ort = require('onnxruntime-node');

const threads = Number(process.env.OMP_NUM_THREADS || 2);

function floats(folder, name) {
  const bytes = fs.readFileSync(path.join(folder, name));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

async function prepare(request) {
  const session = await ort.InferenceSession.create(path.join(request.folder, 'model.onnx'),
    { intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: 'all' });
  const input = new ort.Tensor('float32', floats(request.folder, 'input.f32'), [1, ...request.input]);
  // The output is given too, so that no call allocates one.
  const count = request.output.reduce((product, extent) => product * extent, 1);
  const output = new ort.Tensor('float32', new Float32Array(count), [1, ...request.output]);
  return { session, call: () => session.run({ x: input }, { y: output }) };
}

async function prepareNetwork(request) {
  const session = await ort.InferenceSession.create(request.model,
    { intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: 'all' });
  const feed = { [session.inputNames[0]]: new ort.Tensor('float32', floats(request.folder, 'input.f32'), request.input) };
  return { session, call: () => session.run(feed) };
}

function keep(folder, result) {
  const values = Object.values(result)[0].data;
  fs.writeFileSync(path.join(folder, 'output.f32'),
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

let layer = null;

async function answer(request) {
  if (request.do === 'load') {
    layer = await prepare(request);
    keep(request.folder, await layer.call());
    return { variant: '' };
  }
  if (request.do === 'network') {
    layer = await prepareNetwork(request);
    keep(request.folder, await layer.call());
    return {};
  }
  if (request.do === 'time') {
    await layer.call();
    const ms = [];
    for (let i = 0; i < request.count; ++i) {
      const start = process.hrtime.bigint();
      await layer.call();
      ms.push(Number(process.hrtime.bigint() - start) / 1e6);
    }
    return { ms };
  }
  if (layer) await layer.session.release();
  layer = null;
  return {};
}

async function main() {
  console.log(JSON.stringify({ peer: 'ONNX Runtime ' + ort.env.versions.node }));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let reply;
    try {
      reply = await answer(JSON.parse(line));
    } catch (error) {
      reply = { error: String(error.message || error) };
    }
    console.log(JSON.stringify(reply));
  }
}

main();
