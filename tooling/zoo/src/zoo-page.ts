import { markdownTable, speedup, thisMachine, time } from '@fuseinit/bench';
import { type Version, versions } from '@fuseinit/bench/versions';
import type { Ratio } from '@fuseinit/planner';
import { type BackendName, backendNames, type Failure, type ModelFigures } from './measure-model.js';
import type { PlanFigures } from './plan-figures.js';

const versionNames: Readonly<Record<Version, string>> = {
  given: 'as given',
  simplified: 'simplified',
  graph: 'as a GraphModel',
};
const backendTitles: Readonly<Record<BackendName, string>> = {
  wasm: 'wasm',
  'node-gpu': 'native',
  webgl: 'WebGL',
};

const isFailure = (of: object): of is Failure => 'code' in of;
const isMeasured = <Figures extends object>(of: Figures | Failure | undefined): of is Figures =>
  of !== undefined && !isFailure(of);

/** A table with three rows for each model and a column for each figure. */
export function zooTable(models: readonly ModelFigures[]): string {
  const backends = backendNames.filter((name) => models.some(({ latencies }) => name in latencies));
  const head = [
    'model',
    'version',
    'layers',
    'spans',
    'kB',
    'largest difference',
    ...backends.flatMap((name) => [`${backendTitles[name]}, first run`, `${backendTitles[name]}, warm`]),
    ...(backends.includes('webgl') ? ['shader programs'] : []),
  ];
  const rows = models.flatMap((model) =>
    versions.flatMap((version) => {
      const figures = model.versions[version];
      if (figures === undefined) return [];
      const cells = [model.name, versionNames[version]];
      if (isFailure(figures)) return [[...cells, figures.code, ...head.slice(3).map(() => '')]];
      return [
        [
          ...cells,
          figures.layers === null ? '-' : String(figures.layers),
          figures.spans === null ? '-' : String(figures.spans),
          (figures.bytes / 1000).toFixed(figures.bytes < 100_000 ? 1 : 0),
          version === 'given' ? '-' : exponent(figures.difference),
          ...backends.flatMap((backend) => latencyCells(model.latencies[backend], version)),
          ...(backends.includes('webgl') ? [programsOf(model, version)] : []),
        ],
      ];
    }),
  );
  return markdownTable(head, rows, 2);
}

