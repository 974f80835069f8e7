import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shuffledIndices, uniformStream } from '@fuseinit/core';
import { markdownTable } from '@fuseinit/markdown';
import { type BackendName, startBackend } from '@fuseinit/node-backends';
import { type Candidate, planFusions } from '@fuseinit/planner';
import { fashionImages, readTeacher, teacherFolder } from '@fuseinit/teacher';
import { simplify } from '@fuseinit/tfjs';
import { openTeacher } from '@fuseinit/tfjs/internal';
import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import { quantileSorted, sampleRankCorrelation } from 'simple-statistics';

export interface PredictionsArguments {
  readonly backend: BackendName;
  /** The folder of a network that reads FashionMNIST's images. Default the demo's. */
  readonly model: string | undefined;
  readonly plans: number;
  readonly json: boolean;
  /** Whether to write the figures into docs/math.md. */
  readonly write: boolean;
}

/** The predicted error of a plan of several spans, and the error once it is built completely. */
interface ComparedPlan {
  readonly spans: string;
  /** The sum of the output errors of its spans, each fused alone on 150 images. */
  readonly predicted: number;
  /** The sum of the fused layers' own errors. */
  readonly local: number;
  readonly measured: number;
}

/**
 * Draws plans of two or more spans, predicts their effect on the network's outputs as the planner does,
 * builds each of them completely on other images, and prints how both agree.
 */
export async function predictionsCommand(args: PredictionsArguments, signal: AbortSignal): Promise<number> {
  const plans = await comparePlans(args, signal);
  if (args.json) console.log(JSON.stringify(plans, null, 2));
  else {
    const table = new Table({ head, style: { head: [], border: [] } });
    table.push(...rowsOf(plans));
    console.log(table.toString());
  }
  if (args.write) writeFigures(plans);
  return 0;
}

/** The number of images that plans are built on; a third of them is held out. */
const imagesOfPlans = 1500;

async function comparePlans(
  { backend, model: folder, plans: count }: PredictionsArguments,
  signal: AbortSignal,
): Promise<ComparedPlan[]> {
  const { tf } = await startBackend(backend);
  const given = await tf.loadLayersModel(
    tf.io.fromMemory(await readTeacher(folder === undefined ? teacherFolder : resolve(folder))),
  );
  const { model } = simplify(given, { tf });
  const { images, count: total } = fashionImages('calibration');
  const imagesFrom = (start: number, end: number) => ({
    data: images.subarray(start * pixels, end * pixels),
    shape: [end - start, 28, 28, 1],
  });
  const bar = new SingleBar({ stream: process.stderr, clearOnComplete: true, noTTYOutput: false });
  // The first half of the images is the planner's; plans are built on the others.
  const plannerImages = Math.floor(total / 2);
  const planning = await planFusions(model, {
    tf,
    calibrationData: imagesFrom(0, plannerImages),
    latency: { repeats: 3, seconds: 0 },
    signal,
  });
  const opened = await openTeacher(model, {
    tf,
    calibrationData: imagesFrom(plannerImages, total),
    samples: imagesOfPlans,
    heldOut: 1 / 3,
    signal,
  });
  const drawn = drawPlans(planning.candidates, count);
  const compared: ComparedPlan[] = [];
  if (process.stderr.isTTY) bar.start(drawn.length, 0);
  try {
    for (const spans of drawn) {
      signal.throwIfAborted();
      const { outputRelativeMse } = await opened.tryFusion(spans, 'downstream');
      compared.push({
        spans: spans.map(nameOf).join(', '),
        predicted: spans.reduce((sum, span) => sum + span.outputRelativeMse, 0),
        local: spans.reduce((sum, span) => sum + span.relativeMse, 0),
        measured: outputRelativeMse,
      });
      bar.increment();
    }
  } finally {
    bar.stop();
    await opened.close();
    model.dispose();
    given.dispose();
  }
  return compared;
}

const pixels = 28 * 28;

function nameOf({ from, to, kernelSize }: Candidate): string {
  return `${from} to ${to}${kernelSize ? ` at ${kernelSize.join('x')}` : ''}`;
}

/** Draws plans of two or three spans that don't overlap, each plan once. */
function drawPlans(candidates: readonly Candidate[], count: number): Candidate[][] {
  const apart = (spans: readonly Candidate[]) => {
    const layers = spans.flatMap((span) => span.layers);
    return new Set(layers).size === layers.length;
  };
  const pairs = candidates.flatMap((first, index) =>
    candidates.slice(index + 1).map((second) => [first, second]),
  );
  const pairsApart = pairs.filter(apart);
  const triples = pairsApart.flatMap(([first, second]) =>
    candidates
      .slice(candidates.indexOf(second!) + 1)
      .map((third) => [first!, second!, third])
      .filter(apart),
  );
  const all = [...pairsApart, ...triples];
  const order = shuffledIndices(all.length, uniformStream(1));
  return Array.from(order.subarray(0, count), (index) => all[index]!);
}

const head = [
  'prediction',
  'plans',
  'rank correlation',
  'within a factor of 2',
  'predicted / measured: median',
  '5 % to 95 %',
];

function rowsOf(plans: readonly ComparedPlan[]): string[][] {
  const rows = [
    ['sum of output errors, each span fused alone', (plan: ComparedPlan) => plan.predicted],
    ['sum of the fused layers’ own errors', (plan: ComparedPlan) => plan.local],
  ] as const;
  return rows.map(([name, predict]) => {
    const predicted = plans.map(predict);
    const measured = plans.map((plan) => plan.measured);
    const ratios = predicted
      .map((value, index) => value / measured[index]!)
      .sort((one, other) => one - other);
    const within = ratios.filter((ratio) => ratio > 0.5 && ratio < 2).length / ratios.length;
    const quantile = (share: number) => quantileSorted(ratios, share).toFixed(2);
    return [
      name,
      `${plans.length}`,
      sampleRankCorrelation(predicted, measured).toFixed(3),
      `${(100 * within).toFixed(0)} %`,
      quantile(0.5),
      `${quantile(0.05)} to ${quantile(0.95)}`,
    ];
  });
}

const page = fileURLToPath(new URL('../../../../docs/math.md', import.meta.url));
const block =
  /(<!-- npm run experiments -- predictions --write -->\n)[\s\S]*(<!-- \/npm run experiments -- predictions -->)/;

function writeFigures(plans: readonly ComparedPlan[]): void {
  const text = readFileSync(page, 'utf8');
  if (!block.test(text)) throw new Error('docs/math.md has no place for the figures of predicted plans.');
  const figures = markdownTable(head, rowsOf(plans));
  writeFileSync(
    page,
    text.replace(block, (_, start, end) => `${start}\n${figures}\n\n${end}`),
  );
}
