import { FuseInitError } from '@fuseinit/core';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';

interface ModelJson {
  readonly format?: string;
  readonly modelTopology?: object;
  readonly weightsManifest?: readonly { readonly paths: readonly string[] }[];
}

/**
 * The LayersModel of a model.json and its weight files.
 *
 * @throws MODEL_UNSUPPORTED that says which file is missing or what is wrong with it.
 */
export async function loadModelFiles(tf: TensorFlow, files: readonly File[]): Promise<LayersModel> {
  const json = files.find(({ name }) => name.endsWith('.json'));
  if (!json) throw unsupported('No model.json came: drop it together with its weight files.');
  const model = await readJson(json);
  if (model.format === 'graph-model') {
    throw unsupported(
      `${json.name} holds a GraphModel: a LayersModel is needed. Convert with --output_format tfjs_layers_model.`,
    );
  }
  if (!model.modelTopology || !model.weightsManifest) {
    throw unsupported(`${json.name} has no modelTopology and weightsManifest: it isn't a tfjs model.`);
  }
  const paths = model.weightsManifest.flatMap((group) => group.paths);
  const weights = weightFiles(
    paths,
    files.filter((file) => file !== json),
  );
  try {
    return await tf.loadLayersModel(tf.io.browserFiles([json, ...weights]));
  } catch (error) {
    throw new FuseInitError(
      'MODEL_UNSUPPORTED',
      `${json.name} could not be loaded: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

async function readJson(file: File): Promise<ModelJson> {
  try {
    return JSON.parse(await file.text());
  } catch (error) {
    throw new FuseInitError('MODEL_UNSUPPORTED', `${file.name} isn't JSON.`, { cause: error });
  }
}

/** The files that the manifest names, in its order. */
function weightFiles(paths: readonly string[], files: readonly File[]): File[] {
  const names = paths.map((path) => path.split('/').at(-1)!);
  // Browsers rename downloads ("weights (1).bin"): one file for one name is that file.
  const [only] = files;
  if (names.length === 1 && files.length === 1 && only) return [new File([only], names[0]!)];
  return names.map((name) => {
    const file = files.find((candidate) => candidate.name === name);
    if (file) return file;
    throw unsupported(`The weight file ${name} is missing: model.json names ${names.join(', ')}.`);
  });
}

function unsupported(message: string): FuseInitError {
  return new FuseInitError('MODEL_UNSUPPORTED', message);
}
