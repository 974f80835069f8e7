import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The parts of a TensorFlow that a binding is built against. */
export interface TensorFlowFolder {
  readonly library: string;
  readonly framework: string;
  readonly include: string;
  /** The CUDA libraries that pip installs beside a TensorFlow for GPUs. */
  readonly nvidia: string | undefined;
}

const libraries = ['libtensorflow.so.2', 'libtensorflow_cc.so.2'];
const framework = 'libtensorflow_framework.so.2';
const header = 'tensorflow/c/c_api.h';

/**
 * Finds the parts in a folder laid out as the C archive (`lib` and `include`) or as Python's package
 * (libraries beside
 * `include`); what isn't there is named in `missing`.
 */
export function tensorflowIn(folder: string): TensorFlowFolder | { readonly missing: readonly string[] } {
  const find = (names: readonly string[]) =>
    names
      .flatMap((name) => [join(folder, 'lib', name), join(folder, name)])
      .find((candidate) => existsSync(candidate));
  const library = find(libraries);
  const frameworkLibrary = find([framework]);
  const include = join(folder, 'include');
  const hasHeader = existsSync(join(include, header));
  if (library && frameworkLibrary && hasHeader) {
    const nvidia = join(dirname(folder), 'nvidia');
    return {
      library,
      framework: frameworkLibrary,
      include,
      nvidia: existsSync(nvidia) ? nvidia : undefined,
    };
  }
  return {
    missing: [
      ...(library ? [] : [libraries.join(' or ')]),
      ...(frameworkLibrary ? [] : [framework]),
      ...(hasHeader ? [] : [`include/${header}`]),
    ],
  };
}
