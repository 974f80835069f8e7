import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nodeGpuStatus } from '@fuseinit/backend-node-gpu';
import { findChromium } from '@fuseinit/chromium';
import { modelFolder } from '@fuseinit/test-inputs/fixtures';
import { findModels, type ModelFolder } from './find-models.js';
import {
  type BackendName,
  backendNames,
  type MeasureOptions,
  type ModelFigures,
  measureModel,
} from './measure-model.js';
import { type PlanFigures, planFigures } from './plan-figures.js';
import { plansTable, zooFailures, zooPage, zooTable } from './zoo-page.js';
import { zooPicture } from './zoo-picture.js';

const usage = `Measures what simplify makes of models: as given, simplified, as a GraphModel.

  npm run zoo -- [FOLDER...] [options]

Without folders the models of others that the repository has. Folders are added to them: each is a model, or is searched.

  --only           leave the repository's own out
  --backend NAMES  some of ${backendNames} (default all that are there)
  --seconds N      for the warm runs of one version, in each process (default 3)
  --repeats N      processes in which each version runs first; in Chromium one (default 1)
  --size N         length of open heights, widths and lengths where they are timed (default 128)
  --plans          shrinks each model that there are data for to 70 and 50 % of its latency
  --photos FOLDER  images for the models that read photos
  --write          write docs/zoo.md, and its picture
  --picture        only draw docs/figures/zoo.svg again, from docs/zoo.md
  --json           print the figures instead of the table

Exit code 0: each model was measured, or is one that FuseInit refuses with a code. 1: something crashed or couldn't be
timed. 2: the call can't be taken. 130: stopped by Ctrl-C, after what was measured was printed.`;

const own = [
  'rocksetta-mnist-conv',
  'rocksetta-iris',
  'rocksetta-linear-dense',
  'tensorspace-lenet-keras',
  'tfjs-examples-abalone',
].map((name) => modelFolder(name));
const page = fileURLToPath(new URL('../../../docs/zoo.md', import.meta.url));
const picture = fileURLToPath(new URL('../../../docs/figures/zoo.svg', import.meta.url));

interface Asked {
  readonly models: readonly ModelFolder[];
  readonly timing: Pick<MeasureOptions, 'backends' | 'seconds' | 'processes' | 'size'>;
  readonly plans: boolean;
  readonly photos: string | undefined;
  readonly write: boolean;
  readonly picture: boolean;
  readonly json: boolean;
}

/** @throws Error with the argument and what was expected. */
function readArguments(): Asked | undefined {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      only: { type: 'boolean' },
      backend: { type: 'string' },
      seconds: { type: 'string' },
      repeats: { type: 'string' },
      size: { type: 'string' },
      plans: { type: 'boolean' },
      photos: { type: 'string' },
      write: { type: 'boolean' },
      picture: { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
  if (values.help) return undefined;
  return {
    models: findModels([...(values.only ? [] : own), ...positionals]),
    timing: {
      backends: backendsOf(values.backend),
      seconds: countOf('seconds', values.seconds, 3),
      processes: countOf('repeats', values.repeats, 1),
      size: countOf('size', values.size, 128),
    },
    plans: values.plans === true,
    photos: values.photos === undefined ? undefined : resolve(values.photos),
    write: values.write === true,
    picture: values.picture === true,
    json: values.json === true,
  };
}

function countOf(flag: string, value: string | undefined, otherwise: number): number {
  const count = Number(value ?? otherwise);
  if (Number.isInteger(count) && count > 0) return count;
  throw new Error(`--${flag} is ${value}: a whole number from 1 was expected.`);
}

function backendsOf(asked: string | undefined): readonly BackendName[] {
  const names = asked?.split(',') ?? backendNames;
  const unknown = names.find((name) => !backendNames.some((known) => known === name));
  if (unknown !== undefined)
    throw new Error(`--backend has ${JSON.stringify(unknown)}: some of ${backendNames} were expected.`);
  const missing = { 'node-gpu': nativeIsMissing(), webgl: chromiumIsMissing(), wasm: undefined };
  return backendNames.filter((name) => {
    if (!names.includes(name)) return false;
    const why = missing[name];
    if (why === undefined) return true;
    if (asked !== undefined) throw new Error(why);
    console.error(`${name} is left out: ${why}`);
    return false;
  });
}

function nativeIsMissing(): string | undefined {
  return nodeGpuStatus().state === 'built' ? undefined : 'It is not built here: npm run libtensorflow.';
}

function chromiumIsMissing(): string | undefined {
  try {
    findChromium();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

async function main(): Promise<number> {
  let asked: Asked | undefined;
  try {
    asked = readArguments();
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (!asked) {
    console.log(usage);
    return 0;
  }
  if (asked.picture) {
    await drawPicture();
    return 0;
  }
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  const measured: ModelFigures[] = [];
  const plans: PlanFigures[] = [];
  for (const [index, model] of asked.models.entries()) {
    const tell = (doing: string) =>
      console.error(`${index + 1} of ${asked.models.length}, ${model.name}: ${doing}`);
    try {
      measured.push(await measureModel(model, { ...asked.timing, signal: stopped.signal, tell }));
      if (asked.plans) plans.push(...(await planFigures(model, asked.photos, stopped.signal, tell)));
    } catch (error) {
      if (!stopped.signal.aborted) throw error;
      break;
    }
  }
  const failures = zooFailures(measured);
  if (asked.json) console.log(JSON.stringify({ models: measured, plans }, null, 2));
  else if (measured.length > 0) {
    const planned = plans.length > 0 ? [plansTable(plans), ''] : [];
    console.log([zooTable(measured), '', ...planned, ...failures].join('\n'));
  }
  if (stopped.signal.aborted) {
    console.error('Stopped.');
    return 130;
  }
  if (asked.write) {
    writeFileSync(page, zooPage(measured, plans, new Date().toISOString().slice(0, 10)));
    await drawPicture();
  }
  return failures.some((failure) => /: (CRASHED|TIMING_FAILED|UNEXPECTED)\./.test(failure)) ? 1 : 0;
}

async function drawPicture(): Promise<void> {
  writeFileSync(picture, await zooPicture(readFileSync(page, 'utf8')));
}

process.exitCode = await main();
