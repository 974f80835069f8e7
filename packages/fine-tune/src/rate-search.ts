import { callbackList, type StopFlag } from './callbacks.js';
import { keepWeights, type RateSearch, type TriedRate } from './fine-tune-state.js';
import { cosineDecay } from './learning-rates.js';
import { meanLoss, type Training, trainBatches } from './passes.js';
import { disposeGroups, trainedGroups } from './trained-layers.js';
import type { TrainingSource } from './training-data.js';

/** The rates are 1 and 3 times powers of ten: their indices count the halves of decades. */
const [lowest, middle, highest] = [-12, -7, 0];
const mostTrials = 7;
const usualTrials = 4;
/** The number of steps that the usual trials take together, relative to those of the training. */
const share = 0.25;
/**
 * A trial of fewer steps sees little but the first ones of Adam, which are as large as the rate for every
 * weight and do a good start more harm than all others.
 */
const leastSteps = 30;
const mostSteps = 100;

/**
 * Finds a learning rate. Each trial trains from the same weights on the same batches, with a new optimizer
 * and with the rate falling along a cosine. It is judged by the validation loss, or without validation data
 * by the loss on as many training batches of another order. The search starts at 3e-4 and goes to higher or
 * lower rates as long as the loss falls.
 *
 * The student keeps its weights.
 *
 * @param startLoss The validation loss before any training; undefined without validation data.
 */
export async function searchRate(
  training: Training,
  validation: TrainingSource | undefined,
  startLoss: number | undefined,
  flag: StopFlag,
): Promise<RateSearch> {
  const { options, objective, source } = training;
  const { tf, epochs, onTriedRate } = options;
  const steps = stepsOfTrial(epochs, source.batchesPerEpoch);
  const judge = () =>
    validation ? meanLoss(training, validation) : meanLoss(training, source, { epoch: epochs, most: steps });
  const tried: TriedRate[] = [];
  const kept = keepWeights(tf, objective.model);
  const lossAt = async (index: number): Promise<number> => {
    const learningRate = rateOf(index);
    const loss = await lossAfter(training, learningRate, steps, judge, flag).finally(() => kept.restore());
    tried.push({ learningRate, loss: Number.isFinite(loss) ? loss : null });
    onTriedRate?.(tried.at(-1)!);
    return Number.isFinite(loss) ? loss : Number.POSITIVE_INFINITY;
  };
  try {
    const before = startLoss ?? (await judge());
    const best = await lowestPoint(lossAt);
    return { learningRate: rateOf(best), steps, startLoss: before, tried };
  } finally {
    kept.dispose();
  }
}

/**
 * The index of the lowest loss: walks from the middle to higher or to lower rates as long as the loss falls,
 * and to lower ones as long as it isn't finite.
 */
async function lowestPoint(lossAt: (index: number) => Promise<number>): Promise<number> {
  let best = { index: middle, loss: await lossAt(middle) };
  let trials = 1;
  for (const direction of Number.isFinite(best.loss) ? [1, -1] : [-1]) {
    const first = best.index;
    for (let index = first + direction; index >= lowest && index <= highest; index += direction) {
      if (trials++ === mostTrials) break;
      const loss = await lossAt(index);
      if (Number.isFinite(best.loss) && !(loss < best.loss)) break;
      best = { index, loss };
    }
    if (best.index !== first) break;
  }
  return best.index;
}

function rateOf(index: number): number {
  return Number(`${index % 2 === 0 ? 1 : 3}e${Math.floor(index / 2)}`);
}

/** @param batches The number of batches of an epoch, if it is known. */
function stepsOfTrial(epochs: number, batches: number | undefined): number {
  if (batches === undefined) return mostSteps;
  const total = epochs * batches;
  const least = Math.min(leastSteps, total);
  return Math.min(mostSteps, Math.max(least, Math.floor((share * total) / usualTrials)));
}

async function lossAfter(
  training: Training,
  rate: number,
  steps: number,
  judge: () => Promise<number>,
  flag: StopFlag,
): Promise<number> {
  const { options, objective, source } = training;
  const { tf } = options;
  const groups = trainedGroups(tf, objective.model, objective.student, options, training.groups);
  const perEpoch = Math.min(steps, source.batchesPerEpoch ?? steps);
  const callbacks = callbackList(undefined, objective.model, {});
  try {
    for (let done = 0; done < steps; done += perEpoch) {
      await trainBatches(
        { ...training, groups },
        {
          epoch: Math.floor(done / perEpoch),
          most: steps - done,
          rateAt: (batch) => rate * cosineDecay((done + batch) / steps),
          callbacks,
          flag,
        },
      );
    }
    return await judge();
  } finally {
    disposeGroups(tf, groups);
  }
}
