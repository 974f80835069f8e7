import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { nodeGpuStatus } from '@fuseinit/backend-node-gpu';
import { type BackendName, backendNames } from '@fuseinit/node-backends';
import type { Experiment } from '../experiment.js';
import { allExperiments } from '../experiments/all-experiments.js';
import type { PredictionsArguments } from '../predictions/predictions-command.js';
import type { HeldOutArguments } from './held-out-command.js';

export const usage = `Compares students made by fusion with students made otherwise, on real data with fixed seeds.

  npm run experiments -- list
  npm run experiments -- run NAME [options]
  npm run experiments -- report [--results FOLDER] [--json]
  npm run experiments -- held-out [options]
  npm run experiments -- predictions [options]

  run
    --trials N      the first N seeds (default all of the experiment)
    --epochs N      of each student (default the experiment's)
    --samples N     trained on (default the experiment's)
    --backend NAME  node-gpu, wasm or cpu (default the native library where npm run libtensorflow put it, else wasm)
    --jobs N        trials at a time, each in a process (default one a core)
    --data FOLDER   a folder for each data set (default data)
    --out FOLDER    where results go (default results)
    --resume        goes on with the results that are there
    --json          the result as JSON on stdout

  report            writes docs/evidence.md and docs/figures from results
    --results FOLDER  (default apps/experiments/published)
    --json            the figures behind the page as JSON on stdout, and writes nothing

  held-out          compares errors as reported with errors on samples really apart, over drawn fusions
    --fusions N       for each data set that is there (default 34: 204 in all)
    --from FILE       of an earlier run with --json, instead of measuring anew
    --write           writes the figures into docs/math.md
    --backend NAME, --data FOLDER, --json as for run

  predictions       compares what the planner predicts of drawn plans with what building them gives
    --plans N         two or three spans each (default 110)
    --model FOLDER    a network that reads FashionMNIST's images (default the demo's)
    --write           writes the figures into docs/math.md
    --backend NAME, --json as for run`;

export type Arguments =
  | { readonly command: 'help' | 'list' }
  | {
      readonly command: 'run';
      readonly experiment: Experiment;
      readonly backend: BackendName;
      readonly jobs: number;
      readonly data: string;
      readonly out: string;
      readonly resume: boolean;
      readonly json: boolean;
    }
  | { readonly command: 'report'; readonly results: string | undefined; readonly json: boolean }
  | ({ readonly command: 'held-out' } & HeldOutArguments)
  | ({ readonly command: 'predictions' } & PredictionsArguments);

/** @throws Error with the argument and what was expected instead. */
export function readArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      trials: { type: 'string' },
      epochs: { type: 'string' },
      samples: { type: 'string' },
      fusions: { type: 'string' },
      plans: { type: 'string' },
      model: { type: 'string' },
      from: { type: 'string' },
      write: { type: 'boolean', default: false },
      backend: { type: 'string' },
      jobs: { type: 'string' },
      data: { type: 'string', default: 'data' },
      out: { type: 'string', default: 'results' },
      results: { type: 'string' },
      resume: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [command, name, ...more] = positionals;
  if (values.help || command === undefined) return { command: 'help' };
  if (more.length > 0) throw new Error(`${more.join(' ')} can't follow ${name}: nothing was expected there.`);
  if (command === 'list') return { command: 'list' };
  if (command === 'report') return { command: 'report', results: values.results, json: values.json };
  if (command === 'held-out') {
    return {
      command: 'held-out',
      backend: backendOf(values.backend),
      data: values.data,
      fusions: countOf('fusions', values.fusions) ?? 34,
      from: values.from,
      json: values.json,
      write: values.write,
    };
  }
  if (command === 'predictions') {
    return {
      command: 'predictions',
      backend: backendOf(values.backend),
      model: values.model,
      plans: countOf('plans', values.plans) ?? 110,
      json: values.json,
      write: values.write,
    };
  }
  if (command !== 'run') {
    throw new Error(`The command is ${command}: list, run, report, held-out or predictions was expected.`);
  }
  const experiment = allExperiments.find((known) => known.name === name);
  if (!experiment) {
    const names = allExperiments.map((known) => known.name).join(', ');
    throw new Error(`The experiment is ${name ?? 'not named'}: one of ${names} was expected.`);
  }
  return {
    command: 'run',
    experiment: cut(experiment, {
      trials: countOf('trials', values.trials),
      epochs: countOf('epochs', values.epochs),
      samples: countOf('samples', values.samples),
    }),
    backend: backendOf(values.backend),
    jobs: countOf('jobs', values.jobs) ?? availableParallelism(),
    data: values.data,
    out: values.out,
    resume: values.resume,
    json: values.json,
  };
}

function countOf(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) {
    throw new Error(`--${name} is ${value}: a whole number of at least 1 was expected.`);
  }
  return count;
}

function backendOf(value: string | undefined): BackendName {
  if (value === undefined) return fastestBackend();
  const backend = backendNames.find((known) => known === value);
  if (!backend) throw new Error(`--backend is ${value}: one of ${backendNames.join(', ')} was expected.`);
  return backend;
}

function cut(
  experiment: Experiment,
  { trials, epochs, samples }: { readonly [option in 'trials' | 'epochs' | 'samples']: number | undefined },
): Experiment {
  const { seeds } = experiment;
  if (trials !== undefined && trials > seeds.trials.length) {
    throw new Error(`--trials is ${trials}: ${experiment.name} has ${seeds.trials.length} seeds.`);
  }
  return {
    ...experiment,
    seeds: { ...seeds, trials: seeds.trials.slice(0, trials) },
    ...(epochs === undefined ? {} : { epochs: { ...experiment.epochs, student: epochs } }),
    ...(samples === undefined
      ? {}
      : {
          samples: {
            ...experiment.samples,
            training: samples,
            calibration: Math.min(samples, experiment.samples.calibration),
          },
        }),
  };
}

/** Returns the native backend if it is built, else the fastest backend that can train. */
function fastestBackend(): BackendName {
  return nodeGpuStatus().state === 'built' ? 'node-gpu' : 'wasm';
}
