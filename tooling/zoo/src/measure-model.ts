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

/** The reason why a model, or a version of it, couldn't be measured. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** The figures of one version of a model. */
interface VersionFigures {
  /** The number of calls of layers; null for a GraphModel. */
  readonly layers: number | null;
  /** The number of spans that can be fused; null for a GraphModel. */
  readonly spans: number | null;
  /** The size of the files. */
  readonly bytes: number;
  /** The type in which float32 weights are stored; null for the original model, whose author chose it. */
  readonly weights: string | null;
  /**
   * The difference of the outputs with float32 weights from the original model's, relative to the largest
   * output, on wasm.
   */
  readonly difference: number;
}

/** All figures of one model. */
export interface ModelFigures {
  readonly name: string;
  readonly known: KnownModel | null;
  /**
   * The figures of each version. If the model doesn't load, there is only the reason, in place of the
   * original version.
   */
  readonly versions: { readonly [version in Version]?: VersionFigures | Failure };
  /** The length used for open lengths; null if the model has none. */
  readonly length: number | null;
  readonly latencies: {
    readonly [backend in BackendName]?:
      | (VersionLatencies & Partial<Pick<WebLatencies, 'programs'>> & { readonly computesOn: string })
      | Failure;
  };
}

export interface MeasureOptions {
  readonly backends: readonly BackendName[];
  /** The seconds for the warm runs of one version in one process or page. */
  readonly seconds: number;
  /** The number of processes in which each version runs first. */
  readonly processes: number;
  /** The length used for open lengths when a model is timed. */
  readonly size: number;
  readonly signal: AbortSignal;
  readonly tell: (doing: string) => void;
}

/** The part of the output of `fuseinit simplify --json` that is read here. */
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
