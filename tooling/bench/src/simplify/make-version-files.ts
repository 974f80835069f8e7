import { join } from 'node:path';
import { graphModelFiles, modelFiles } from '@fuseinit/model-files';
import { startBackend } from '@fuseinit/node-backends';
import { readNetwork, simplify } from '@fuseinit/tfjs';
import {
  artifactsOf,
  drawInputs,
  outputDifference,
  runnableGraph,
  runnableLayers,
} from '@fuseinit/tfjs/internal';
import type { io } from '@tensorflow/tfjs';
import type { Versions } from '../versions/time-versions.js';
import type { SimplifyRow } from './simplify-row.js';
import { teachableMachine } from './teachable-machine.js';

/** What is known of the versions before they are timed, and where their files are. */
interface VersionFiles extends Pick<SimplifyRow, 'difference' | 'layers' | 'bytes'> {
  readonly folders: Versions<string>;
}

/**
 * Saves a network of Teachable Machine's structure in folders of this one: as given, simplified, as a
 * GraphModel.
 */
export async function makeVersionFiles(folder: string): Promise<VersionFiles> {
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