/** A table with a row for each budget of each model with data. */
export function plansTable(plans: readonly PlanFigures[]): string {
  const head = [
    'model',
    'latency allowed',
    'how',
    'latency',
    'predicted',
    'output error',
    'predicted',
    'same answers',
    'accuracy',
    'time taken',
    'peak memory',
  ];
  const share = (value: number) => `${value.toFixed(2)}x`;
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const between = ({ median, low, high }: Ratio) =>
    `${share(median)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
  const rows = plans.flatMap(({ name, budget, made, dropped }) => {
    const cells = [name, share(budget)];
    const pruned =
      dropped === null
        ? []
        : [
            [
              ...cells,
              `${dropped.dropped} of ${dropped.of} blocks dropped`,
              between(dropped.latency),
              '-',
              dropped.error.toPrecision(2),
              '-',
              percent(dropped.agreement),
              ...head.slice(8).map(() => '-'),
            ],
          ];
    if (isFailure(made)) return [[...cells, made.code, ...head.slice(3).map(() => '')], ...pruned];
    const { latency, error, agreement, accuracy, isKept } = made;
    const row = [
      ...cells,
      `${made.spans} ${made.spans === 1 ? 'span' : 'spans'} fused`,
      `${between(latency.measured)}${isKept ? '' : ', missed'}`,
      share(latency.predicted),
      error.measured.toPrecision(2),
      error.predicted.toPrecision(2),
      agreement === null ? '-' : percent(agreement),
      accuracy === null ? '-' : `${percent(accuracy.teacher)} to ${percent(accuracy.student)}`,
      `${made.seconds.toFixed(0)} s`,
      `${(made.peakBytes / 2 ** 20).toFixed(0)} MiB`,
    ];
    return [row, ...pruned];
  });
  return markdownTable(head, rows);
}

function exponent(value: number): string {
  return value === 0 ? '0' : value.toExponential(0);
}

function latencyCells(latencies: ModelFigures['latencies'][BackendName], version: Version): string[] {
  if (latencies === undefined) return ['-', '-'];
  if (isFailure(latencies)) return [latencies.code, ''];
  const [first, warm] = [latencies.firstRun[version]!, latencies.warm[version]!];
  const faster = version === 'given' ? '' : `, ${speedup(latencies, version)!.toFixed(2)}x`;
  return [time(first.median), `${time(warm.median)} (${time(warm.lowest)})${faster}`];
}

function programsOf({ latencies: { webgl } }: ModelFigures, version: Version): string {
  return isMeasured(webgl) ? String(webgl.programs?.[version] ?? '-') : '-';
}

/** Descriptions of all failures; empty if nothing failed. */
export function zooFailures(models: readonly ModelFigures[]): string[] {
  return models.flatMap(({ name, versions: of, latencies }) => {
    const told = (what: string, made: object | undefined) =>
      made && isFailure(made) ? [`${name}, ${what}: ${made.code}. ${made.message}`] : [];
    return [
      ...versions.flatMap((version) => told(versionNames[version], of[version])),
      ...backendNames.flatMap((backend) => told(`timed on ${backendTitles[backend]}`, latencies[backend])),
    ];
  });
}

/** The page of the zoo, generated from the measurements. */
export function zooPage(
  models: readonly ModelFigures[],
  plans: readonly PlanFigures[],
  date: string,
): string {
  const { cpu, cores, memoryGiB, system, node } = thisMachine();
  const backends = backendNames.flatMap((name) => {
    const computesOn = models.map(({ latencies }) => latencies[name]).find(isMeasured)?.computesOn;
    return computesOn === undefined ? [] : [`${backendTitles[name]}: ${computesOn}`];
  });
  const lengths = models.flatMap(({ name, length }) => (length === null ? [] : `${name} at ${length}`));
  const weights = models.flatMap(({ name, versions: { simplified } }) =>
    isMeasured(simplified) && simplified.weights !== 'float32' ? `${name} as ${simplified.weights}` : [],
  );
  const failures = zooFailures(models);
  return `${[
    '# A zoo of models',
    'Models that others trained and published, as given, as `fuseinit simplify` makes them, and as the GraphModels that ' +
      '`fuseinit simplify --format graph` writes. No data are needed for that, and nothing is lost: the difference is that of ' +
      'rounding. Fusion, which does lose a little, comes after it: spans are what it may take. ' +
      '`npm run zoo -- FOLDER... --write` wrote this page, its words included.',
    zooTable(models),
    [
      '- **Times** are of one sample, until the outputs are read. A first run is the first thing that a process, or a page in ' +
        'its own Chromium, does on the backend. Warm runs of the three versions take turns: the median, the fastest in ' +
        'brackets, and how many times faster than as given.',
      '- **Largest difference**: of any output on drawn inputs with float32 weights, relative to the largest output, on wasm.',
      '- **kB**: of all files, with weights stored as the author stored them where that keeps the outputs' +
        `${weights.length > 0 ? ` (${weights.join(', ')})` : ''}.`,
      '- **Shader programs**: those that the first run links on WebGL.',
      ...(lengths.length > 0
        ? [`- Heights, widths and lengths that are left open: ${lengths.join(', ')}.`]
        : []),
      ...failures.map((failure) => `- ${failure}`),
    ].join('\n'),
    `Measured on ${date}: ${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${memoryGiB} GiB, ${system}, Node ${node}. ${backends.join('; ')}.`,
    ...(plans.length === 0
      ? []
      : [
          '## What fusing makes of them',
          '`fuseinit shrink MODEL --data DATA --max-latency 70% --tune none`, and 50 %, on wasm: the model is simplified, ' +
            'a plan is chosen, and its layers are fused in closed form; nothing is trained. Latencies are shares of the ' +
            "simplified model's, in turns with it, with the interval that the share lies in. The output error is the mean " +
            "square error over the variance of the simplified model's outputs, on samples that nothing was solved on, as are " +
            'answers and accuracies: they are of test images of MNIST and FashionMNIST, or of photos, which are few. Time ' +
            'taken and memory are those of the whole command. Where a network has residual blocks, the row below drops as ' +
            'few of them as keep the budget, those first that change the outputs least alone: depth pruning before it trains.',
          plansTable(plans),
          ...plans.flatMap(({ name, budget, made }) =>
            isFailure(made) ? [`${name} at ${budget}: ${made.code}. ${made.message}`] : [],
          ),
        ]),
    '## The models',
    markdownTable(
      ['model', 'published in', 'licence'],
      models.map(({ name, known }) => [name, known?.source ?? 'not known', known?.licence ?? 'not known']),
      3,
    ),
  ].join('\n\n')}\n`;
}
