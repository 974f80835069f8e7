import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import type { SymbolicTensor, Tensor4D, layers as tfLayers } from '@tensorflow/tfjs';

type Layer = tfLayers.Layer;

/**
 * Makes a network of the structure that Teachable Machine exports for images: a Sequential of a Sequential,
 * which holds MobileNetV2 of width 0.35 and a global average pooling, and a Sequential of two Dense layers.
 * Weights are drawn from a seed, and batch norms have the moments of drawn images, so that every layer works
 * in its usual range.
 */
export function teachableMachine(tf: TensorFlow, { classes = 3, seed = 1 } = {}): LayersModel {
  const L = tf.layers;
  const apply = (layer: unknown, ...inputs: SymbolicTensor[]) =>
    (layer as Layer).apply(inputs.length === 1 ? inputs[0]! : inputs) as SymbolicTensor;
  let draws = seed;
  const drawn = () => tf.initializers.heNormal({ seed: draws++ });
  // With momentum 0, one training step leaves the moments of its batch.
  const normalized = (x: SymbolicTensor, name: string) =>
    apply(L.batchNormalization({ name, epsilon: 1e-3, momentum: 0 }), x);
  const relu6 = (x: SymbolicTensor, name: string) => apply(L.reLU({ name, maxValue: 6 }), x);
  const pointwise = (x: SymbolicTensor, filters: number, name: string) =>
    apply(
      L.conv2d({ name, filters, kernelSize: 1, padding: 'same', useBias: false, kernelInitializer: drawn() }),
      x,
    );
  const padded = (x: SymbolicTensor, name: string) =>
    apply(
      L.zeroPadding2d({
        name,
        padding: [
          [0, 1],
          [0, 1],
        ],
      }),
      x,
    );

  const block = (x: SymbolicTensor, index: number, { expansion, filters, stride }: Block) => {
    const prefix = index === 0 ? 'expanded_conv' : `block_${index}`;
    const channels = x.shape.at(-1)!;
    let y = x;
    if (index > 0) {
      y = pointwise(y, expansion * channels, `${prefix}_expand`);
      y = relu6(normalized(y, `${prefix}_expand_BN`), `${prefix}_expand_relu`);
    }
    if (stride === 2) y = padded(y, `${prefix}_pad`);
    const depthwise = L.depthwiseConv2d({
      name: `${prefix}_depthwise`,
      kernelSize: 3,
      strides: stride,
      padding: stride === 1 ? 'same' : 'valid',
      useBias: false,
      depthwiseInitializer: drawn() as never,
    });
    y = relu6(normalized(apply(depthwise, y), `${prefix}_depthwise_BN`), `${prefix}_depthwise_relu`);
    y = normalized(pointwise(y, filters, `${prefix}_project`), `${prefix}_project_BN`);
    return channels === filters && stride === 1 ? apply(L.add({ name: `${prefix}_add` }), x, y) : y;
  };

  const image = tf.input({ shape: [224, 224, 3], name: 'input_1' });
  const stem = L.conv2d({
    name: 'Conv1',
    filters: widthOf(32),
    kernelSize: 3,
    strides: 2,
    useBias: false,
    kernelInitializer: drawn(),
  });
  let x = relu6(normalized(apply(stem, padded(image, 'Conv1_pad')), 'bn_Conv1'), 'Conv1_relu');
  for (const [index, each] of blocks.entries()) x = block(x, index, each);
  x = relu6(normalized(pointwise(x, 1280, 'Conv_1'), 'Conv_1_bn'), 'out_relu');
  const mobileNet = tf.model({ inputs: image, outputs: x, name: 'model1' });

  const pooling = L.globalAveragePooling2d({ name: 'global_average_pooling2d' } as never);
  const features = tf.sequential({ name: 'sequential_1', layers: [mobileNet as never, pooling] });
  const head = tf.sequential({
    name: 'sequential_3',
    layers: [
      L.dense({
        name: 'dense_Dense1',
        units: 100,
        activation: 'relu',
        inputShape: [1280],
        kernelInitializer: drawn(),
      }),
      L.dense({
        name: 'dense_Dense2',
        units: classes,
        activation: 'softmax',
        useBias: false,
        kernelInitializer: drawn(),
      }),
    ],
  });
  const model = tf.sequential({ name: 'sequential_4', layers: [features as never, head as never] });
  tf.tidy(() => {
    const coarse = tf.randomUniform([4, 14, 14, 3], -1, 1, 'float32', draws) as Tensor4D;
    model.apply(tf.image.resizeBilinear(coarse, [224, 224]), { training: true });
  });
  return model;
}

interface Block {
  readonly expansion: number;
  readonly filters: number;
  readonly stride: number;
}

/** The stages of MobileNetV2: expansion, filters at width 1, repeats, and the stride of the first block. */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

const blocks: readonly Block[] = stages.flatMap(([expansion, filters, repeats, stride]) =>
  Array.from({ length: repeats }, (_, repeat) => ({
    expansion,
    filters: widthOf(filters),
    stride: repeat === 0 ? stride : 1,
  })),
);

/** Returns the filters at width 0.35: a multiple of 8 that is at most a tenth smaller. */
function widthOf(filters: number): number {
  const wanted = 0.35 * filters;
  const rounded = Math.max(8, Math.floor((wanted + 4) / 8) * 8);
  return rounded < 0.9 * wanted ? rounded + 8 : rounded;
}
