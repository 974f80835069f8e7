import type { Tensor, TensorFlow } from '@fuseinit/tfjs';
import { drawInputsOf, type RunnableModel, runnableGraph, runnableLayers } from '@fuseinit/tfjs/internal';
import type { io } from '@tensorflow/tfjs';

/** A model as its author gave it, and what `simplify` makes of it in either format. */
export const versions = ['given', 'simplified', 'graph'] as const;

export type Version = (typeof versions)[number];

/** What can't be written as a GraphModel has no such version. */
export type Versions<Each> = { readonly given: Each } & { readonly [version in Version]?: Each };

export interface VersionsOrder {
  /** The version whose first run counts. */
  readonly first: Version;
  /** What every length is that the model leaves open; null where it leaves none. */
  readonly length: number | null;
  /** For the warm runs of one version; at least {@link leastRounds} are made. */
  readonly seconds: number;
}

/** What was seen in one process or page, in seconds. */
export interface VersionTimes {
  /** Of the version that came first, on a backend that had run nothing. */
  readonly firstRun: number;
  readonly warm: Versions<readonly number[]>;
}

const warmUps = 3;
const leastRounds = 5;
const mostRounds = 60;

/**
 * Times the versions of a model on one sample of drawn numbers, until the outputs are read: the first run of
 * one, and then warm runs of all in turns, so that whatever else the machine does falls on all of them alike.
 *
 * @param between Called before each run, to collect what the runs before it left.
 * @param afterFirst Called once the first run is over.
 */
export async function timeVersions(
  tf: TensorFlow,
  artifacts: Versions<io.ModelArtifacts>,
  { first, length, seconds }: VersionsOrder,
  { between = () => {}, afterFirst = () => {} }: { between?: () => void; afterFirst?: () => void } = {},
): Promise<VersionTimes> {
  const given = await tf.loadLayersModel(tf.io.fromMemory(artifacts.given));
  const { simplified, graph } = artifacts;
  const models: readonly (readonly [Version, RunnableModel])[] = [
    ['given', runnableLayers(given)],
    ...(simplified
      ? [['simplified', runnableLayers(await tf.loadLayersModel(tf.io.fromMemory(simplified)))] as const]
      : []),
    ...(graph ? [['graph', runnableGraph(await tf.loadGraphModel(tf.io.fromMemory(graph)))] as const] : []),
  ];
  const { tensors } = await drawInputsOf(tf, given, length, 1);
  const secondsOf = async (model: RunnableModel): Promise<number> => {
    between();
    const start = performance.now();
    const outputs = model.run(tensors);
    // On a GPU the work is done when the numbers are here.
    await Promise.all(outputs.map((tensor: Tensor) => tensor.data()));
    const taken = (performance.now() - start) / 1000;
    tf.dispose(outputs);
    return taken;
  };
  const firstRun = await secondsOf(models.find(([version]) => version === first)![1]);
  afterFirst();
  const warm = models.map((): number[] => []);
  let spent = 0;
  for (let round = 0; round < warmUps + mostRounds; round++) {
    if (round >= warmUps + leastRounds && spent > seconds * models.length) break;
    for (const [index, [, model]] of models.entries()) {
      const taken = await secondsOf(model);
      if (round >= warmUps) warm[index]!.push(taken);
      spent += taken;
    }
  }
  tf.dispose(tensors);
  for (const [, model] of models) model.dispose();
  return {
    firstRun,
    warm: Object.fromEntries(models.map(([version], index) => [version, warm[index]!])) as never,
  };
}
