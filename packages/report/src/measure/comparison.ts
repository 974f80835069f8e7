import { FuseInitError, sizeOf } from '@fuseinit/core';
import { costOf, type ShapedArray, type Tensor } from '@fuseinit/tfjs';
import type { CreateReportOptions } from '../create-report-options.js';
import type { Answers } from '../data/answers.js';
import type { GivenTeacher, LayerError, SampleReport } from '../data/fusion-report.js';
import { createAnswerTally } from './answer-tally.js';
import { createLayerTally, createOutputTally, type ReadSums } from './error-tallies.js';
import type { SampleBatch } from './sample-batches.js';
import { type Extent, emptyExtent, roundedValues, sampleInput, widened } from './sample-input.js';

/** The outputs of the networks for one batch, read from the device. */
interface BatchValues {
  /** Outputs of the teacher as it was given; empty if `teacher` is that model. */
  readonly given: readonly ArrayLike<number>[];
  readonly teacher: readonly ArrayLike<number>[];
  readonly student: readonly ArrayLike<number>[];
  /** Error sums of the fused layers, in order. */
  readonly layers: readonly ReadSums[];
}

/** The shapes of a batch's tensors. */
export interface BatchShapes {
  readonly teacher: readonly Pick<Tensor, 'shape'>[];
  readonly layers: readonly {
    readonly means: Pick<Tensor, 'shape'>;
    readonly positionErrors: Pick<Tensor, 'shape'>;
  }[];
}

/** Everything that is gathered about the networks over the batches. */
export interface Comparison {
  add(batch: SampleBatch, values: BatchValues): void;
  readonly samples: () => number;
  readonly outputs: () => readonly { readonly shape: readonly number[]; readonly relativeMse: number }[];
  readonly layers: () => readonly LayerError[];
  readonly answers: () => Answers | null;
  readonly given: () => GivenTeacher | null;
  readonly disagreeing: () => number;
  readonly disagreements: () => readonly SampleReport[];
}

/** The most numbers of an output that are kept for a sample: enough for a thousand classes. */
const mostOutputs = 1024;

interface KeptSample {
  readonly index: number;
  readonly inputs: readonly ShapedArray[];
  readonly outputs: SampleReport['outputs'];
}

