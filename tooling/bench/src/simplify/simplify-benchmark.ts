import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markdownTable } from '@fuseinit/markdown';
import { graphModelFiles, modelFiles } from '@fuseinit/model-files';
import { type BackendName, startBackend } from '@fuseinit/node-backends';
import { readNetwork, simplify } from '@fuseinit/tfjs';
import {
  artifactsOf,
  drawInputs,
  outputDifference,
  runnableGraph,
  runnableLayers,
} from '@fuseinit/tfjs/internal';
import type { io } from '@tensorflow/tfjs';
import { defineBenchmark } from '../command/benchmark.js';
import { choiceOf, countOf, readFlags } from '../command/flags.js';
import type { Measured, Recorded, Row } from '../measuring/record.js';
import { digits, timeSpread, times } from '../report/format.js';
import { type Version, type Versions, versions } from '../versions/time-versions.js';
import { nodeLatencies, speedup, type VersionLatencies } from '../versions/version-latencies.js';
import { teachableMachine } from './teachable-machine.js';

/** The times of such a network on one backend, as given and simplified. */
export interface SimplifyRow extends Row, VersionLatencies {
  readonly backend: string;
  /** The largest difference from the network as given, relative to the largest output. */
  readonly difference: Readonly<Record<Exclude<Version, 'given'>, number>>;
  readonly layers: { readonly given: number; readonly simplified: number };
  readonly bytes: Versions<number>;
}

/**
 * The goals on wasm: how many times as fast as the network as given, and the most that outputs may differ.
 */
const wanted = { graph: 2.5, simplified: 1.5, difference: 1e-5 } as const;

const names: Readonly<Record<Version, string>> = {
  given: 'as given',
  simplified: 'simplified',
  graph: 'as a GraphModel',
};

/** Writes the table of the three versions, and whether the goals are met. */
export function simplifySection({ rows }: Recorded<SimplifyRow>): string {
  const table = markdownTable(
    ['backend', 'network', 'layers', 'MB', 'first run', 'warm', 'times as fast', 'largest difference'],
    rows.flatMap((row) =>
      versions.map((version) => [
        row.backend,
        names[version],
        // A GraphModel's operations aren't counted as layers.
        version === 'graph' ? '-' : String(row.layers[version]),
        digits(row.bytes[version]! / 1e6),
        timeSpread(row.firstRun[version]!),
        timeSpread(row.warm[version]!),
        version === 'given' ? '-' : times(speedup(row, version)!),
        version === 'given' ? '-' : row.difference[version].toExponential(0),
      ]),
    ),
    2,
  );
  return [
    'A network of the structure that Teachable Machine exports for images, MobileNetV2 of width 0.35 in nested models, ' +
      'with drawn weights: as given, as `simplify` makes it, and as the GraphModel that it writes. Times are those of one ' +
      'image until the result is read. A first run is the first thing that a process does on the backend; warm runs take ' +
      'turns. Medians, the fastest and the slowest in brackets. Differences are relative to the largest output.',
    table,
    ...rows.filter(({ backend }) => backend === 'wasm').map(whetherWanted),
  ].join('\n\n');
}

function whetherWanted(row: SimplifyRow): string {
  const { difference } = row;
  const checks = [
    [`the GraphModel ${wanted.graph} times as fast`, speedup(row, 'graph')! >= wanted.graph],
    [
      `the simplified LayersModel ${wanted.simplified} times`,
      speedup(row, 'simplified')! >= wanted.simplified,
    ],
    [
      `outputs within ${wanted.difference.toExponential()}`,
      Math.max(difference.simplified, difference.graph) < wanted.difference,
    ],
  ] as const;
  const goals = checks.map(([what, holds]) => `${what}: ${holds ? 'yes' : '**no**'}`);
  return `Wanted on wasm: ${goals.join('; ')}.`;
}

/** The facts about the versions that are known before they are timed, and the paths of their files. */
interface VersionFiles extends Pick<SimplifyRow, 'difference' | 'layers' | 'bytes'> {
  readonly folders: Versions<string>;
}

