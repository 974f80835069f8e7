import type { Tensor, TensorFlow } from '@fuseinit/tfjs';
import { drawInputsOf, type RunnableModel, runnableGraph, runnableLayers } from '@fuseinit/tfjs/internal';
import type { io } from '@tensorflow/tfjs';

/** The versions of a model: as its author gave it, and the two formats that `simplify` writes. */
export const versions = ['given', 'simplified', 'graph'] as const;

export type Version = (typeof versions)[number];

/** Values by version; a model that can't be written as a GraphModel has no such version. */
export type Versions<Each> = { readonly given: Each } & { readonly [version in Version]?: Each };

export interface VersionsOrder {
  /** The version whose first run counts. */
  readonly first: Version;
  /** The value of every length that the model leaves open; null if it leaves none open. */
  readonly length: number | null;
  /** The time for the warm runs of one version; at least {@link leastRounds} are made. */
  readonly seconds: number;
}

/** The times measured in one process or page, in seconds. */
export interface VersionTimes {
  /** The first run of the version that ran first, on a backend that had run nothing before. */
  readonly firstRun: number;
  readonly warm: Versions<readonly number[]>;
}

const warmUps = 3;
const leastRounds = 5;
const mostRounds = 60;

/**
 * Times the versions of a model on one drawn sample until the outputs are read: the first run of one version,
 * and then warm runs of all of them in turns, so that other load on the machine affects all alike.
 *
 * @param between Is called before each run, to collect the garbage of earlier runs.
 * @param afterFirst Is called after the first run.
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
    // On a GPU, the work is done only when the values have been read.
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