/** @throws VALUE_NOT_FINITE when what a network gives is no finite number. */
export function createComparison(options: CreateReportOptions, shapes: BatchShapes): Comparison {
  const { fused, given, labels, disagreements = 12 } = options;
  const outputShapes = shapes.teacher.map(({ shape }) => shape.slice(1));
  const sizes = outputShapes.map(sizeOf);
  const outputs = outputShapes.map(createOutputTally);
  const outputsOfGiven = given ? outputShapes.map(createOutputTally) : [];
  const layers = shapes.layers.map(({ means, positionErrors }) =>
    createLayerTally(means.shape[0]!, positionErrors.shape),
  );
  const [first] = outputShapes;
  const answers = createAnswerTally(options, first!);
  // The answers of the teacher as given, compared with its simplified form in the student's place.
  const answersOfGiven = given && createAnswerTally(options, first!);
  const largest = createLargest<KeptSample>(disagreements);
  const extents: Extent[] = [];
  let samples = 0;
  let disagreeing = 0;

  const addSample = (batch: SampleBatch, { teacher, student }: BatchValues, row: number): void => {
    const ofRow = (values: ArrayLike<number>, size: number) => rowOf(values, size, row);
    const given = sizes.map((size, index) => ({
      teacher: ofRow(teacher[index]!, size),
      student: ofRow(student[index]!, size),
    }));
    const distance = given.reduce((sum, output) => sum + squareDistance(output.teacher, output.student), 0);
    if (distance === 0) return;
    disagreeing++;
    largest.offer(distance, () => ({
      index: batch.start + row,
      inputs: batch.inputs.map(({ data, shape }) => ({
        data: ofRow(data, sizeOf(shape.slice(1))),
        shape: shape.slice(1),
      })),
      outputs: given.map((output) => ({
        teacher: roundedValues(output.teacher, mostOutputs),
        student: roundedValues(output.student, mostOutputs),
      })),
    }));
  };

  return {
    add(batch, values) {
      requireFinite(
        values,
        fused.spans.map(({ name }) => name),
      );
      samples += batch.samples;
      for (const [index, { data }] of batch.inputs.entries()) {
        extents[index] = widened(extents[index] ?? emptyExtent, data);
      }
      for (const [index, tally] of outputs.entries()) {
        tally.add(values.teacher[index]!, values.student[index]!, batch.samples);
      }
      for (const [index, tally] of outputsOfGiven.entries()) {
        tally.add(values.given[index]!, values.teacher[index]!, batch.samples);
      }
      for (const [index, tally] of layers.entries()) tally.add(values.layers[index]!, batch.samples);
      answers.add(values.teacher[0]!, values.student[0]!, batch.samples);
      answersOfGiven?.add(values.given[0]!, values.teacher[0]!, batch.samples);
      for (let row = 0; row < batch.samples; row++) addSample(batch, values, row);
    },
    samples: () => samples,
    outputs: () =>
      outputShapes.map((shape, index) => ({ shape, relativeMse: outputs[index]!.relativeMse() })),
    layers: () => layers.map((tally) => tally.error()),
    answers: () => answers.answers(),
    given() {
      if (!given) return null;
      const compared = answersOfGiven!.answers();
      const ofLabels = compared?.kind === 'labels' ? (compared.labelled?.teacher ?? null) : null;
      const ofClasses = compared?.kind === 'classes' ? (compared.labelled?.teacherAccuracy ?? null) : null;
      return {
        name: given.name,
        cost: costOf(given, options.inputShapes),
        latency: options.givenLatency ?? null,
        relativeMse: outputsOfGiven.map((tally) => tally.relativeMse()),
        agreement: compared && 'agreement' in compared ? compared.agreement : null,
        accuracy: ofLabels?.binaryAccuracy ?? ofClasses,
        exactMatch: ofLabels?.exactMatch ?? null,
        error: compared?.kind === 'values' ? compared.teacher : null,
      };
    },
    disagreeing: () => disagreeing,
    disagreements() {
      const scale = outputs.reduce((sum, tally) => sum + tally.scale(), 0);
      return largest.kept.map(({ rank, value }) => ({
        index: value.index,
        label: labels?.length === samples ? labels[value.index]! : null,
        disagreement: rank / scale,
        inputs: value.inputs.map((input, index) => sampleInput(input, extents[index]!)),
        outputs: value.outputs,
      }));
    },
  };
}

function rowOf(values: ArrayLike<number>, size: number, row: number): Float32Array {
  return Float32Array.from({ length: size }, (_, index) => values[row * size + index]!);
}

function squareDistance(first: Float32Array, second: Float32Array): number {
  return first.reduce((sum, value, index) => sum + (value - second[index]!) ** 2, 0);
}

/** Keeps the values with the highest ranks. */
export interface Largest<Value> {
  /** Calls `make` only if the value is kept. Of equal ranks the earlier value comes first. */
  offer(rank: number, make: () => Value): void;
  /** The kept values, highest rank first. */
  readonly kept: readonly { readonly rank: number; readonly value: Value }[];
}

export function createLargest<Value>(limit: number): Largest<Value> {
  const kept: { rank: number; value: Value }[] = [];
  return {
    kept,
    offer(rank, make) {
      const place = kept.findIndex((other) => other.rank < rank);
      if (place === -1 && kept.length >= limit) return;
      kept.splice(place === -1 ? kept.length : place, 0, { rank, value: make() });
      kept.length = Math.min(kept.length, limit);
    },
  };
}

/**
 * @param names The names of the fused layers, in order.
 * @throws VALUE_NOT_FINITE when what a network gives is no finite number.
 */
function requireFinite({ given, teacher, student, layers }: BatchValues, names: readonly string[]): void {
  const allFinite = (values: ArrayLike<number>) => Array.prototype.every.call(values, Number.isFinite);
  for (const [network, outputs] of Object.entries({ 'teacher as given': given, teacher, student })) {
    if (outputs.every(allFinite)) continue;
    throw new FuseInitError(
      'VALUE_NOT_FINITE',
      `The ${network} gives outputs that are no finite numbers: look at its weights and at data.`,
    );
  }
  const broken = layers.findIndex(
    ({ channelErrors, deviations }) => !allFinite(channelErrors) || !allFinite(deviations),
  );
  if (broken === -1) return;
  throw new FuseInitError(
    'VALUE_NOT_FINITE',
    `The pre-activations of ${JSON.stringify(names[broken])} or of its target are no finite numbers.`,
    { layerName: names[broken]! },
  );
}
