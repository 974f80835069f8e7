import { scaleAndShiftOf, scalingOf } from '@fuseinit/registry';
import { boolean, type GraphTensor } from './graph-builder.js';
import type { Writer } from './written-layer.js';

export const batchNormalization: Writer = ({ graph, inputs, weights, config, name }) => {
  const [input] = inputs;
  const { scale, shift } = scaleAndShiftOf({ config, weights });
  const channels = scale.length;
  const rank = input!.shape.length;
  const given = [config.axis ?? -1].flat()[0] as number;
  const axis = given < 0 ? given + rank : given;
  const shape =
    axis === rank - 1 ? [channels] : input!.shape.slice(1).map((_, at) => (at + 1 === axis ? channels : 1));
  const scaled = graph.add(
    name('mul'),
    'Mul',
    [input!, graph.weight(name('scale'), { shape, data: scale })],
    input!.shape,
  );
  return graph.add(
    name(),
    'AddV2',
    [scaled, graph.weight(name('shift'), { shape, data: shift })],
    input!.shape,
  );
};

export const layerNormalization: Writer = ({ graph, inputs, weights, config, name }) => {
  const [input] = inputs;
  const rank = input!.shape.length;
  const axes = [config.axis ?? -1]
    .flat()
    .map((axis) => (Number(axis) < 0 ? Number(axis) + rank : Number(axis)));
  const { gamma, beta } = scalingOf({ config, weights });
  const kept = input!.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const mean = (suffix: string, of: GraphTensor) =>
    graph.add(name(suffix), 'Mean', [of, graph.integers(name(`${suffix}/axis`), axes)], kept, {
      keep_dims: boolean(true),
    });
  const center = mean('mean', input!);
  const variance = mean(
    'variance',
    graph.add(name('squares'), 'SquaredDifference', [input!, center], input!.shape),
  );
  const epsilon = graph.weight(name('epsilon'), { shape: [], data: [Number(config.epsilon ?? 1e-3)] });
  const inverse = graph.add(
    name('rsqrt'),
    'Rsqrt',
    [graph.add(name('add'), 'AddV2', [variance, epsilon], kept)],
    kept,
  );
  let output = graph.add(name('sub'), 'Sub', [input!, center], input!.shape);
  output = graph.add(name('mul'), 'Mul', [output, inverse], input!.shape);
  const shape = input!.shape.slice(1).map((length, at) => (axes.includes(at + 1) ? Number(length) : 1));
  if (gamma)
    output = graph.add(
      name('scaled'),
      'Mul',
      [output, graph.weight(name('gamma'), { shape, data: gamma.data })],
      input!.shape,
    );
  if (beta)
    output = graph.add(
      name('shifted'),
      'AddV2',
      [output, graph.weight(name('beta'), { shape, data: beta.data })],
      input!.shape,
    );
  return output;
};
