import { describeNode, type Network, type NetworkNode, nodeOf, readersOf, tensorType } from '@fuseinit/core';
import { isNestedModel, sourceOf } from './network/layer-internals.js';
import { readNetwork } from './network/read-network.js';
import { requireModel } from './network/require-model.js';
import type { Layer, LayersModel, Tensor } from './tensorflow.js';

/** The numbers that pixels are given as: from 0 to 255, from 0 to 1, or from -1 to 1. */
export type PixelRange = 'raw' | 'unit' | 'symmetric';

/** What the first layers of a model tell about the numbers that one of its inputs reads. */
export type InputReading =
  | {
      /** Whole numbers that stand for something, such as words: they are never scaled. */
      readonly kind: 'indices';
      readonly layerName: string;
      /** How many there are: each is less. */
      readonly count: number;
    }
  | {
      /** Numbers that the model scales itself. */
      readonly kind: 'scaled';
      readonly layerName: string;
      readonly className: string;
      /** The numbers that it scales from, if they are pixels. */
      readonly range: PixelRange;
    }
  | {
      /** Whole numbers, by the type of the input: they are never scaled. */
      readonly kind: 'integers';
      readonly inputName: string;
    }
  | {
      /** 'pixels' where the shapes and the layers are those of images; 'numbers' where nothing tells. */
      readonly kind: 'pixels' | 'numbers';
    };

/**
 * What each input of a model reads, as far as the layers tell that it goes through first, those of nested
 * models too. The model is only looked at.
 *
 * @returns One for each of `model.inputs`.
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for what is no living LayersModel.
 */
export async function inputReadings(model: LayersModel): Promise<InputReading[]> {
  requireModel(model);
  const network = readNetwork(model);
  return Promise.all(
    network.inputs.map(async (input): Promise<InputReading> => {
      const node = nodeOf(network, input);
      const reading = await readingOf(network, node, false);
      const tellsNothing = reading.kind === 'pixels' || reading.kind === 'numbers';
      return tellsNothing && node.outputs[0]!.dtype === 'int32'
        ? { kind: 'integers', inputName: input }
        : reading;
    }),
  );
}

/** @param isImage Whether shapes or layers on the way told of images. */
async function readingOf(network: Network, node: NetworkNode, isImage: boolean): Promise<InputReading> {
  const readers = readersOf(network).get(node.name)!;
  const readings = await Promise.all(readers.map((reader) => readingBy(network, reader, isImage)));
  const nothing: InputReading = { kind: isImage ? 'pixels' : 'numbers' };
  return kinds.flatMap((kind) => readings.find((reading) => reading.kind === kind) ?? [])[0] ?? nothing;
}

/** What tells the most comes first. */
const kinds = ['indices', 'scaled', 'pixels', 'numbers'] as const;

async function readingBy(network: Network, node: NetworkNode, isImage: boolean): Promise<InputReading> {
  const layer = innermost(sourceOf(node.layer)!);
  if (isNestedModel(layer)) return (await inputReadings(layer))[0]!;
  const own = await readingOfLayer(layer, node.name);
  if (own) return own;
  const seesImage =
    isImage ||
    node.inputs.some((input) => isImageShape(tensorType(network, input).shape, layer)) ||
    isFlattenedImage(network, node, layer);
  return keepsNumbers(layer)
    ? readingOf(network, node, seesImage)
    : { kind: seesImage ? 'pixels' : 'numbers' };
}

/** The layer that a wrapper applies to each step. */
function innermost(layer: Layer): Layer {
  const { layer: inner } = layer as unknown as { readonly layer?: Layer };
  return layer.getClassName() === 'TimeDistributed' && inner ? innermost(inner) : layer;
}

async function readingOfLayer(layer: Layer, layerName: string): Promise<InputReading | undefined> {
  const className = layer.getClassName();
  const config = layer.getConfig();
  if (className === 'Embedding') return { kind: 'indices', layerName, count: Number(config.inputDim) };
  if (className === 'CategoryEncoding')
    return { kind: 'indices', layerName, count: Number(config.numTokens) };
  if (className === 'Normalization') return { kind: 'scaled', layerName, className, range: 'raw' };
  const range =
    className === 'Rescaling'
      ? rescaledRange(Number(config.scale), Number(config.offset ?? 0))
      : className === 'BatchNormalization'
        ? await normalizedRange(layer)
        : undefined;
  return range && { kind: 'scaled', layerName, className, range };
}

const ranges: readonly (readonly [range: PixelRange, low: number, high: number])[] = [
  ['raw', 0, 255],
  ['unit', 0, 1],
  ['symmetric', -1, 1],
];

/** Of a range's width: some divide by 256 or 128. */
const roughly = 0.02;

/** The range that a rescaling takes to a usual one; undefined for one that changes nothing. */
function rescaledRange(scale: number, offset: number): PixelRange | undefined {
  if (scale === 1 && offset === 0) return undefined;
  const isNear = (value: number, target: number, width: number) =>
    Math.abs(value - target) <= roughly * width;
  const found = ranges.find(([, low, high]) =>
    ranges.some(
      ([, to, end]) =>
        isNear(scale * low + offset, to, end - to) && isNear(scale * high + offset, end, end - to),
    ),
  );
  return found?.[0] ?? 'raw';
}

/**
 * The range that moving means and variances are of: only pixels from 0 to 255 have such as are far beyond 1.
 * Smaller ones are of any numbers.
 */
async function normalizedRange(layer: Layer): Promise<PixelRange | undefined> {
  const { movingMean, movingVariance } = layer as unknown as Record<string, { read(): Tensor } | undefined>;
  if (!movingMean || !movingVariance) return undefined;
  const [means, variances] = await Promise.all([movingMean.read().data(), movingVariance.read().data()]);
  const squares = Array.from(means, (mean, index) => mean * mean + variances[index]!);
  return Math.max(...squares) > 100 ? 'raw' : undefined;
}

/** Layers that give numbers of the range that they read. */
function keepsNumbers(layer: Layer): boolean {
  const className = layer.getClassName();
  if (className === 'Activation') return layer.getConfig().activation === 'linear';
  if (className === 'Rescaling' || className === 'BatchNormalization') return true;
  return /^(Flatten|Reshape|Permute|RepeatVector|Masking|Concatenate|.*Dropout.*|GaussianNoise|Random.*|CenterCrop|Resizing|ZeroPadding\d?D?|Cropping\dD|UpSampling\dD|(Max|Average)Pooling\dD)$/.test(
    className,
  );
}

/**
 * Whether the shape of a sample is that of an image or a film in grey, colour, or colour with transparency.
 */
function isImageShape(shape: readonly (number | null)[], layer: Layer): boolean {
  if (shape.length !== 3 && shape.length !== 4) return false;
  const isChannelsFirst = layer.getConfig().dataFormat === 'channelsFirst';
  const channels = isChannelsFirst ? shape.at(-3) : shape.at(-1);
  return channels === 1 || channels === 3 || channels === 4;
}

/** Whether a layer puts the rows and columns of a grey image side by side, or rows of numbers into images. */
function isFlattenedImage(network: Network, node: NetworkNode, layer: Layer): boolean {
  const { inputShape, outputShape = [] } = describeNode(network, node);
  if (layer.getClassName() === 'Flatten')
    return [inputShape, outputShape].some((shape) => shape.length === 2);
  return layer.getClassName() === 'Reshape' && isImageShape(outputShape, layer);
}
