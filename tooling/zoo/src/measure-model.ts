import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeLatencies, type VersionLatencies } from '@fuseinit/bench';
import type { Version, Versions } from '@fuseinit/bench/versions';
import type { ModelFolder } from './find-models.js';
import { type KnownModel, knownModelIn } from './known-models.js';
import { CommandFailure, runFuseinit } from './run-fuseinit.js';
import { type WebLatencies, webLatencies } from './web-latencies.js';

export const backendNames = ['wasm', 'node-gpu', 'webgl'] as const;

export type BackendName = (typeof backendNames)[number];

/** Why something of a model couldn't be had. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** What one version of a model is. */
interface VersionFigures {
  /** Calls of layers; null for a GraphModel. */
  readonly layers: number | null;
  /** What can be fused; null for a GraphModel. */
  readonly spans: number | null;
  /** Of the files. */
  readonly bytes: number;
  /** What float32 weights are stored as; null where the author chose. */
  readonly weights: string | null;
  /** Of float32 weights to the model as given, relative to the largest output, on wasm. */
  readonly difference: number;
}

/** All that is seen of one model. */
export interface ModelFigures {
  readonly name: string;
  readonly known: KnownModel | null;
  /** Where it doesn't load, the reason in the place of its version as given, and nothing else. */
  readonly versions: { readonly [version in Version]?: VersionFigures | Failure };
  /** What lengths were that the model leaves open; null where it leaves none. */
  readonly length: number | null;
  readonly latencies: {
    readonly [backend in BackendName]?:
      | (VersionLatencies & Partial<Pick<WebLatencies, 'programs'>> & { readonly computesOn: string })
      | Failure;
  };
}

export interface MeasureOptions {
  readonly backends: readonly BackendName[];
  /** For the warm runs of one version in one process or page. */
  readonly seconds: number;
  /** Processes in which each version runs first. */
  readonly processes: number;
  /** Lengths that a model leaves open are this long where it is timed. */
  readonly size: number;
  readonly signal: AbortSignal;
  readonly tell: (doing: string) => void;
}

/** What `fuseinit simplify --json` prints, as far as it is read here. */
interface Printed {
  readonly weights: string;
  readonly lengths: readonly number[];
  readonly difference: { readonly exact: number };
  readonly before: { readonly layers: number; readonly bytes: number };
  readonly after: { readonly layers: number; readonly bytes: number };
}

/**
 * Simplifies a model to both formats by the command line, and times all three versions on each backend. What
 * fails of it stands in the result with its reason.
 *
 * @throws what the signal was aborted with.
 */
export async function measureModel(model: ModelFolder, options: MeasureOptions): Promise<ModelFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'fuseinit-zoo-'));
  try {
    return await measureIn(folder, model, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureIn(
  folder: string,
  { path, name }: ModelFolder,
  { backends, signal, tell, ...timing }: MeasureOptions,
): Promise<ModelFigures> {
  const known = (await knownModelIn(path)) ?? null;
  const attempt = async <Result>(work: () => Promise<Result>): Promise<Result | Failure> => {
    try {
      signal.throwIfAborted();
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      const { message } = error as Error;
      const code = error instanceof CommandFailure ? error.code : 'TIMING_FAILED';
      return { code, message: message.split('\n')[0]!.replaceAll(folder, '.').replaceAll(path, name) };
    }
  };
  const spansOf = async (of: string) =>
    (await runFuseinit<{ spans: unknown[] }>(['inspect', of], signal)).spans.length;
  tell('inspecting');
  const given = await attempt(() => spansOf(path));
  const described = { name: known?.name ?? name, known };
  if (typeof given !== 'number') return { ...described, versions: { given }, length: null, latencies: {} };

  const simplified = (format: 'layers' | 'graph') => {
    tell(`simplifying, --format ${format}`);
    const output = join(folder, format);
    return attempt(async () => {
      const args = [
        'simplify',
        path,
        '-o',
        output,
        '--format',
        format,
        '--backend',
        'wasm',
        '--seconds',
        '0',
      ];
      const printed = await runFuseinit<Printed>(args, signal);
      const spans = format === 'layers' ? await spansOf(output) : null;
      return { output, printed, spans };
    });
  };
  const layers = await simplified('layers');
  const graph = await simplified('graph');
  const printed = [layers, graph].flatMap((made) => ('printed' in made ? made.printed : []))[0];
  const length = printed?.lengths.length ? timing.size : null;
  const folders: Versions<string> = {
    given: path,
    ...('output' in layers && { simplified: layers.output }),
    ...('output' in graph && { graph: graph.output }),
  };
  const latencies: { -readonly [backend in BackendName]?: ModelFigures['latencies'][backend] } = {};
  for (const backend of backends) {
    tell(`timing on ${backend}`);
    latencies[backend] = await attempt(() =>
      backend === 'webgl'
        ? webLatencies(folders, { length, seconds: timing.seconds }, signal)
        : nodeLatencies({ backend, folders, length, signal, ...timing }),
    );
  }
  const figures = (made: typeof layers): VersionFigures | Failure =>
    'printed' in made
      ? {
          layers: made.spans === null ? null : made.printed.after.layers,
          spans: made.spans,
          bytes: made.printed.after.bytes,
          weights: made.printed.weights,
          difference: made.printed.difference.exact,
        }
      : made;
  return {
    ...described,
    versions: {
      ...(printed && {
        given: { ...printed.before, spans: given, weights: null, difference: 0 },
      }),
      simplified: figures(layers),
      graph: figures(graph),
    },
    length,
    latencies,
  };
}
