import { describeNode, type Network, type NetworkNode, nodeOf, readersOf, tensorType } from '@fuseinit/core';
import { isNestedModel, sourceOf } from './network/layer-internals.js';
import { readNetwork } from './network/read-network.js';
import { requireModel } from './network/require-model.js';
import type { Layer, LayersModel, Tensor } from './tensorflow.js';

/** The range of pixel values: from 0 to 255, from 0 to 1, or from -1 to 1. */
export type PixelRange = 'raw' | 'unit' | 'symmetric';

/** The values that one of a model's inputs expects, as far as the first layers reveal it. */
export type InputReading =
  | {
      /** Whole numbers that stand for categories, such as words. They are never scaled. */
      readonly kind: 'indices';
      readonly layerName: string;
      /** The number of categories. Every value is below it. */
      readonly count: number;
    }
  | {
      /** Values that the model scales itself. */
      readonly kind: 'scaled';
      readonly layerName: string;
      readonly className: string;
      /** The range that the layer scales from, if the values are pixels. */
      readonly range: PixelRange;
    }
  | {
      /** Whole numbers, according to the dtype of the input. They are never scaled. */
      readonly kind: 'integers';
      readonly inputName: string;
    }
  | {
      /** 'pixels' if shapes and layers are typical of images; 'numbers' if nothing indicates a range. */
      readonly kind: 'pixels' | 'numbers';
    };

/**
 * Determines what each input of a model expects, from the layers that it passes through first, including
 * those of nested models. The model isn't run.
 *
 * @returns A reading for each of `model.inputs`.
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for anything but a built LayersModel that isn't
 *   disposed.
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

/**
 * Determines what a tensor's values are from the layers that read it.
 *
 * @param isImage Whether earlier shapes or layers indicate images.
 */
async function readingOf(network: Network, node: NetworkNode, isImage: boolean): Promise<InputReading> {
  const readers = readersOf(network).get(node.name)!;
  const readings = await Promise.all(readers.map((reader) => readingBy(network, reader, isImage)));
  const nothing: InputReading = { kind: isImage ? 'pixels' : 'numbers' };
  return kinds.flatMap((kind) => readings.find((reading) => reading.kind === kind) ?? [])[0] ?? nothing;
}

/** Kinds of readings, the most informative first. */
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

/** The layer that a TimeDistributed wrapper applies to each step, or the layer itself. */
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

/** The tolerance relative to a range's width, since some models divide by 256 or 128. */
const roughly = 0.02;

/** The pixel range that a rescaling maps to a usual one; undefined for a rescaling that changes nothing. */
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
 * The pixel range that a layer's moving means and variances indicate. Only pixels from 0 to 255 have values
 * far beyond 1; smaller values indicate nothing.
 */
async function normalizedRange(layer: Layer): Promise<PixelRange | undefined> {
  const { movingMean, movingVariance } = layer as unknown as Record<string, { read(): Tensor } | undefined>;
  if (!movingMean || !movingVariance) return undefined;
  const [means, variances] = await Promise.all([movingMean.read().data(), movingVariance.read().data()]);
  const squares = Array.from(means, (mean, index) => mean * mean + variances[index]!);
  return Math.max(...squares) > 100 ? 'raw' : undefined;
}

/** Whether a layer's outputs are in the same range as its inputs. */
function keepsNumbers(layer: Layer): boolean {
  const className = layer.getClassName();
  if (className === 'Activation') return layer.getConfig().activation === 'linear';
  if (className === 'Rescaling' || className === 'BatchNormalization') return true;
  return /^(Flatten|Reshape|Permute|RepeatVector|Masking|Concatenate|.*Dropout.*|GaussianNoise|Random.*|CenterCrop|Resizing|ZeroPadding\d?D?|Cropping\dD|UpSampling\dD|(Max|Average)Pooling\dD)$/.test(
    className,
  );
}

/**
 * Whether the shape of a sample is that of an image or a video in grey, colour, or colour with an alpha
 * channel.
 */
function isImageShape(shape: readonly (number | null)[], layer: Layer): boolean {
  if (shape.length !== 3 && shape.length !== 4) return false;
  const isChannelsFirst = layer.getConfig().dataFormat === 'channelsFirst';
  const channels = isChannelsFirst ? shape.at(-3) : shape.at(-1);
  return channels === 1 || channels === 3 || channels === 4;
}

/** Whether a layer flattens a grey image, or reshapes rows of numbers into images. */
function isFlattenedImage(network: Network, node: NetworkNode, layer: Layer): boolean {
  const { inputShape, outputShape = [] } = describeNode(network, node);
  if (layer.getClassName() === 'Flatten')
    return [inputShape, outputShape].some((shape) => shape.length === 2);
  return layer.getClassName() === 'Reshape' && isImageShape(outputShape, layer);
}