/**
 * Saves a network of Teachable Machine's structure in subfolders of `folder`: as given, simplified, and as a
 * GraphModel.
 */
async function makeVersionFiles(folder: string): Promise<VersionFiles> {
  const { tf } = await startBackend('wasm');
  const given = teachableMachine(tf);
  const { model: simplified } = simplify(given, { tf });
  const { artifacts } = simplify(given, { tf, format: 'graph' });
  const graph = await tf.loadGraphModel(tf.io.fromMemory(artifacts));

  const drawn = await drawInputs(tf, given);
  const before = runnableLayers(given);
  const difference = {
    simplified: outputDifference(tf, before, runnableLayers(simplified), drawn),
    graph: outputDifference(tf, before, runnableGraph(graph), drawn),
  };
  const layersOf = (model: typeof given) =>
    readNetwork(model).nodes.filter(({ layer }) => layer.className !== 'InputLayer').length;
  const layers = { given: layersOf(given), simplified: layersOf(simplified) };

  const folders = {
    given: join(folder, 'given'),
    simplified: join(folder, 'simplified'),
    graph: join(folder, 'graph'),
  };
  const bytesOf = (of: io.ModelArtifacts) => {
    const info = tf.io.getModelArtifactsInfoForJSON(of);
    return info.modelTopologyBytes! + info.weightSpecsBytes! + info.weightDataBytes!;
  };
  const saved = { given: await artifactsOf(tf, given), simplified: await artifactsOf(tf, simplified) };
  await modelFiles(folders.given).save(saved.given);
  await modelFiles(folders.simplified).save(saved.simplified);
  await graphModelFiles(folders.graph).save(artifacts);
  const bytes = {
    given: bytesOf(saved.given),
    simplified: bytesOf(saved.simplified),
    graph: bytesOf(artifacts),
  };
  for (const { tensors } of drawn) tf.dispose(tensors);
  graph.dispose();
  simplified.dispose();
  given.dispose();
  return { folders, difference, layers, bytes };
}

const backendNames = ['wasm', 'node-gpu'] as const satisfies readonly BackendName[];

interface Settings {
  readonly backends: readonly BackendName[];
  readonly processes: number;
  readonly seconds: number;
}

/** Measures how much faster `simplify` makes a network of Teachable Machine's structure. */
export const simplifyBenchmark = defineBenchmark<Settings, SimplifyRow>({
  name: 'simplify',
  usage: `a network of Teachable Machine's structure as given, simplified, and as a GraphModel: first run and warm, one image
    --backend NAMES  some of ${backendNames} (default wasm; node-gpu needs npm run libtensorflow)
    --repeats N      processes in which each of the three runs first (default 3)
    --seconds N      for the warm runs of one of the three, in each process (default 4)`,
  read(argv) {
    const flags = readFlags(argv, ['backend', 'repeats', 'seconds']);
    return {
      backends: choiceOf('backend', flags.backend ?? 'wasm', backendNames),
      processes: countOf('repeats', flags.repeats, 3),
      seconds: countOf('seconds', flags.seconds, 4),
    };
  },
  run,
  section: simplifySection,
});

async function run(
  { backends, processes, seconds }: Settings,
  onProgress: (activity: string) => void,
): Promise<Measured<SimplifyRow>> {
  const folder = mkdtempSync(join(tmpdir(), 'fuseinit-bench-'));
  const software: Record<string, string> = {};
  const rows: SimplifyRow[] = [];
  try {
    onProgress('making the network, and simplifying it');
    const { folders, ...known } = await makeVersionFiles(folder);
    for (const backend of backends) {
      onProgress(`${backend}: ${3 * processes} processes`);
      const { computesOn, ...latencies } = await nodeLatencies({
        backend,
        folders,
        length: null,
        seconds,
        processes,
      });
      software[backend] = computesOn;
      rows.push({ key: backend, backend, ...known, ...latencies });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { software, rows };
}
