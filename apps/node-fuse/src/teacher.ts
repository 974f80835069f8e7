import { fileURLToPath } from 'node:url';
import { type ModelArtifacts, readModel } from './model-files.js';

/** The network in a folder, or the one that the app keeps; docs/math.md, "The networks", says how that was made. */
export function readTeacher(folder?: string): Promise<ModelArtifacts> {
  return readModel(folder ?? fileURLToPath(new URL('../teacher', import.meta.url)));
}
